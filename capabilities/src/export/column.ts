import type { CustomField } from '@pelagic/proto/crm/capability/v1/custom_field';
import type { CustomValue } from '@pelagic/proto/crm/common/v1/common';
import { languageOf } from '@pelagic/proto/language';
import { contract, messageType, type Field as ContractField } from '@pelagic/proto/contract';
import { fieldGrant } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { enterpriseTimeZone } from '@pelagic/chassis/enterprise';
import { invalid, type FieldError } from '@pelagic/chassis/problem';
import { CURRENCY_LABELS, FIELD_LABELS, type Labels } from '../import/labels.ts';
import type { Message } from '../record/mapping.ts';
import type { Noun } from '../record/noun.ts';
import type { Wording } from './wording.ts';

type Reference = { noun: string; id: string };

/** Names of the records that cells refer to: noun and id → name. */
export type NameOf = (noun: string, id: string) => string;

export type Column = {
  path: string;
  heading: string;
  numeric: boolean;
  /** The records whose names stand in the cell instead of ids. */
  refers: (message: Message) => Reference[];
  cell: (message: Message, nameOf: NameOf) => string;
};

const MONEY = 'crm.common.v1.Money';
const NUMERIC = new Set(['int32', 'uint32', 'int64', 'uint64', 'double']);
/** Of no use outside: checklist items are ids. */
const LEFT_OUT = new Set(['version', 'shares', 'checkedItems']);
const YES_NO = { zh: ['是', '否'], en: ['Yes', 'No'] } as const;

type Speech = { locale: string; words: Map<string, Wording> };

/** In the enterprise's zone, as imports read it. */
const timeText = (time: string): string =>
  Temporal.Instant.from(time)
    .toZonedDateTimeISO(enterpriseTimeZone())
    .toPlainDateTime()
    .toString({ smallestUnit: 'second' })
    .replace('T', ' ');

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? (value as string[]) : value ? [value as string] : [];

const enumText = (type: string, value: string, words: Wording['words'], locale: string): string => {
  const { prefix, values } = contract.enums.get(type)!;
  return value === values[0] ? '' : (words?.[value]?.[languageOf(locale)][0] ?? value.slice(prefix.length));
};

const plainText = (field: ContractField, { locale, words }: Speech): ((value: any) => string) | undefined => {
  switch (field.kind) {
    case 'string':
      return (value) => words.get(field.json)?.words?.[value]?.[languageOf(locale)][0] ?? String(value);
    case 'bool':
      return (value) => YES_NO[languageOf(locale)][value ? 0 : 1];
    case 'timestamp':
      return timeText;
    case 'enum':
      return (value) => enumText(field.type!, value as string, words.get(field.json)?.words, locale);
    default:
      return NUMERIC.has(field.kind) ? String : undefined;
  }
};

const column = (
  path: string,
  heading: string,
  cell: Column['cell'],
  { numeric = false, refers = () => [] }: { numeric?: boolean; refers?: Column['refers'] } = {},
): Column => ({ path, heading, numeric, refers, cell });

/** A column of names in place of ids. */
const nameColumn = (path: string, heading: string, refers: Column['refers']): Column =>
  column(
    path,
    heading,
    (message, nameOf) =>
      refers(message)
        .map(({ noun, id }) => nameOf(noun, id))
        .join('; '),
    { refers },
  );

const moneyColumns = (
  path: string,
  heading: string,
  locale: string,
  of: (message: Message) => { amount: string; currency: string } | undefined,
): Column[] => [
  column(path, heading, (message) => of(message)?.amount ?? '', { numeric: true }),
  column(
    `${path}.currency`,
    languageOf(locale) === 'zh'
      ? `${heading}${CURRENCY_LABELS.zh[0]}`
      : `${heading} ${CURRENCY_LABELS.en[0]!.toLowerCase()}`,
    (message) => of(message)?.currency ?? '',
  ),
];

const contractColumns = (field: ContractField, speech: Speech): Column[] => {
  const { json: path, rules, kind, type, repeated, map } = field;
  const labels: Labels = speech.words.get(path)?.labels ?? FIELD_LABELS[path] ?? { zh: [path], en: [path] };
  const heading = labels[languageOf(speech.locale)][0] ?? path;
  if (rules?.secret || LEFT_OUT.has(path) || map) return [];
  if (type === MONEY)
    return moneyColumns(
      path,
      heading,
      speech.locale,
      (message) => message[path] as { amount: string; currency: string } | undefined,
    );
  const text = plainText(field, speech);
  if (!text) return [];
  const refersTo = rules?.refersTo ?? speech.words.get(path)?.refersTo ?? '';
  const refersBy = rules?.refersBy;
  if (refersTo || refersBy)
    return [
      nameColumn(path, heading, (message) =>
        strings(message[path]).map((id) => ({ noun: refersBy ? String(message[refersBy]) : refersTo, id })),
      ),
    ];
  if (repeated) return [column(path, heading, (message) => ((message[path] ?? []) as unknown[]).map(text).join('; '))];
  return [
    column(
      path,
      heading,
      (message) => (message[path] === undefined || message[path] === null ? '' : text(message[path])),
      { numeric: NUMERIC.has(kind) || rules?.format === 'decimal' },
    ),
  ];
};

const customOf = (message: Message, slug: string): CustomValue['value'] =>
  (message['custom'] as Record<string, CustomValue> | undefined)?.[slug]?.value;

const customColumns = ({ slug, label, labelEn, kind, choices }: CustomField, locale: string): Column[] => {
  const zh = languageOf(locale) === 'zh';
  const heading = zh ? label : labelEn || label;
  const path = `custom.${slug}`;
  const money = (message: Message) => {
    const value = customOf(message, slug);
    return value?.$case === 'money' ? value.value : undefined;
  };
  if (kind === 'CUSTOM_FIELD_KIND_MONEY') return moneyColumns(path, heading, locale, money);
  const words = new Map(choices.map((choice) => [choice.slug, zh ? choice.label : choice.labelEn || choice.label]));
  if (kind === 'CUSTOM_FIELD_KIND_EMPLOYEE')
    return [
      nameColumn(path, heading, (message) => {
        const value = customOf(message, slug);
        return value?.$case === 'employeeId' ? [{ noun: 'employee', id: value.value }] : [];
      }),
    ];
  const cell: Column['cell'] = (message) => {
    const value = customOf(message, slug);
    if (!value || value.$case === 'money') return '';
    return value.$case === 'choices' ? value.value.ids.map((id) => words.get(id) ?? id).join('; ') : value.value;
  };
  return [column(path, heading, cell, { numeric: kind === 'CUSTOM_FIELD_KIND_NUMBER' })];
};

type Options = {
  noun: Noun;
  definitions: CustomField[];
  wordings: Wording[];
  caller: Caller;
  locale: string;
  asked: string[];
};

/** The columns of an export: those asked for, or all; never what is hidden from the caller. */
export const columnsFor = ({ noun, definitions, wordings, caller, locale, asked }: Options): Column[] => {
  const speech: Speech = { locale, words: new Map(wordings.map((wording) => [wording.field, wording])) };
  const { message, custom } = contract.nouns.get(noun.noun)!;
  const { hidden } = fieldGrant(caller, noun.noun);
  const all = [
    ...messageType(message).fields.flatMap((field) => contractColumns(field, speech)),
    ...(custom ? definitions.filter(({ retired }) => !retired).flatMap((field) => customColumns(field, locale)) : []),
  ].filter(({ path }) => !hidden.has(path.replace(/\.currency$/, '')));
  if (!asked.length) return all.filter(({ path }) => path !== 'id');
  const unknown = asked.filter((path) => !all.some((one) => one.path === path));
  if (unknown.length)
    throw invalid(
      ...unknown.map((path): FieldError => ({
        field: `fields[${asked.indexOf(path)}]`,
        reason: 'UNKNOWN_FIELD',
        message: `There is no field ${path} that you could export.`,
      })),
    );
  return asked
    .flatMap((path) => all.filter((one) => one.path === path || one.path === `${path}.currency`))
    .filter((one, index, list) => list.indexOf(one) === index);
};
