import type { Caller } from '@pelagic/chassis/caller';
import { CUBES } from '../cubes/catalogue.ts';
import type { Moment } from '../cubes/cube.ts';
import type { Engine, Row } from '../engine/engine.ts';
import type { Asked } from '../question/asked.ts';
import { bindings, type Bindings } from '../question/bindings.ts';
import type { Compiled } from '../question/compile.ts';
import { said } from '../question/labels.ts';
import { ask } from '../question/limits.ts';
import { demandRead, visibleRecords } from '../question/scope.ts';
import { sourceOf, type Circumstances } from '../question/source.ts';
import type { Reached } from './noun-funnel.ts';
import type { Step } from './steps.ts';

/** From lead to customer to deal: over three nouns, each with its own rights and credit. */
export type CustomerFunnel = { asked: Omit<Asked, 'cube'>; around: Circumstances };

const LABELS = {
  lead: { zh: '线索', en: 'Leads' },
  customer: { zh: '客户', en: 'Customers' },
  opportunity: { zh: '有商机的客户', en: 'Customers with a deal' },
  won: { zh: '有赢单的客户', en: 'Customers who bought' },
};

export const customerSteps = (caller: Caller): Step[] =>
  Object.entries(LABELS).map(([key, label]) => ({ key, label: said(caller, label) }));

const WON = "f.state = 'OPPORTUNITY_STATE_WON'";

type Part = { noun: string; moment: string | Moment; where?: string };

const rowsOf = ({ asked, around }: CustomerFunnel, { noun, moment, where }: Part, bound: Bindings): string => {
  const cube = CUBES.get(noun)!;
  const { period } = asked;
  const source = sourceOf(
    { ...asked, cube },
    typeof moment === 'string' ? cube.moments[moment]! : moment,
    period,
    { ends: [{ start: period.from, end: period.to }] },
    around,
    bound,
  );
  return `from ${source.from} where ${[...source.where, ...(where ? [where] : [])].join(' and ') || '1'}`;
};

const counting = (rows: string, bound: Bindings, what = 'count()', amount = 'toDecimal128(0, 4)'): Compiled => ({
  sql: `select ${what} as records, ${amount} as amount ${rows}`,
  params: bound.params,
});

/** Leads created in the period, and how far each came; a customer counts for every lead that led to it. */
const cohortParts = (funnel: CustomerFunnel): Compiled[] =>
  (['lead', 'customer', 'opportunity', 'won'] as const).map((step) => {
    const bound = bindings();
    const { caller, now } = funnel.around;
    const deals = (): string => visibleRecords(CUBES.get('opportunity')!, { caller, now, bindings: bound });
    const conditions = {
      lead: '1',
      customer: "f.customer_id != ''",
      opportunity: `f.customer_id != '' and f.customer_id in (select customer_id from ${step === 'opportunity' ? deals() : ''})`,
      won: `f.customer_id != '' and f.customer_id in (select f.customer_id from ${step === 'won' ? deals() : ''} as f where ${WON})`,
    };
    return counting(rowsOf(funnel, { noun: 'lead', moment: 'create', where: conditions[step] }, bound), bound);
  });

/** Customers by their first deal, or first won deal: the deals that were a customer's first of that kind in the period. */
const firstDeals = (funnel: CustomerFunnel, moment: string, date: string, where: string): Compiled => {
  const bound = bindings();
  const { caller, now } = funnel.around;
  const every = visibleRecords(CUBES.get('opportunity')!, { caller, now, bindings: bound });
  const firsts = `(f.customer_id, f.${date}) in (select f.customer_id, min(f.${date}) from ${every} as f where ${where} group by f.customer_id)`;
  return counting(
    rowsOf(funnel, { noun: 'opportunity', moment, where: `f.customer_id != '' and ${where} and ${firsts}` }, bound),
    bound,
    'uniqExact(f.customer_id)',
    'sum(f.amount)',
  );
};

const transitionParts = (funnel: CustomerFunnel): Compiled[] => {
  const [leads, converted] = [bindings(), bindings()];
  return [
    counting(rowsOf(funnel, { noun: 'lead', moment: 'create' }, leads), leads),
    counting(
      rowsOf(funnel, { noun: 'lead', moment: 'change', where: "f.state = 'LEAD_STATE_CONVERTED'" }, converted),
      converted,
    ),
    firstDeals(funnel, 'create', 'create_date', '1'),
    firstDeals(funnel, 'close', 'close_date', WON),
  ];
};

/** What there is at the end of the period: open leads, customers, those with a deal, those who bought. */
const snapshotParts = (funnel: CustomerFunnel): Compiled[] => {
  const everSince: CustomerFunnel = {
    ...funnel,
    asked: { ...funnel.asked, period: { from: '1900-01-01', to: funnel.asked.period.to } },
  };
  const [leads, customers, deals, won] = [bindings(), bindings(), bindings(), bindings()];
  return [
    counting(rowsOf(funnel, { noun: 'lead', moment: 'stock' }, leads), leads, 'count()'),
    counting(rowsOf(everSince, { noun: 'customer', moment: 'create' }, customers), customers),
    counting(
      rowsOf(
        everSince,
        {
          noun: 'opportunity',
          moment: 'create',
          where: "f.customer_id != ''",
        },
        deals,
      ),
      deals,
      'uniqExact(f.customer_id)',
      'sum(f.amount)',
    ),
    counting(
      rowsOf(everSince, { noun: 'opportunity', moment: 'close', where: `f.customer_id != '' and ${WON}` }, won),
      won,
      'uniqExact(f.customer_id)',
      'sum(f.amount)',
    ),
  ];
};

const PARTS = { snapshot: snapshotParts, cohort: cohortParts, transition: transitionParts };

export const customerFunnel = async (
  engine: Engine,
  kind: keyof typeof PARTS,
  funnel: CustomerFunnel,
): Promise<Reached> => {
  for (const noun of ['lead', 'customer', 'opportunity']) demandRead(CUBES.get(noun)!, funnel.around.caller);
  const answers = await Promise.all(
    PARTS[kind](funnel).map(async (compiled) => (await ask<Row>(engine, compiled, 'analytics funnel customer'))[0]),
  );
  return {
    counts: answers.map((row) => Number(row?.['records'] ?? 0)),
    amounts: answers.map((row) => String(row?.['amount'] ?? '0')),
    days: new Map(),
    drops: [],
  };
};
