import { goto } from '$app/navigation';
import { page } from '$app/state';
import { api, body, type Schemas } from '#lib/api/client.ts';
import { saveFile } from '#lib/save-file.ts';
import type { FunnelQuestion, Question } from './ask.svelte.ts';

/** A question, one of its measures, and the row of the answer (no keys: the total). */
export interface FigureDrill {
  question: Question;
  measure: string;
  keys: string[];
}

/** A step of a funnel, or what ended in it for a reason. */
export interface StepDrill {
  funnel: FunnelQuestion;
  step: string;
  /** Words of the step, and of the reason. */
  label: string;
  reason: string;
}

/** Which figure's rows are open. */
export type Drill = FigureDrill | StepDrill;

export interface Found {
  rows: Schemas['FactRow'][];
  next: string;
  size: number;
  /** The figure, and what it is made of. */
  total: string;
  valueSum: string;
  divisorSum: string;
}

/** The rows behind a figure are part of the URL, so that one can send them. */
export function openRows(drill: Drill): void {
  const search = new URLSearchParams(page.url.search);
  search.set('rows', JSON.stringify(drill));
  void goto(`?${search}`, { reset: false });
}

export function closeRows(): void {
  const search = new URLSearchParams(page.url.search);
  search.delete('rows');
  void goto(`?${search}`, { replace: true, reset: false });
}

export function parseDrill(text: string | null): Drill | null {
  if (!text) return null;
  try {
    const drill = JSON.parse(text) as Partial<FigureDrill & StepDrill>;
    const figure = typeof drill.measure === 'string' && Array.isArray(drill.keys) && drill.question?.cube;
    const step = typeof drill.step === 'string' && typeof drill.reason === 'string' && drill.funnel?.noun;
    return figure || step ? (drill as Drill) : null;
  } catch {
    return null;
  }
}

export async function fetchRows(drill: Drill, pageSize: number, pageToken: string): Promise<Found> {
  if ('funnel' in drill) {
    const { funnel, step, reason } = drill;
    const request = { funnel, step, dropReason: reason, pageSize, pageToken };
    const found = await body(api.POST('/v1/analytics/funnels:rows', { body: request }));
    const { rows, nextPageToken: next, totalSize: size, total } = found;
    return { rows, next, size, total, valueSum: total, divisorSum: '' };
  }
  const found = await body(api.POST('/v1/analytics/questions:rows', { body: { ...drill, pageSize, pageToken } }));
  const { rows, nextPageToken: next, totalSize: size, total, valueSum, divisorSum } = found;
  return { rows, next, size, total, valueSum, divisorSum };
}

/** Saves the rows as a file; returns how many there are. */
export async function saveRows(drill: Drill, noun: string): Promise<number> {
  const paging = { pageSize: 0, pageToken: '' };
  const part =
    'funnel' in drill
      ? { step: { funnel: drill.funnel, step: drill.step, dropReason: drill.reason, ...paging } }
      : { figure: { ...drill, ...paging } };
  const file = await body(api.POST('/v1/analytics/rows:export', { body: { noun, ...part } }));
  saveFile(file);
  return file.rows;
}
