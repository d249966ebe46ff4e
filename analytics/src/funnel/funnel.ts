import { queryable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { enterprise } from '@pelagic/chassis/enterprise';
import { roundMoney, sumMoney } from '@pelagic/chassis/money';
import { invalidField } from '@pelagic/chassis/problem';
import type {
  FunnelKind,
  FunnelStep,
  GetFunnelRequest,
  ListFunnelRowsRequest,
  ListFunnelRowsResponse,
} from '@pelagic/proto/crm/analytics/v1/analytics';
import Big from 'big.js';
import type { Directory } from '../directory/directory.ts';
import type { Engine } from '../engine/engine.ts';
import { circumstances } from '../question/answer.ts';
import { cubeOf, refuseOrganization, type Asked } from '../question/asked.ts';
import { said } from '../question/labels.ts';
import { periodOf } from '../question/period.ts';
import { pageOf, type Records } from '../question/records.ts';
import type { Circumstances } from '../question/source.ts';
import {
  customerFunnel,
  customerRecords,
  customerSteps,
  demandCustomerFunnel,
  type CustomerFunnel,
} from './customer-funnel.ts';
import { cohort, snapshot, transition, type Funnel, type Reached } from './noun-funnel.ts';
import { stepRecords } from './step-records.ts';
import { pathOf, type FunnelDefinition, type Step } from './steps.ts';

const KINDS: Partial<Record<FunnelKind, FunnelDefinition>> = {
  FUNNEL_KIND_SNAPSHOT: 'snapshot',
  FUNNEL_KIND_COHORT: 'cohort',
  FUNNEL_KIND_TRANSITION: 'transition',
};

const NOUNS = ['lead', 'customer', 'opportunity'];

const percent = (part: number, whole: number | undefined): string =>
  whole ? new Big(part).times(100).div(whole).toFixed(2, Big.roundHalfUp) : '';

const stepsOf = (
  kind: FunnelDefinition,
  steps: Step[],
  { counts, amounts, days, drops }: Reached,
  withAmounts: boolean,
  wordsOf: (reason: string) => string = (reason) => reason,
): FunnelStep[] =>
  steps.map(({ key, label }, place) => ({
    key,
    label,
    count: counts[place] ?? 0,
    amount: withAmounts ? roundMoney(amounts[place] ?? '0', enterprise().baseCurrency) : '',
    // What stands in two steps at one moment says nothing of how many pass from one to the other.
    conversion: place && kind !== 'snapshot' ? percent(counts[place] ?? 0, counts[place - 1]) : '',
    medianDays: days.has(key) ? new Big(days.get(key)!).toFixed(1, Big.roundHalfUp) : '',
    drops: drops
      .filter(({ step }) => step === place)
      .toSorted((a, b) => b.count - a.count || a.reason.localeCompare(b.reason))
      .map(({ reason, count }) => ({ reason, count, label: wordsOf(reason) })),
  }));

const askedOf = (request: GetFunnelRequest): Omit<Asked, 'cube'> => {
  const { employeeId = '', departmentId = '', todaysTree = false } = request.organization ?? {};
  if (employeeId && departmentId)
    throw invalidField('organization.departmentId', 'ONE_OF', 'Choose a person or a department, not both.', {
      fields: 'employeeId, departmentId',
    });
  return {
    measures: [],
    dimensions: [],
    period: periodOf(request.period!, 'period'),
    compare: undefined,
    grain: undefined,
    employeeId,
    departmentId,
    todaysTree,
    filters: [],
    order: { by: 'measure', index: 0 },
    limit: 0,
  };
};

const add = (amounts: string[]): string => sumMoney(amounts).toFixed();

const RUN: Record<FunnelDefinition, (engine: Engine, funnel: Funnel) => Promise<Reached>> = {
  snapshot,
  transition,
  cohort: (engine, funnel) => cohort(engine, funnel, add),
};

/** A funnel that makes sense and that the caller may ask for. */
type Understood = { kind: FunnelDefinition; steps: Step[]; amounts: boolean } & (
  { of: 'customer'; customers: CustomerFunnel } | { of: 'noun'; funnel: Funnel }
);

const understand = (directory: Directory, around: Circumstances, request: GetFunnelRequest): Understood => {
  const { caller } = around;
  const kind = KINDS[request.kind];
  if (!kind) throw invalidField('kind', 'REQUIRED', 'Choose a definition: snapshot, cohort or transition.');
  if (!NOUNS.includes(request.noun))
    throw invalidField(
      'noun',
      'UNKNOWN_NAME',
      `There is no funnel of ${request.noun}; choose from ${NOUNS.join(', ')}.`,
    );
  const base = askedOf(request);
  refuseOrganization(request.noun, caller, base, '');
  const amounts = queryable(caller, 'opportunity', 'amount');
  if (request.noun === 'customer') {
    demandCustomerFunnel(caller);
    return { of: 'customer', kind, steps: customerSteps(caller), amounts, customers: { asked: base, around } };
  }
  const cube = cubeOf(request.noun, caller, 'noun');
  const path = pathOf(cube, directory, caller, request.pipelineId);
  const filters = path.pipelineId
    ? [{ dimension: { ...cube.dimensions['pipeline']!, name: 'pipeline' }, values: [path.pipelineId] }]
    : [];
  // What has reached its goal does not stand in the funnel any more.
  const steps = kind === 'snapshot' ? path.steps.slice(0, -1) : path.steps;
  const funnel = { asked: { ...base, cube, filters }, path, around };
  return { of: 'noun', kind, steps, amounts: amounts && request.noun === 'opportunity', funnel };
};

/** The funnel of a noun by the definition that was chosen. */
export const funnel = async (
  engine: Engine,
  directory: Directory,
  caller: Caller,
  request: GetFunnelRequest,
): Promise<FunnelStep[]> => {
  const understood = understand(directory, circumstances(caller, directory), request);
  const { kind, steps, amounts } = understood;
  if (understood.of === 'noun') {
    const { labels } = understood.funnel.asked.cube.steps!;
    const wordsOf = (reason: string): string => (labels[reason] ? said(caller, labels[reason]) : reason);
    return stepsOf(kind, steps, await RUN[kind](engine, understood.funnel), amounts, wordsOf);
  }
  const reached = await customerFunnel(engine, kind, understood.customers);
  // Leads and customers have no amount; their deals do.
  return stepsOf(kind, steps, reached, amounts && kind !== 'cohort').map((step, place) =>
    place > 1 ? step : { ...step, amount: '' },
  );
};

/** The records that a step counts or, with a reason, those that ended in it; they add up to its amount, if it has one. */
export const stepAsked = (
  request: ListFunnelRowsRequest,
  directory: Directory,
  around: Circumstances,
): { records: Records; amount: boolean } => {
  const understood = understand(directory, around, request.funnel!);
  const { kind, steps, amounts } = understood;
  const place = steps.findIndex(({ key }) => key === request.step);
  if (place < 0)
    throw invalidField(
      'step',
      'UNKNOWN_NAME',
      `There is no such step; choose from ${steps.map(({ key }) => key).join(', ')}.`,
    );
  if (understood.of === 'noun') {
    const clicked = { place, reason: request.dropReason, amounts };
    return { records: stepRecords(kind, understood.funnel, clicked), amount: amounts };
  }
  const amount = amounts && kind !== 'cohort' && place > 1;
  return { records: customerRecords(kind, request.step, understood.customers, amount), amount };
};

export const funnelRows = async (
  engine: Engine,
  directory: Directory,
  caller: Caller,
  request: ListFunnelRowsRequest,
): Promise<ListFunnelRowsResponse> => {
  const around = circumstances(caller, directory);
  const { records, amount } = stepAsked(request, directory, around);
  const { value, divisor, ...page } = await pageOf(engine, records, around, request);
  return { ...page, total: amount ? roundMoney(value, enterprise().baseCurrency) : new Big(value).toFixed() };
};
