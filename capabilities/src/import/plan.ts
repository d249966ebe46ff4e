import type { ColumnMapping, ImportSettings } from '@pelagic/proto/crm/capability/v1/job';
import { contract } from '@pelagic/proto/contract';
import type { Reason } from '@pelagic/proto/reason';
import { fieldGrant, may } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { denied, invalid, type FieldError } from '@pelagic/chassis/problem';
import type { ImportTarget } from '../job/import-target.ts';
import type { Noun } from '../record/noun.ts';
import type { Field } from './field.ts';
import { plain, plainValue } from './labels.ts';

/** A field with the columns that give it. */
export type PlannedField = {
  field: Field;
  columns: { index: number; values: ReadonlyMap<string, string> }[];
  fallback: string | undefined;
};

/** What an import does with each row; made from the settings, the headings and the noun's fields before the first row. */
export type Plan = {
  target: ImportTarget;
  noun: Noun;
  /** Full name of the noun's message. */
  message: string;
  headings: string[];
  /** Its cells are told apart by delimiters: one too many has shifted those after it. */
  delimited: boolean;
  /** In the order of lookups. */
  fields: PlannedField[];
  history: boolean;
  update: boolean;
  /** For rows that name no owner; empty when the noun has none to be given. */
  defaultOwnerId: string;
  /** Rows may need other rows of the same file. */
  sameFile: boolean;
};

type Sources = {
  target: ImportTarget;
  noun: Noun;
  fields: Field[];
  settings: ImportSettings;
  headings: string[];
  delimited: boolean;
  caller: Caller;
};

const error = (field: string, reason: Reason, message: string): FieldError => ({
  field: `settings.${field}`,
  reason,
  message,
});

/** What this caller may bring in: hidden and read-only fields are not theirs to write. */
export const fieldsFor = (fields: Field[], noun: string, caller: Caller): Field[] => {
  const { hidden, readOnly } = fieldGrant(caller, noun);
  const past = may(caller, `${noun}.import_history`);
  return fields.filter(({ path, history }) => {
    const name = path.replace(/\.currency$/, '');
    return !hidden.has(name) && !readOnly.has(name) && (past || !history);
  });
};

const mappingErrors = (mapping: ColumnMapping[], { fields, settings, headings }: Sources): FieldError[] => {
  const errors: FieldError[] = [];
  const byPath = new Map(fields.map((field) => [field.path, field]));
  const [columns, paths] = [new Set<string>(), new Set<string>()];
  mapping.forEach(({ column, field: path }, index) => {
    if (!headings.includes(column))
      errors.push(error(`mapping[${index}].column`, 'UNKNOWN_COLUMN', `The file has no column ${column}.`));
    if (!path) return;
    // One column may fill several fields: the number of a deal is its name and its identity.
    if (columns.has(`${column}\0${path}`))
      errors.push(error(`mapping[${index}].column`, 'DUPLICATE', `The column ${column} is mapped to ${path} twice.`));
    columns.add(`${column}\0${path}`);
    const field = byPath.get(path);
    if (!field)
      errors.push(
        error(`mapping[${index}].field`, 'UNKNOWN_FIELD', `There is no field ${path} that you could bring in.`),
      );
    else if (field.history && !settings.history)
      errors.push(
        error(`mapping[${index}].field`, 'HISTORY_ONLY', `${path} can be set only when the past is brought in.`),
      );
    else if (paths.has(path) && !field.list)
      errors.push(error(`mapping[${index}].field`, 'DUPLICATE', `Two columns are mapped to ${path}.`));
    paths.add(path);
  });
  for (const path of Object.keys(settings.defaults))
    if (!byPath.has(path))
      errors.push(error(`defaults.${path}`, 'UNKNOWN_FIELD', `There is no field ${path} that you could bring in.`));
  if (!mapping.some(({ field }) => field)) errors.push(error('mapping', 'REQUIRED', 'No column is mapped to a field.'));
  return errors;
};

/** A row that becomes a new record needs these; where rows only update, they may be left out. */
const missing = ({ fields, settings }: Sources): FieldError[] => {
  if (settings.onMatch === 'MATCH_ACTION_UPDATE') return [];
  const given = new Set([...settings.mapping.map(({ field }) => field), ...Object.keys(settings.defaults)]);
  return fields
    .filter(({ required, path, history }) => required && !history && !given.has(path) && !path.startsWith('custom.'))
    .map(({ path }) => error('mapping', 'FIELD_MISSING', `No column is mapped to ${path}, which every record needs.`));
};

/** Throws field errors of the settings for whatever does not fit the file or the noun. */
export const compilePlan = (sources: Sources): Plan => {
  const { target, noun, settings, headings, delimited, caller } = sources;
  if (settings.history && !may(caller, `${target.noun}.import_history`)) throw denied(`${target.noun}.import_history`);
  const known = { ...sources, fields: fieldsFor(sources.fields, target.noun, caller) };
  const errors = [...mappingErrors(settings.mapping, known), ...missing(known)];
  if (errors.length) throw invalid(...errors);
  const fields = known.fields.flatMap((field): PlannedField[] => {
    const columns = settings.mapping
      .filter((mapping) => mapping.field === field.path)
      .map(({ column, values }) => ({
        index: headings.indexOf(column),
        values: new Map(Object.entries(values).map(([from, to]) => [plainValue(from), to])),
      }));
    const fallback = settings.defaults[field.path];
    return columns.length || fallback ? [{ field, columns, fallback }] : [];
  });
  const { message } = contract.nouns.get(noun.noun)!;
  const owned = sources.fields.some(({ path, part }) => path === 'ownerId' && part === 'json');
  return {
    target,
    noun,
    message,
    headings,
    delimited,
    fields,
    history: settings.history,
    update: settings.onMatch === 'MATCH_ACTION_UPDATE',
    defaultOwnerId: owned ? settings.defaultOwnerId || caller.id : '',
    sameFile: fields.some(({ field }) => field.sameFile),
  };
};

/** Words for a field, strongest first: what an export writes beats what is also understood. */
const WORDS: ((field: Field) => string[])[] = [
  ({ path, labels: { zh, en } }) => [path, ...zh.slice(0, 1), ...en.slice(0, 1)],
  ({ labels: { zh } }) => zh,
  ({ labels: { en } }) => en,
];

/** The field that each column is likely to be, by its heading; empty when there is none or another column has it. */
export const proposeMapping = (headings: string[], fields: Field[]): ColumnMapping[] => {
  const found = new Map<string, Field>();
  const taken = new Set<string>();
  const look = (words: (field: Field) => string[], spelling: (heading: string) => string): void => {
    const named = new Map<string, Field>();
    for (const field of fields)
      for (const word of words(field)) if (plain(word) && !named.has(plain(word))) named.set(plain(word), field);
    for (const heading of headings) {
      const field = found.has(heading) ? undefined : named.get(spelling(heading));
      if (!field || (!field.list && taken.has(field.path))) continue;
      found.set(heading, field);
      taken.add(field.path);
    }
  };
  for (const words of WORDS) look(words, plain);
  // Phone 1, phone 2.
  for (const words of WORDS) look(words, (heading) => plain(heading).replace(/\d+$/, ''));
  return headings.map((column) => ({ column, field: found.get(column)?.path ?? '', values: {} }));
};
