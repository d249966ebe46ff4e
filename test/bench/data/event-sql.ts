import { CUBES } from '../../../analytics/src/cubes/catalogue.ts';
import { BASE, OWNED, OWNED_STATE, type Story } from './event-story.ts';

const STILL = `toDate32('2299-12-31')`;

/** Columns that the story says nothing about stay empty, as they do where a state lacks their field. */
const columnsOf = ({ noun, columns }: Story): Record<string, string> => {
  const told = { ...OWNED, ...columns };
  const names = Object.keys(CUBES.get(noun)!.columns).filter((name) => name in told);
  return Object.fromEntries(names.map((name) => [name, told[name]!]));
};

/** Every version of the records from `from` on: key, owner, times and columns. `more` are further expressions. */
const versions = (story: Story, more = ''): string => `
  select ${BASE}, toUInt32(v) as version, toUInt8(1) as part,
    ${Object.entries(columnsOf(story))
      .map(([name, value]) => `${value} as ${name}`)
      .join(', ')} ${more}
  from (select number as n, arrayJoin(range(1, ${story.versions + 1})) as v from numbers({from:UInt64}, {count:UInt64}))`;

const KEY = ['id', 'version', 'part', 'date', 'time'];
const KEPT = ['owner_id', 'department_id', 'create_time'];

const SETUP = `with {owners:Array(String)} as owners, {departments:Array(String)} as departments,
  {stages:Array(String)} as stages, {pipeline:String} as pipeline`;

const insert = (table: string, columns: string[], select: string): string =>
  `insert into ${table} (${columns.join(', ')}) ${SETUP} select ${columns.join(', ')} from (${select})`;

const eventsInto = (story: Story): string => {
  const { noun, service, verb, state } = story;
  const fields = Object.entries({ ...OWNED_STATE, ...state })
    .map(([field, json]) => `'"${field}":', ${json}`)
    .join(`, ',', `);
  const body = `concat('{"specversion":"1.0","id":"', event_id, '","source":"/crm/${service}","type":"', subject, '","subject":"', id,
    '","time":"', stamp, '","recordedtime":"', stamp, '","datacontenttype":"application/json","sequence":"', toString(v),
    '","noun":"${noun}","actorid":"', owner_id, '","actorkind":"employee","businessdate":"', toString(date), '","data":{"${noun}":{', ${fields}, '}}}')`;
  const more = `,
    concat('crm.${service}.${noun}.', ${verb}, '.v1') as subject, formatDateTime(time, '%Y-%m-%dT%H:%i:%S.000Z', 'UTC') as stamp, ${body} as event`;
  return `insert into event_log (id, subject, service, noun, record_id, version, time, recorded_time, business_date, actor_id, actor_kind, imported, stream_seq, event)
    ${SETUP} select toUUID(event_id), subject, '${service}', '${noun}', id, version, time, time, date, owner_id, 'employee', 0, 0, event
    from (${versions(story, more)})`;
};

/** Where a column stands in `told`: what every version of a record says, in their order. */
const TOLD = ['version', 'state', 'date', 'owner_id', 'department_id', 'step', 'time'];

/** Every version of these records is a step to somewhere else, so that each moves. */
const movesOf = ({ noun }: Story): Record<string, string> => {
  const { moves } = CUBES.get(noun)!;
  const each = (name: string): string => `arrayMap(each -> each.${told(noun).indexOf(name) + 1}, told)`;
  const next = (name: string): string => `arrayPushBack(arrayPopFront(${each(name)}), ${each(name)}[-1])`;
  return {
    date: each('date'),
    until: `arrayPushBack(arrayPopFront(${each('date')}), ${STILL})`,
    enter_time: each('time'),
    leave_time: next('time'),
    step: each('step'),
    from_step: `arrayPushFront(arrayPopBack(${each('step')}), '')`,
    enters: `arrayMap((step, before) -> step != before, ${each('step')}, arrayPushFront(arrayPopBack(${each('step')}), ''))`,
    leaves: `arrayMap((step, next) -> step != next, ${each('step')}, ${next('step')})`,
    ...Object.fromEntries(moves.map((name) => [name, each(name)])),
  };
};

const told = (noun: string): string[] => [...new Set([...TOLD, ...CUBES.get(noun)!.moves])];

const factsInto = (story: Story): string => {
  const { noun } = story;
  const columns = [...KEPT, ...Object.keys(columnsOf(story)).filter((name) => !KEPT.includes(name))];
  const moves = CUBES.get(noun)!.moves.length > 0 ? movesOf(story) : {};
  const moved = Object.keys(moves).map((name) => `\`moves.${name}\``);
  const settled = moved.length
    ? `, arraySort(groupArray((${told(noun).join(', ')}))) as told,
      arrayLastIndex(at -> at = 1 or told[at].2 != told[at - 1].2, arrayEnumerate(told)) as settled,
      told[settled].3 as state_date, told[settled].4 as state_owner_id, told[settled].5 as state_department_id,
      arrayDistinct(arrayMap(each -> each.6, told)) as steps`
    : '';
  const names = ['id', 'version', ...columns, 'create_owner_id', 'create_department_id'];
  const settledNames = moved.length ? ['state_date', 'state_owner_id', 'state_department_id', 'steps'] : [];
  return `insert into ${noun} (${[...names, ...settledNames, ...moved].join(', ')})
    select ${['key', 'last', ...columns.map((name) => `now_${name}`), 'create_owner_id', 'create_department_id', ...settledNames, ...Object.values(moves)].join(', ')}
    from (
      select id as key, max(version) as last, ${columns.map((name) => `argMax(${name}, version) as now_${name}`).join(', ')},
        argMin(owner_id, version) as create_owner_id, argMin(department_id, version) as create_department_id ${settled}
      from (${SETUP} ${versions(story)}) group by id)`;
};

/** The statements that tell of some records: log, changes and facts. */
export const tellingOf = (story: Story): string[] => [
  eventsInto(story),
  insert(`${story.noun}_change`, [...new Set([...KEY, ...KEPT, ...Object.keys(columnsOf(story))])], versions(story)),
  factsInto(story),
];
