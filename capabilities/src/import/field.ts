import type { CustomField } from '@pelagic/proto/crm/capability/v1/custom_field';
import { contract, messageType, type Field as ContractField } from '@pelagic/proto/contract';
import { languageOf } from '@pelagic/proto/language';
import type { Kysely } from 'kysely';
import { caseOf } from '../custom-field/custom-field.ts';
import { definitionsOf } from '../custom-field/definitions.ts';
import type { ImportField, ImportTarget, Lookup } from '../job/import-target.ts';
import { tagNames, type TagName } from '../tag/tag.ts';
import {
  parseBoolean,
  parseDate,
  parseList,
  parseMoney,
  parseNumber,
  parseTime,
  parseWhole,
  parseWord,
} from './cell.ts';
import { CURRENCY_LABELS, FIELD_LABELS, plainValue, type Labels } from './labels.ts';

/** Where a value goes: into what a person may write, into what only rows of the past carry, or beside the message. */
export type Part = 'json' | 'past' | 'extra';

/** One thing that a column can be mapped to. */
export type Field = {
  /** phones, amount, amount.currency, custom.budget. */
  path: string;
  labels: Labels;
  required: boolean;
  matchKey: boolean;
  history: boolean;
  sameFile: boolean;
  part: Part;
  /** Several columns may give it: phone 1, phone 2. */
  list: boolean;
  /** A cell may hold several choices; the mapping of values knows each of them. */
  choices?: boolean;
  lookup?: Lookup;
  dependsOn: string[];
  /** proto3-JSON of the value; a lookup takes its place. */
  parse: (text: string) => unknown;
  /** Puts the value into the JSON of the noun. */
  put: (into: Record<string, any>, value: unknown) => void;
};

/** Lookups that nouns share, by the noun looked up: employee, department. */
export type Lookups = Record<string, Lookup>;

const MONEY = 'crm.common.v1.Money';

const text = (value: string): string => value.trim();

const labelsOf = ({ labels, field }: Pick<ImportField, 'labels' | 'field'>): Labels =>
  labels ?? FIELD_LABELS[field] ?? { zh: [field], en: [field] };

export const labelOf = ({ labels, path }: Pick<Field, 'labels' | 'path'>, locale: string): string =>
  labels[languageOf(locale)][0] ?? path;

const wordsOf = (type: string, words: ImportField['words'] = {}): Map<string, string> => {
  const { values, prefix } = contract.enums.get(type)!;
  const found = new Map<string, string>();
  for (const value of values.slice(1)) {
    const spoken = words[value];
    for (const word of [value, value.slice(prefix.length), ...(spoken?.zh ?? []), ...(spoken?.en ?? [])])
      found.set(plainValue(word), value);
  }
  return found;
};

const parserOf = (field: ContractField, { words, lookup }: ImportField): Field['parse'] | undefined => {
  const { kind, rules = {} } = field;
  if (field.map) return undefined;
  if (field.repeated)
    return kind === 'string'
      ? (cell) => parseList(cell, rules.format === 'phone' || rules.format === 'email')
      : undefined;
  if (lookup) return text;
  switch (kind) {
    case 'string':
      return rules.format === 'date' ? parseDate : rules.format === 'decimal' ? parseNumber : text;
    case 'enum': {
      const known = wordsOf(field.type!, words);
      return (cell) => parseWord(cell, known);
    }
    case 'bool':
      return parseBoolean;
    case 'timestamp':
      return parseTime;
    case 'int64':
    case 'uint64':
      return (cell) => String(parseWhole(cell));
    case 'int32':
    case 'uint32':
      return parseWhole;
    case 'double':
      return (cell) => Number(parseNumber(cell));
    case 'message':
      return field.type === MONEY ? parseMoney : undefined;
    default:
      return undefined;
  }
};

const EXTRA_PARSERS: Record<NonNullable<ImportField['kind']>, Field['parse']> = {
  text,
  date: parseDate,
  time: parseTime,
  boolean: parseBoolean,
  number: parseNumber,
};

const assign =
  (path: string): Field['put'] =>
  (into, value) => {
    into[path] = value;
  };

/** The currency may come in a cell of its own, before or after the amount. */
const assignMoney =
  (path: string): Field['put'] =>
  (into, value) => {
    into[path] = { ...into[path], ...(value as object) };
  };

const currencyOf = (
  path: string,
  labels: Labels,
  part: Part,
  history: boolean,
  holder: (into: Record<string, any>) => Record<string, any>,
): Field => ({
  path: `${path}.currency`,
  labels: {
    zh: CURRENCY_LABELS.zh.map((word) => `${labels.zh[0]}${word}`).concat(CURRENCY_LABELS.zh),
    en: CURRENCY_LABELS.en.map((word) => `${labels.en[0]} ${word.toLowerCase()}`).concat(CURRENCY_LABELS.en),
  },
  required: false,
  matchKey: false,
  history,
  sameFile: false,
  dependsOn: [],
  part,
  list: false,
  parse: (cell) => cell.trim().toUpperCase(),
  put: (into, value) => {
    holder(into)['currency'] = value;
  },
});

const plannedFields = (target: ImportTarget, item: ImportField, lookups: Lookups): Field[] => {
  const known = messageType(contract.nouns.get(target.noun)!.message).fields.find(({ json }) => json === item.field);
  const labels = labelsOf(item);
  const common = {
    path: item.field,
    labels,
    matchKey: item.matchKey ?? false,
    history: item.history ?? false,
    sameFile: item.sameFile ?? false,
    dependsOn: item.dependsOn ?? [],
  };
  if (!known) {
    return [
      {
        ...common,
        required: item.required ?? false,
        part: 'extra',
        list: false,
        parse: item.lookup ? text : EXTRA_PARSERS[item.kind ?? 'text'],
        put: assign(item.field),
        ...(item.lookup && { lookup: item.lookup }),
      },
    ];
  }
  const lookup = item.lookup ?? (known.repeated ? undefined : lookups[known.rules?.refersTo ?? '']);
  const parse = parserOf(known, { ...item, ...(lookup && { lookup }) });
  if (!parse) throw new Error(`${target.noun}.${item.field} cannot be read from a cell.`);
  const part: Part = known.rules?.outputOnly ? 'past' : 'json';
  const money = known.type === MONEY;
  const field: Field = {
    ...common,
    required: item.required ?? known.rules?.required ?? false,
    part,
    list: known.repeated ?? false,
    parse,
    put: money ? assignMoney(item.field) : assign(item.field),
    ...(lookup && { lookup }),
  };
  return money
    ? [field, currencyOf(item.field, labels, part, field.history, (into) => (into[item.field] ??= {}))]
    : [field];
};

const customValue = (field: CustomField): { parse: Field['parse']; wrap: (value: any) => unknown } => {
  const offered = field.choices.filter(({ retired }) => !retired);
  const words = new Map(
    offered.flatMap(({ slug, label, labelEn }) =>
      [slug, label, labelEn].filter(Boolean).map((word) => [plainValue(word), slug] as const),
    ),
  );
  switch (caseOf(field.kind)) {
    case 'number':
      return { parse: parseNumber, wrap: (number) => ({ number }) };
    case 'money':
      return { parse: parseMoney, wrap: (money) => ({ money }) };
    case 'date':
      return { parse: parseDate, wrap: (date) => ({ date }) };
    case 'choices':
      return {
        parse: (cell) =>
          field.kind === 'CUSTOM_FIELD_KIND_CHOICE' || words.has(plainValue(cell))
            ? [parseWord(cell, words)]
            : parseList(cell, false).map((part) => parseWord(part, words)),
        wrap: (ids) => ({ choices: { ids } }),
      };
    case 'employeeId':
      return { parse: text, wrap: (employeeId) => ({ employeeId }) };
    default:
      return { parse: text, wrap: (value) => ({ text: value }) };
  }
};

const customFields = (definition: CustomField, lookups: Lookups): Field[] => {
  const { slug, label, labelEn, required, kind } = definition;
  const { parse, wrap } = customValue(definition);
  const custom = (into: Record<string, any>): Record<string, any> => (into['custom'] ??= {});
  const money = caseOf(kind) === 'money';
  const lookup = caseOf(kind) === 'employeeId' ? lookups['employee'] : undefined;
  const labels = { zh: [label, slug], en: [labelEn || label, label, slug] };
  const field: Field = {
    path: `custom.${slug}`,
    labels,
    required,
    matchKey: false,
    history: false,
    sameFile: false,
    dependsOn: [],
    part: 'json',
    list: false,
    parse,
    put: (into, value) => {
      const before = custom(into)[slug];
      custom(into)[slug] = money ? wrap({ ...before?.money, ...(value as object) }) : wrap(value);
    },
    ...(lookup && { lookup }),
    ...(kind === 'CUSTOM_FIELD_KIND_CHOICES' && { choices: true }),
  };
  return money
    ? [field, currencyOf(field.path, labels, 'json', false, (into) => (custom(into)[slug] ??= { money: {} }).money)]
    : [field];
};

/** Tags by name, several in one cell. */
const tagField = (tags: TagName[]): Field => {
  const words = new Map(tags.flatMap(({ id, name }) => [name, id].map((word) => [plainValue(word), id] as const)));
  return {
    ...{ path: 'tagIds', labels: labelsOf({ field: 'tagIds' }), required: false, matchKey: false, history: false },
    ...{ sameFile: false, dependsOn: [], part: 'json', list: true, choices: true },
    parse: (cell) =>
      words.has(plainValue(cell))
        ? [parseWord(cell, words)]
        : parseList(cell, false).map((part) => parseWord(part, words)),
    put: assign('tagIds'),
  };
};

/** What the enterprise says itself of a noun: fields of its own, and the tags of the service. */
export type Own = { definitions: CustomField[]; tags: TagName[] };

export const ownOf = async (db: Kysely<any>, noun: string): Promise<Own> => ({
  definitions: await definitionsOf(db, noun),
  tags: await tagNames(db),
});

/** Everything that a column of this noun's file can be. The order is that of the lookups. */
export const fieldsOf = (target: ImportTarget, { definitions, tags }: Own, lookups: Lookups): Field[] => {
  const { message, custom } = contract.nouns.get(target.noun)!;
  const identified =
    messageType(message).fields.some(({ json }) => json === 'externalId') &&
    !target.fields.some(({ field }) => field === 'externalId');
  const items: ImportField[] = [...(identified ? [{ field: 'externalId', matchKey: true }] : []), ...target.fields];
  return [
    ...items.flatMap((item) => plannedFields(target, item, lookups)),
    ...(messageType(message).fields.some(({ json }) => json === 'tagIds') ? [tagField(tags)] : []),
    ...(custom
      ? definitions.filter(({ retired }) => !retired).flatMap((definition) => customFields(definition, lookups))
      : []),
  ];
};
