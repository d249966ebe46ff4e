import { session } from '#lib/session.svelte.ts';
import { actualsOf, cubeOf, type Asking } from './actuals.ts';
import { completionOf, type Done, type MonthDone } from './completion.ts';
import { cellKey, loadPlan, type Asked, type Plan } from './plan.svelte.ts';
import type { Measure, Subject } from './target.ts';

/** A plan with what was brought in of it. */
export interface Completed {
  plan: Plan;
  asking: Asking;
  actuals: Map<string, string>;
}

/** Figures of it may be asked for. */
export const mayCompare = (measure: Measure): boolean =>
  session.can('analytics.read') && session.can('target.read') && session.can(`${cubeOf(measure)}.read`);

export async function loadCompleted(asked: Asked, todaysTree = false): Promise<Completed> {
  const plan = await loadPlan(asked);
  const { measure, months } = asked;
  const { subject, below, people } = plan;
  const asking = { measure, months, subject, below, people, todaysTree };
  return { plan, asking, actuals: await actualsOf(asking) };
}

export function monthsDone({ plan, actuals }: Completed, subject: Subject, months = plan.asked.months): MonthDone[] {
  return months.map((month) => {
    const key = cellKey(subject.id, month);
    return { month, target: plan.targets.get(key)?.amount?.amount ?? '', actual: actuals.get(key) ?? '' };
  });
}

export const doneBy = (completed: Completed, subject: Subject, months?: string[]): Done =>
  completionOf(monthsDone(completed, subject, months), session.today, session.currency);
