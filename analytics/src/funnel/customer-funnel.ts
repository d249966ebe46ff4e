import type { Caller } from '@pelagic/chassis/caller';
import { CUBES } from '../cubes/catalogue.ts';
import type { Engine, Row } from '../engine/engine.ts';
import type { Asked } from '../question/asked.ts';
import { bindings, type Bindings } from '../question/bindings.ts';
import type { Compiled } from '../question/compile.ts';
import { said } from '../question/labels.ts';
import { ask } from '../question/limits.ts';
import type { Records } from '../question/records.ts';
import { demandRead, visibleRecords } from '../question/scope.ts';
import { sourceOf, type Circumstances, type Source } from '../question/source.ts';
import type { Reached } from './noun-funnel.ts';
import type { FunnelDefinition, Step } from './steps.ts';

/** From lead to customer to deal: over three nouns, each with its own rights and credit. */
export type CustomerFunnel = { asked: Omit<Asked, 'cube'>; around: Circumstances };

const LABELS = {
  lead: { zh: '线索', en: 'Leads' },
  customer: { zh: '客户', en: 'Customers' },
  opportunity: { zh: '有商机的客户', en: 'Customers with a deal' },
  won: { zh: '有赢单的客户', en: 'Customers who bought' },
};

type StepKey = keyof typeof LABELS;

const STEPS = Object.keys(LABELS) as StepKey[];

export const customerSteps = (caller: Caller): Step[] =>
  Object.entries(LABELS).map(([key, label]) => ({ key, label: said(caller, label) }));

const WON = "f.state = 'OPPORTUNITY_STATE_WON'";
const OF_A_CUSTOMER = "f.customer_id != ''";
const EVER = '1900-01-01';

/** The rows that a step counts: those of a moment of a noun; deals count once for each customer, and add up. */
type Part = { noun: string; moment: string; where?: string; perCustomer?: boolean; ever?: boolean };

const deals = ({ around }: CustomerFunnel, bound: Bindings): string =>
  visibleRecords(CUBES.get('opportunity')!, { caller: around.caller, now: around.now, bindings: bound });

/** Leads created in the period, and how far each came; a customer counts for every lead that led to it. */
const cohortPart = (step: StepKey, funnel: CustomerFunnel, bound: Bindings): Part => {
  const conditions: Record<StepKey, () => string> = {
    lead: () => '1',
    customer: () => OF_A_CUSTOMER,
    opportunity: () => `${OF_A_CUSTOMER} and f.customer_id in (select customer_id from ${deals(funnel, bound)})`,
    won: () =>
      `${OF_A_CUSTOMER} and f.customer_id in (select f.customer_id from ${deals(funnel, bound)} as f where ${WON})`,
  };
  return { noun: 'lead', moment: 'create', where: conditions[step]() };
};

/** Customers by their first deal, or first won deal: the deals that were a customer's first of that kind in the period. */
const firstDeals = (funnel: CustomerFunnel, bound: Bindings, moment: string, date: string, where: string): Part => {
  const firsts = `(f.customer_id, f.${date}) in (select f.customer_id, min(f.${date}) from ${deals(funnel, bound)} as f where ${where} group by f.customer_id)`;
  return { noun: 'opportunity', moment, where: `${OF_A_CUSTOMER} and ${where} and ${firsts}`, perCustomer: true };
};

const transitionPart = (step: StepKey, funnel: CustomerFunnel, bound: Bindings): Part => {
  const parts: Record<StepKey, () => Part> = {
    lead: () => ({ noun: 'lead', moment: 'create' }),
    customer: () => ({ noun: 'lead', moment: 'change', where: "f.state = 'LEAD_STATE_CONVERTED'" }),
    opportunity: () => firstDeals(funnel, bound, 'create', 'create_date', '1'),
    won: () => firstDeals(funnel, bound, 'close', 'close_date', WON),
  };
  return parts[step]();
};

/** What there is at the end of the period: open leads, customers, those with a deal, those who bought. */
const SNAPSHOT: Record<StepKey, Part> = {
  lead: { noun: 'lead', moment: 'stock' },
  customer: { noun: 'customer', moment: 'create', ever: true },
  opportunity: { noun: 'opportunity', moment: 'create', where: OF_A_CUSTOMER, perCustomer: true, ever: true },
  won: { noun: 'opportunity', moment: 'close', where: `${OF_A_CUSTOMER} and ${WON}`, perCustomer: true, ever: true },
};

const partOf = (kind: FunnelDefinition, step: StepKey, funnel: CustomerFunnel, bound: Bindings): Part => {
  if (kind === 'snapshot') return SNAPSHOT[step];
  return (kind === 'cohort' ? cohortPart : transitionPart)(step, funnel, bound);
};

const sourceOfPart = ({ asked, around }: CustomerFunnel, part: Part, bound: Bindings): Source & { rows: string } => {
  const cube = CUBES.get(part.noun)!;
  const period = part.ever ? { ...asked.period, from: EVER } : asked.period;
  const source = sourceOf(
    { ...asked, cube },
    cube.moments[part.moment]!,
    period,
    { ends: [{ start: period.from, end: period.to }] },
    around,
    bound,
  );
  const where = [...source.where, ...(part.where ? [part.where] : [])].join('\n    and ') || '1';
  return { ...source, rows: `from ${source.from}\n  where ${where}` };
};

const counting = (kind: FunnelDefinition, step: StepKey, funnel: CustomerFunnel): Compiled => {
  const bound = bindings();
  const part = partOf(kind, step, funnel, bound);
  const { rows } = sourceOfPart(funnel, part, bound);
  const [records, amount] = part.perCustomer
    ? ['uniqExact(f.customer_id)', 'sum(f.amount)']
    : ['count()', 'toDecimal128(0, 4)'];
  return { sql: `select ${records} as records, ${amount} as amount ${rows}`, params: bound.params };
};

/** The records that a step counts: leads, or customers with the sum of their deals. */
export const customerRecords = (
  kind: FunnelDefinition,
  step: string,
  funnel: CustomerFunnel,
  amounts: boolean,
): Records => {
  const key = step as StepKey;
  const { perCustomer, noun } = partOf(kind, key, funnel, bindings());
  return {
    cube: CUBES.get(perCustomer ? 'customer' : noun)!,
    ratio: false,
    sql: (bound) => {
      const part = partOf(kind, key, funnel, bound);
      const { rows, date, owner } = sourceOfPart(funnel, part, bound);
      const since = part.moment === 'stock' ? 'm.date' : date;
      const nothing = 'toDecimal128(0, 4) as divisor';
      return part.perCustomer
        ? `select f.customer_id as id, toString(max(${date})) as date, toString(argMax(${owner}, ${date})) as owner_id, ${amounts ? 'sum(toDecimal128(f.amount, 4))' : 'toDecimal128(1, 4)'} as value, ${nothing}\n  ${rows}\n  group by f.customer_id`
        : `select f.id as id, toString(${since}) as date, toString(${owner}) as owner_id, toDecimal128(1, 4) as value, ${nothing}\n  ${rows}`;
    },
  };
};

/** Throws unless the caller may read all three. */
export const demandCustomerFunnel = (caller: Caller): void => {
  for (const noun of ['lead', 'customer', 'opportunity']) demandRead(CUBES.get(noun)!, caller);
};

export const customerFunnel = async (
  engine: Engine,
  kind: FunnelDefinition,
  funnel: CustomerFunnel,
): Promise<Reached> => {
  const answers = await Promise.all(
    STEPS.map(async (step) => (await ask<Row>(engine, counting(kind, step, funnel), 'analytics funnel customer'))[0]),
  );
  return {
    counts: answers.map((row) => Number(row?.['records'] ?? 0)),
    amounts: answers.map((row) => String(row?.['amount'] ?? '0')),
    days: new Map(),
    drops: [],
  };
};
