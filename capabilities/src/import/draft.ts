import { isUuid } from '@pelagic/proto/formats';
import { registry } from '@pelagic/proto/registry';
import { validate } from '@pelagic/proto/validate';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { faultsOf, type RowFault } from '../job/one-row.ts';
import type { Message } from '../record/mapping.ts';
import { onceIn } from '../record/once-in.ts';
import { parseList } from './cell.ts';
import { plainValue } from './labels.ts';
import type { Plan, PlannedField } from './plan.ts';

/** A row on its way to a message: what its cells say, and what is wrong with them. */
export type Draft = {
  json: Record<string, any>;
  past: Record<string, any>;
  extra: Record<string, any>;
  /** Fields that the row itself gives a value: what an update writes. */
  mask: string[];
  faults: RowFault[];
  /** Lookups that found nothing, and that a row of the same file may answer later. */
  open: RowFault[];
};

const CANDIDATES_SHOWN = 3;

/** The field's texts in this row, words of the file replaced by those of the mapping. */
const textsOf = ({ field, columns }: PlannedField, cells: string[]): string[] =>
  columns
    .map(({ index, values }) => {
      const cell = (cells[index] ?? '').trim();
      const meant = (word: string): string => values.get(plainValue(word)) ?? word;
      if (!field.choices || values.has(plainValue(cell))) return meant(cell);
      return parseList(cell, false).map(meant).join(';');
    })
    .filter(Boolean);

const parse = (draft: Draft, { field }: PlannedField, texts: string[]): unknown => {
  try {
    if (texts.some((text) => text.includes('\uFFFD')))
      return void draft.faults.push({
        field: field.path,
        reason: 'UNREADABLE',
        message: 'The cell holds characters that could not be read.',
        params: { value: texts.join(' ') },
      });
    const values = texts.map((text) => field.parse(text));
    return field.list ? values.flat() : values[0];
  } catch (error) {
    draft.faults.push(...faultsOf(error).map((fault) => ({ ...fault, field: field.path })));
    return undefined;
  }
};

type Finding = { tx: Tx; caller: Caller; history: boolean };

const find = async (
  draft: Draft,
  { field }: PlannedField,
  text: string,
  { tx, caller, history }: Finding,
): Promise<string | undefined> => {
  if (isUuid(text)) return text;
  const message = { ...draft.json, ...draft.past, ...draft.extra };
  try {
    const look = () => field.lookup!(text, { tx, caller, history, message });
    // Many rows name the same few; not where a row before this one may be the answer.
    const key = ['lookup', field.path, text, ...field.dependsOn.map((name) => message[name])].join('\0');
    const found = await (field.sameFile ? look() : onceIn(tx, key, look));
    if (found.length === 1) return found[0]!.id;
    const params = {
      value: text,
      names: found
        .slice(0, CANDIDATES_SHOWN)
        .map(({ name }) => name)
        .join(', '),
    };
    if (found.length)
      draft.faults.push({ field: field.path, reason: 'AMBIGUOUS', message: `Several fit ${text}.`, params });
    else
      (field.sameFile ? draft.open : draft.faults).push({
        field: field.path,
        reason: 'NOT_FOUND',
        message: `There is no ${text}.`,
        params: { value: text },
      });
  } catch (error) {
    draft.faults.push(...faultsOf(error).map((fault) => ({ ...fault, field: field.path })));
  }
  return undefined;
};

/** Reads the cells of a row: text into values, names into ids. */
export const draftOf = async (plan: Plan, cells: string[], finding: Finding): Promise<Draft> => {
  const draft: Draft = { json: {}, past: {}, extra: {}, mask: [], faults: [], open: [] };
  for (const planned of plan.fields) {
    const { field, fallback } = planned;
    const own = textsOf(planned, cells);
    const texts = own.length ? own : fallback ? [fallback] : [];
    if (!texts.length) continue;
    const parsed = parse(draft, planned, texts);
    if (parsed === undefined) continue;
    const value = field.lookup ? await find(draft, planned, String(parsed), finding) : parsed;
    if (value === undefined) continue;
    field.put(draft[field.part], value);
    if (own.length) draft.mask.push(field.path.replace(/\.currency$/, ''));
  }
  draft.mask = [...new Set(draft.mask)];
  // Lookups run in the order of the noun; people read in that of the file.
  const place = new Map(
    plan.fields.map(({ field, columns }) => [field.path, columns[0]?.index ?? plan.headings.length]),
  );
  draft.faults.sort(
    (a, b) => (place.get(a.field) ?? plan.headings.length) - (place.get(b.field) ?? plan.headings.length),
  );
  return draft;
};

const inside = (path: string): string =>
  path.replace(/^custom\.(\w+)\.(text|number|money|date|choices|employeeId)\b.*/, 'custom.$1');

/** What the contract has against it: bounds and formats of what is there, with `creating` also what is missing. */
export const checkDraft = (plan: Plan, draft: Draft, creating: boolean): RowFault[] => {
  const known = new Set(draft.faults.map(({ field }) => field));
  return (
    validate(plan.message, draft.json, creating ? {} : { partial: draft.mask })
      .map(({ field, ...rest }) => ({ ...rest, field: inside(field) }))
      // A value that could not be read is not missing as well.
      .filter(({ field, reason }) => !(reason === 'REQUIRED' && known.has(field)))
  );
};

/** The moment that the row belongs to, when it brings one. Refuses moments to come. */
export const momentOf = ({ past }: Draft): Date | undefined =>
  past['createTime'] ? new Date(past['createTime'] as string) : undefined;

export const futureFaults = (draft: Draft): RowFault[] =>
  (momentOf(draft)?.getTime() ?? 0) > now().getTime()
    ? [
        {
          field: 'createTime',
          reason: 'FUTURE_TIME',
          message: 'What lies in the past cannot have begun in the future.',
        },
      ]
    : [];

/** The noun's message, with the fields beside it. */
export const messageOf = (plan: Plan, { json, past, extra }: Draft): Message =>
  Object.assign(registry.get(plan.message)!.fromJSON({ ...json, ...past }) as Message, extra);
