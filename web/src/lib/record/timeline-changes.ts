import type { Field } from '#lib/noun/field.ts';
import type { TimelineEntry } from './timeline.svelte.ts';

/** One field that changed, as people are told of it. */
export interface Told {
  field: Field;
  before: unknown;
  after: unknown;
}

const DAY_MS = 86_400_000;
/** An activity that is logged moves these on the record it is about: the activity itself tells it. */
const BY_ACTIVITY = new Set(['lastContactTime', 'nextContactDate']);
/** Said by how long the record stood in the stage before. */
const UNSAID = new Set(['stageTime', 'lastStageId']);

function parsed(json: string): unknown {
  if (json === '') return undefined;
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return json;
  }
}

const verbOf = ({ event }: TimelineEntry): string => event.split('.').at(-2) ?? '';

/** Of money, the rate's date may change alone: what one reads stays. */
function readsTheSame(before: unknown, after: unknown): boolean {
  const [was, is] = [before, after] as ({ amount?: string; currency?: string } | null)[];
  return was?.amount !== undefined && was.amount === is?.amount && was.currency === is?.currency;
}

/** The entry says nothing that another does not. */
export function isEcho(entry: TimelineEntry): boolean {
  const { changes } = entry;
  return (
    verbOf(entry) === 'updated' &&
    entry.noun !== 'activity' &&
    changes.some(({ field }) => field === 'lastContactTime') &&
    changes.every(({ field }) => BY_ACTIVITY.has(field))
  );
}

/** A follow-up's words stand where it was logged, as they read now. */
export function isCorrection(entry: TimelineEntry): boolean {
  return entry.noun === 'activity' && verbOf(entry) !== 'created';
}

/** Changes of the fields that the pages know; all of a new record is on the record itself. */
export function toldChanges(entry: TimelineEntry, fields: Field[]): Told[] {
  if (verbOf(entry) === 'created') return [];
  return entry.changes.flatMap(({ field: key, before: was, after: is }) => {
    const field = fields.find((known) => known.key === key);
    const [before, after] = [parsed(was), parsed(is)];
    return field && !UNSAID.has(key) && !readsTheSame(before, after) ? [{ field, before, after }] : [];
  });
}

/** Days in the stage that was left, to a tenth; undefined for what did not leave one. */
export function daysInStage({ changes }: TimelineEntry): number | undefined {
  const change = changes.find(({ field }) => field === 'stageTime');
  const [entered, left] = [parsed(change?.before ?? ''), parsed(change?.after ?? '')];
  if (typeof entered !== 'string' || typeof left !== 'string') return undefined;
  const days = (Date.parse(left) - Date.parse(entered)) / DAY_MS;
  return days >= 0 ? Math.round(days * 10) / 10 : undefined;
}
