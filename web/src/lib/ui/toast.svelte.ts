import { problemMessage } from '#lib/api/problem-message.ts';
import { asProblem } from '#lib/api/problem.ts';

export interface Toast {
  id: number;
  text: string;
  tone: 'ok' | 'bad';
  undo?: (() => unknown) | undefined;
  traceId?: string | undefined;
}

const SHOWN_MS = 6_000;
const SHOWN_PROBLEM_MS = 12_000;

let lastId = 0;
const shown = $state<Toast[]>([]);

/** What is on the screen, oldest first. */
export function toasts(): readonly Toast[] {
  return shown;
}

export function dismissToast(id: number): void {
  const at = shown.findIndex((toast) => toast.id === id);
  if (at >= 0) shown.splice(at, 1);
}

function show(toast: Omit<Toast, 'id'>, ms: number): void {
  lastId += 1;
  const id = lastId;
  shown.push({ ...toast, id });
  if (shown.length > 3) shown.shift();
  setTimeout(() => dismissToast(id), ms);
}

/** Says that something is done, with a way back where there is one. */
export function say(text: string, undo?: () => unknown): void {
  show({ text, tone: 'ok', undo }, SHOWN_MS);
}

/** Says why something was not done, where the sentence is known. */
export function sayRefused(text: string): void {
  show({ text, tone: 'bad' }, SHOWN_PROBLEM_MS);
}

/** Says what went wrong; anything thrown may come here. */
export function sayProblem(error: unknown): void {
  const problem = asProblem(error);
  show({ text: problemMessage(problem), tone: 'bad', traceId: problem.traceId || undefined }, SHOWN_PROBLEM_MS);
}
