import { isOut, judgeSet, living, mayDo, open, openAt, plain, verdict, type Probe, type Probing } from '../judge.ts';
import type { Thing } from '../organisation.ts';
import { counts } from '../reference.ts';
import { MADE_OF, WHOLE } from './measures.ts';

const periodOf = ({ world }: Probing) => {
  const today = Temporal.PlainDate.from(world.today);
  return { fromDate: today.subtract({ days: 2 }).toString(), toDate: today.add({ days: 2 }).toString() };
};

const question = (probing: Probing, cube: string, measure: string, more: object = {}) => ({
  cube,
  measures: [measure],
  period: periodOf(probing),
  ...more,
});

const counted = (probing: Probing, noun: string): Thing[] =>
  living(probing, noun).filter((thing) => counts(probing.world.organisation, probing.door.asker, thing, Date.now()));

/** Whether they may ask for figures of the noun at all. */
const refusalOf = (probing: Probing, noun: string): string => {
  if (isOut(probing)) return 'signed out';
  return mayDo(probing, 'analytics.read') && mayDo(probing, `${noun}.read`) ? 'ok' : 'denied';
};

/** The same for a figure: what it is made of may be closed to them. */
const refusalOfFigure = (probing: Probing, cube: string, measure: string, more: string[] = []): string => {
  const refusal = refusalOf(probing, cube);
  const fields = [...(MADE_OF[cube]?.[measure] ?? []), ...more];
  return refusal === 'ok' && fields.some((field) => !openAt(probing, cube, field)) ? 'refused' : refusal;
};

const FIGURES_AT = '/v1/analytics/questions';

const sumOf = (probing: Probing, noun: string, measure: string): string => {
  const things = counted(probing, noun);
  if (measure !== 'new_amount') return String(things.length);
  const { values } = probing.world.organisation;
  return String(things.reduce((sum, { id }) => sum + Number(values.get(id)?.['amount']?.baseAmount ?? 0), 0));
};

const numberOf = (text: string | undefined): string => (text ? String(Number(text)) : '0');

/** Every measure: refused where it is made of closed fields, and where it counts every record the sum that the oracle finds. */
export const figures: Probe = async (probing) => {
  const { door, decide } = probing;
  const { body, status } = await door.rest('GET', '/v1/analytics/cubes');
  if (status === 200)
    for (const cube of body.cubes as { name: string; measures: { name: string }[] }[])
      for (const { name } of cube.measures)
        if (!MADE_OF[cube.name]?.[name] && !name.startsWith('custom'))
          throw new Error(`Say in test/oracle/probes/figures.ts what ${cube.name}.${name} is made of.`);
  for (const [cube, measures] of Object.entries(MADE_OF)) {
    for (const measure of Object.keys(measures)) {
      const answer = await door.rest('POST', `${FIGURES_AT}:ask`, { question: question(probing, cube, measure) });
      const oracle = refusalOfFigure(probing, cube, measure);
      decide('figures', door.name, `${cube}.${measure}`, { oracle, product: verdict(answer) });
      if (answer.status !== 200 || ![WHOLE[cube], 'new_amount'].includes(measure)) continue;
      const product = numberOf(answer.body.totals[0]?.value);
      decide('figures', door.name, `${cube}.${measure}`, {
        field: 'total',
        oracle: sumOf(probing, cube, measure),
        product,
      });
    }
  }
};

/** Every cube of what people keep can be cut by it. */
const TAGS: [string, string] = ['tags', 'tagIds'];

/** Dimensions of closed fields are none: to cut by them, and to filter by them. */
export const cuts: Probe = async (probing) => {
  const { door, decide } = probing;
  const by: Record<string, [dimension: string, field: string, permission?: string][]> = {
    lead: [
      ['source', 'source'],
      ['owner', 'ownerId'],
      ['department', 'departmentId'],
      ['state', 'state'],
    ],
    customer: [
      ['level', 'level'],
      ['owner', 'ownerId'],
    ],
    opportunity: [
      ['competitor', 'competitor'],
      ['stage', 'stageId'],
      ['customer', 'customerId'],
    ],
    activity: [['kind', 'kind']],
    contact: [['decision_role', 'decisionRole']],
    contract: [
      ['state', 'state'],
      ['customer', 'customerId'],
      ['product', 'lines', 'product.read'],
      ['product_category', 'lines', 'product.read'],
    ],
    receipt: [
      ['method', 'method'],
      ['customer', 'customerId'],
    ],
    campaign: [['kind', 'kind']],
    task: [['priority', 'priority']],
    ticket: [
      ['queue', 'queueId'],
      ['customer', 'customerId'],
    ],
  };
  for (const [cube, dimensions] of Object.entries(by).map(([each, some]) => [each, [...some, TAGS]] as const))
    for (const [dimension, field, permission] of dimensions) {
      const asked = question(probing, cube, WHOLE[cube]!, { dimensions: [dimension] });
      const answer = await door.rest('POST', `${FIGURES_AT}:batchAsk`, { questions: [asked] });
      const refusal = refusalOfFigure(probing, cube, WHOLE[cube]!, [field]);
      const oracle = refusal === 'ok' && permission && !mayDo(probing, permission) ? 'refused' : refusal;
      decide('figures', door.name, `${cube} by ${dimension}`, { oracle, product: verdict(answer) });
      if (answer.status !== 200) continue;
      const [{ rows }] = answer.body.answers as [{ rows: { cells: { value: string }[] }[] }];
      const sum = rows.reduce((all, { cells }) => all + Number(cells[0]?.value ?? 0), 0);
      decide('figures', door.name, `${cube} by ${dimension}`, {
        field: 'sum of the rows',
        oracle: counted(probing, cube).length,
        product: sum,
      });
    }
};

type Row = { id: string; name: string; number: string; ownerId: string; customerName: string };

const NAMED_BY: Record<string, string> = { activity: 'content', receipt: 'number' };

const judgeRow = (path: string, probing: Probing, noun: string, row: Row): void => {
  const { door, decide, world } = probing;
  const { values, things } = world.organisation;
  const truth = values.get(row.id) ?? {};
  const may = (field: string, value: unknown) => (open(probing, noun, field) ? plain(value) : 'nothing');
  const named = NAMED_BY[noun] ?? 'name';
  decide(path, door.name, `${noun} ${row.id}`, {
    field: named,
    oracle: may(named, truth[named]),
    product: plain(row.name),
  });
  decide(path, door.name, `${noun} ${row.id}`, {
    field: 'number',
    oracle: may('number', truth['number']),
    product: plain(row.number),
  });
  if (!open(probing, noun, 'ownerId'))
    decide(path, door.name, `${noun} ${row.id}`, { field: 'ownerId', oracle: 'nothing', product: plain(row.ownerId) });
  const customer = ['contact', 'opportunity', 'contract', 'receipt', 'ticket'].includes(noun)
    ? things.get(truth['customerId'])
    : undefined;
  if (!customer) return;
  const seen = counts(world.organisation, door.asker, customer, Date.now());
  const known = seen && open(probing, noun, 'customerId') && open(probing, 'customer', 'name');
  decide(path, door.name, `${noun} ${row.id}`, {
    field: 'customerName',
    oracle: known ? plain(values.get(customer.id)?.['name']) : 'nothing',
    product: plain(row.customerName),
  });
};

/** The rows behind a figure are those that it counts. */
export const figureRows: Probe = async (probing) => {
  const { door, decide } = probing;
  for (const [cube, measure] of Object.entries(WHOLE)) {
    const request = { question: question(probing, cube, measure), measure, pageSize: 200 };
    const answer = await door.rest('POST', `${FIGURES_AT}:rows`, request);
    decide('figure rows', door.name, `${cube}.${measure}`, {
      oracle: refusalOfFigure(probing, cube, measure),
      product: verdict(answer),
    });
    if (answer.status !== 200) continue;
    const expected = new Set(counted(probing, cube));
    const rows = answer.body.rows as Row[];
    judgeSet(
      'figure rows',
      probing,
      living(probing, cube),
      (thing) => expected.has(thing),
      new Set(rows.map(({ id }) => id)),
    );
    decide('figure rows', door.name, cube, {
      field: 'total',
      oracle: String(expected.size),
      product: numberOf(answer.body.total),
    });
    for (const row of rows) judgeRow('figure rows', probing, cube, row);
  }
};

const STEPS_OF: Record<string, string> = { lead: 'state', opportunity: 'stageId' };

/** A funnel of what came in the period counts every record in its first step. */
export const funnels: Probe = async (probing) => {
  const { door, decide } = probing;
  for (const [noun, field] of Object.entries(STEPS_OF)) {
    const funnel = { noun, kind: 'FUNNEL_KIND_COHORT', period: periodOf(probing) };
    const answer = await door.rest('POST', '/v1/analytics/funnels:get', funnel);
    const refusal = refusalOf(probing, noun);
    const oracle = refusal === 'ok' && !open(probing, noun, field) ? 'no funnel' : refusal;
    const said = verdict(answer);
    const product = refusal === 'ok' && ['refused', 'denied'].includes(said) ? 'no funnel' : said;
    decide('funnel', door.name, noun, { oracle, product });
    if (answer.status !== 200) continue;
    const expected = new Set(counted(probing, noun));
    const [first] = answer.body.steps as { key: string; count: number }[];
    decide('funnel', door.name, noun, { field: 'first step', oracle: expected.size, product: first!.count });
    const rows = await door.rest('POST', '/v1/analytics/funnels:rows', { funnel, step: first!.key, pageSize: 200 });
    if (rows.status !== 200) continue;
    const ids = new Set((rows.body.rows as Row[]).map(({ id }) => id));
    judgeSet('funnel rows', probing, living(probing, noun), (thing) => expected.has(thing), ids);
    for (const row of rows.body.rows as Row[]) judgeRow('funnel rows', probing, noun, row);
  }
};

/** The file of a figure's rows: what the right to export reaches of what it counts. */
export const figureFiles: Probe = async (probing) => {
  const { door, decide, world } = probing;
  for (const [noun, measure] of Object.entries(WHOLE)) {
    const request = { noun, figure: { question: question(probing, noun, measure), measure } };
    const answer = await door.rest('POST', '/v1/analytics/rows:export', request);
    const refusal = refusalOfFigure(probing, noun, measure);
    // The right to export is asked for before the figure is looked at.
    const oracle = refusal !== 'signed out' && !mayDo(probing, `${noun}.export`) ? 'denied' : refusal;
    decide('figure file', door.name, noun, { oracle, product: verdict(answer) });
    if (answer.status !== 200) continue;
    const { organisation } = world;
    const expected = counted(probing, noun).filter((thing) =>
      counts(organisation, door.asker, thing, Date.now(), 'export'),
    );
    decide('figure file', door.name, noun, { field: 'rows', oracle: expected.length, product: answer.body.rows });
    const named = NAMED_BY[noun] ?? 'name';
    for (const { id } of living(probing, noun)) {
      const text = organisation.values.get(id)?.[named];
      if (!text) continue;
      const told = expected.some((thing) => thing.id === id) && open(probing, noun, named);
      decide('figure file', door.name, `${noun} ${id}`, {
        field: named,
        oracle: told,
        product: answer.body.content.includes(text),
      });
    }
  }
};
