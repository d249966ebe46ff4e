/**
 * What happens to the records of the bench, in ClickHouse's SQL: the same for the same number. Each noun says how many versions a record
 * has, and what its columns are at a version `v`; `n` is its number.
 */
export type Story = {
  noun: string;
  service: string;
  /** Versions of each record, one event each. */
  versions: number;
  /** Of ten million events, how many records. */
  records: number;
  /** Past verb of each version's event. */
  verb: string;
  /** Beside those that every noun has. */
  columns: Record<string, string>;
  /** JSON of the state beside what every noun has: field → expression that gives JSON. */
  state: Record<string, string>;
};

/** Chance of a record by its number and a salt. */
const draw = (salt: number, below: number): string => `toUInt32(cityHash64(n, ${salt}) % ${below})`;

/** 48 bits of milliseconds and 74 of chance, as our ids are. */
const uuid = (time: string, ...of: string[]): string => {
  const milliseconds = `lower(hex(toUInt64(toUnixTimestamp64Milli(${time}))))`;
  const chance = `lower(hex(sipHash128(n, {noun:String}, ${of.join(', ')})))`;
  const cut = (text: string, from: number, length: number) => `substring(${text}, ${from}, ${length})`;
  return `concat(${cut(milliseconds, 1, 8)}, '-', ${cut(milliseconds, 9, 4)}, '-7', ${cut(chance, 1, 3)}, '-8', ${cut(chance, 4, 3)}, '-', ${cut(chance, 7, 12)})`;
};

const at = (version: string): string => `addDays(begun, (${version} - 1) * (3 + ${draw(2, 20)}))`;
const text = (expression: string): string => `toJSONString(${expression})`;
const instant = (time: string): string => `concat('"', formatDateTime(${time}, '%Y-%m-%dT%H:%i:%S.000Z', 'UTC'), '"')`;
const date = (day: string): string => `if(isNull(${day}), 'null', concat('"', toString(assumeNotNull(${day})), '"'))`;
const money = (amount: string): string =>
  `concat('{"amount":"', toString(${amount}), '","currency":"CNY","baseAmount":"', toString(${amount}), '"}')`;

/**
 * Of a record, before its columns: when it began (130 to 800 days ago, so that nothing lies ahead), who has it. Times are of
 * the day in Shanghai and in UTC alike.
 */
export const BASE = `
  addDays(today(), -(130 + toInt32(${draw(1, 670)}))) as begun,
  1 + ${draw(4, 5_000)} as place,
  owners[place] as owner_id, departments[place] as department_id,
  ${at('v')} as day, toDate32(day) as date,
  toDateTime64(day, 3, 'UTC') + toIntervalSecond(7200 + toUInt32(cityHash64(n, v, 3) % 28000)) as time,
  toDateTime64(begun, 3, 'UTC') + toIntervalSecond(7200 + toUInt32(cityHash64(n, toUInt8(1), 3) % 28000)) as create_time,
  ${uuid('create_time', '1')} as id, ${uuid('time', '2', 'v')} as event_id`;

/** Columns of every noun with an owner. */
export const OWNED: Record<string, string> = {
  number: `concat(upper(substring({noun:String}, 1, 4)), '-', toString(n))`,
  name: `concat(['海','江','山','林','华'][1 + ${draw(10, 5)}], '达公司 ', toString(n))`,
  creator_id: 'owner_id',
  create_date: 'toDate32(begun)',
};

export const OWNED_STATE: Record<string, string> = {
  id: text('id'),
  version: 'toString(v)',
  number: text('number'),
  name: text('name'),
  ownerId: text('owner_id'),
  departmentId: text('department_id'),
  creatorId: text('creator_id'),
  createTime: instant('create_time'),
  updateTime: instant('time'),
};

const RESULT = `multiIf(${draw(6, 100)} < 45, 'WON', ${draw(6, 100)} < 80, 'LOST', 'OPEN')`;
const CLOSED = `(v = 5 and ${RESULT} != 'OPEN')`;

export const STORIES: Story[] = [
  {
    noun: 'opportunity',
    service: 'sales',
    versions: 5,
    records: 1_200_000,
    verb: `multiIf(v = 1, 'created', not ${CLOSED}, 'moved', ${RESULT} = 'WON', 'won', 'lost')`,
    columns: {
      state: `concat('OPPORTUNITY_STATE_', if(${CLOSED}, ${RESULT}, 'OPEN'))`,
      stage_id: `if(${CLOSED}, '', stages[v])`,
      last_stage_id: `if(${CLOSED}, stages[4], '')`,
      step: `if(${CLOSED}, lower(${RESULT}), stage_id)`,
      pipeline_id: 'pipeline',
      customer_id: `''`,
      amount: `toDecimal128(${draw(5, 99_000)} + 100, 4)`,
      weighted_amount: `toDecimal128(${draw(5, 99_000)} + 100, 4) * if(v = 5, if(${RESULT} = 'WON', 1, 0), 0)`,
      source: `concat('source-', toString(${draw(7, 20)}))`,
      lost_reason: `if(${CLOSED} and ${RESULT} = 'LOST', ['price', 'rival', 'budget'][1 + ${draw(8, 3)}], '')`,
      close_date: `if(${CLOSED}, date, null)`,
      expected_close_date: `toNullable(toDate32(addDays(begun, 90)))`,
    },
    state: {
      createDate: date('toNullable(create_date)'),
      state: text('state'),
      stageId: text('stage_id'),
      lastStageId: text('last_stage_id'),
      pipelineId: text('pipeline_id'),
      amount: money('amount'),
      probability: `if(v = 5 and ${RESULT} = 'WON', '100', '0')`,
      source: text('source'),
      lostReason: text('lost_reason'),
      closeDate: date('close_date'),
      expectedCloseDate: date('expected_close_date'),
    },
  },
  {
    noun: 'lead',
    service: 'customer',
    versions: 2,
    records: 1_000_000,
    verb: `if(v = 1, 'created', 'state_changed')`,
    columns: {
      state: `concat('LEAD_STATE_', if(v = 1, 'NEW', ['CONTACTING', 'QUALIFIED', 'INVALID', 'RECYCLED'][1 + ${draw(6, 4)}]))`,
      step: 'state',
      source: `concat('source-', toString(${draw(7, 20)}))`,
      industry: `concat('industry-', toString(${draw(8, 12)}))`,
      region: `concat('region-', toString(${draw(9, 30)}))`,
    },
    state: {
      state: text('state'),
      source: text('source'),
      industry: text('industry'),
      region: text('region'),
    },
  },
  {
    noun: 'customer',
    service: 'customer',
    versions: 1,
    records: 1_000_000,
    verb: `'created'`,
    columns: {
      kind: `'CUSTOMER_KIND_COMPANY'`,
      industry: `concat('industry-', toString(${draw(8, 12)}))`,
      region: `concat('region-', toString(${draw(9, 30)}))`,
    },
    state: { kind: text('kind'), industry: text('industry'), region: text('region') },
  },
  {
    noun: 'activity',
    service: 'customer',
    versions: 1,
    records: 1_000_000,
    verb: `'created'`,
    columns: {
      number: `''`,
      happen_date: 'toDate32(begun)',
      happen_time: 'toNullable(create_time)',
      kind: `concat('ACTIVITY_KIND_', ['CALL', 'VISIT', 'MAIL', 'NOTE'][1 + ${draw(6, 4)}])`,
      subject_noun: `'customer'`,
      subject_id: 'id',
    },
    state: {
      content: text('name'),
      happenTime: instant('create_time'),
      kind: text('kind'),
      subjectNoun: text('subject_noun'),
      subjectId: text('subject_id'),
    },
  },
];
