import { queryable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { enterprise } from '@pelagic/chassis/enterprise';
import { roundMoney, sumMoney } from '@pelagic/chassis/money';
import { invalidField } from '@pelagic/chassis/problem';
import type { FunnelKind, FunnelStep, GetFunnelRequest } from '@pelagic/proto/crm/analytics/v1/analytics';
import Big from 'big.js';
import type { Directory } from '../directory/directory.ts';
import type { Engine } from '../engine/engine.ts';
import { circumstances } from '../question/answer.ts';
import { cubeOf, type Asked } from '../question/asked.ts';
import { periodOf } from '../question/period.ts';
import { customerFunnel, customerSteps } from './customer-funnel.ts';
import { cohort, snapshot, transition, type Funnel, type Reached } from './noun-funnel.ts';
import { pathOf, type Step } from './steps.ts';

type Kind = 'snapshot' | 'cohort' | 'transition';

const KINDS: Partial<Record<FunnelKind, Kind>> = {
  FUNNEL_KIND_SNAPSHOT: 'snapshot',
  FUNNEL_KIND_COHORT: 'cohort',
  FUNNEL_KIND_TRANSITION: 'transition',
};

const NOUNS = ['lead', 'customer', 'opportunity'];

const percent = (part: number, whole: number | undefined): string =>
  whole ? new Big(part).times(100).div(whole).toFixed(2, Big.roundHalfUp) : '';

const stepsOf = (steps: Step[], { counts, amounts, days, drops }: Reached, withAmounts: boolean): FunnelStep[] =>
  steps.map(({ key, label }, place) => ({
    key,
    label,
    count: counts[place] ?? 0,
    amount: withAmounts ? roundMoney(amounts[place] ?? '0', enterprise().baseCurrency) : '',
    conversion: place ? percent(counts[place] ?? 0, counts[place - 1]) : '',
    medianDays: days.has(key) ? new Big(days.get(key)!).toFixed(1, Big.roundHalfUp) : '',
    drops: drops
      .filter(({ step }) => step === place)
      .toSorted((a, b) => b.count - a.count || a.reason.localeCompare(b.reason))
      .map(({ reason, count }) => ({ reason, count })),
  }));

const askedOf = (request: GetFunnelRequest): Omit<Asked, 'cube'> => {
  const { employeeId = '', departmentId = '', todaysTree = false } = request.organization ?? {};
  if (employeeId && departmentId)
    throw invalidField('organization.departmentId', 'ONE_OF', 'Choose a person or a department, not both.');
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

const RUN: Record<Kind, (engine: Engine, funnel: Funnel) => Promise<Reached>> = {
  snapshot,
  transition,
  cohort: (engine, funnel) => cohort(engine, funnel, add),
};

/** The funnel of a noun by the definition that was chosen. */
export const funnel = async (
  engine: Engine,
  directory: Directory,
  caller: Caller,
  request: GetFunnelRequest,
): Promise<FunnelStep[]> => {
  const kind = KINDS[request.kind];
  if (!kind) throw invalidField('kind', 'REQUIRED', 'Choose a definition: snapshot, cohort or transition.');
  if (!NOUNS.includes(request.noun))
    throw invalidField(
      'noun',
      'UNKNOWN_NAME',
      `There is no funnel of ${request.noun}; choose from ${NOUNS.join(', ')}.`,
    );
  const base = askedOf(request);
  const around = circumstances(caller, directory);
  const amounts = queryable(caller, 'opportunity', 'amount');
  if (request.noun === 'customer') {
    const reached = await customerFunnel(engine, kind, { asked: base, around });
    return stepsOf(customerSteps(caller), reached, false).map((step, place) => ({
      ...step,
      amount:
        amounts && kind !== 'cohort' && place > 1 ? roundMoney(reached.amounts[place]!, enterprise().baseCurrency) : '',
    }));
  }
  const cube = cubeOf(request.noun, caller, 'noun');
  const path = pathOf(cube, directory, caller, request.pipelineId);
  const filters = path.pipelineId
    ? [{ dimension: { ...cube.dimensions['pipeline']!, name: 'pipeline' }, values: [path.pipelineId] }]
    : [];
  // What has reached its goal does not stand in the funnel any more.
  const steps = kind === 'snapshot' ? path.steps.slice(0, -1) : path.steps;
  const reached = await RUN[kind](engine, { asked: { ...base, cube, filters }, path, around });
  return stepsOf(steps, reached, request.noun === 'opportunity' && amounts);
};
