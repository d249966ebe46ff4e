import { contract, messageType, type Field, type Noun } from '@pelagic/proto/contract';
import { filterSql, type Column } from '@pelagic/chassis/filter-sql';
import { parseFilter, type Filter } from '@pelagic/chassis/filter';
import { invalidField, Problem, type FieldError } from '@pelagic/chassis/problem';
import { sql } from 'kysely';
import { fieldsOf } from '../record/list.ts';
import { readerOf, type State } from './fields.ts';
import { matches } from './matches.ts';

/** What an outsider may know of one noun, as an administrator writes it. */
export type Choice = {
  noun: string;
  /** JSON names of fields, and custom.<slug>. */
  fields: string[];
  /** AIP-160, as in the noun's list; empty for every record. */
  filter: string;
};

/** The same, ready to be held against events. */
export type Disclosure = {
  /** Under which the event's data holds the record. */
  key: string;
  /** Without id and version, which are always told. */
  fields: ReadonlySet<string>;
  /** Slugs of custom fields. */
  custom: ReadonlySet<string>;
  admits: (state: State) => boolean;
};

export type Policy = ReadonlyMap<string, Disclosure>;

/** Always told, never told since it is gone then, or nobody's business: with whom a record is shared says who works on what. */
const NOT_CHOSEN = new Set(['id', 'version', 'custom', 'shares', 'deleteTime']);
const INSIDE = new Set(['identity', 'capability']);

/** Of what people keep can be told; of accounts, rights and settings cannot. */
export const isOpenable = ({ service, fields }: Noun): boolean =>
  !INSIDE.has(service) && (fields.includes('deleteTime') || fields.includes('ownerId'));

/** The nouns that an outsider can be told of, by name. */
export const OPENABLE: ReadonlyMap<string, Noun> = new Map([...contract.nouns].filter(([, noun]) => isOpenable(noun)));

/** The fields of a noun that can be chosen. */
export const choosable = (noun: Noun): Field[] =>
  messageType(noun.message).fields.filter(({ json, rules }) => !NOT_CHOSEN.has(json) && !rules?.secret);

/** Phones, addresses and what else a role may see masked. */
export const isPersonal = ({ rules }: Field): boolean =>
  rules?.mask !== undefined || rules?.format === 'phone' || rules?.format === 'email';

const SLUG = /^custom\.[a-z][a-z0-9_]*$/;

/** Under which the data of an event holds a record of the noun. */
export const keyOf = (noun: string): string => noun.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The condition of a choice, held against the columns that its noun would have. Throws what is wrong with it. */
const readFilter = (noun: Noun, text: string): Filter | undefined => {
  const filter = parseFilter(text);
  if (!filter) return undefined;
  const column = (path: string): Column | undefined => {
    const held = readerOf(noun, path)?.({});
    if (!held) return undefined;
    const { kind, prefix = '', values = [] } = held;
    return { kind, sql: sql.ref(path), values, prefix };
  };
  refuseCalls(filter);
  filterSql(filter, { column, callerId: '', timeZone: 'UTC' });
  return filter;
};

/** Read again next year, an event must be judged as it is today: nothing here depends on who asks and when. */
const refuseCalls = (filter: Filter): void => {
  if ('not' in filter) return refuseCalls(filter.not);
  if ('all' in filter) return filter.all.forEach(refuseCalls);
  if ('any' in filter) return filter.any.forEach(refuseCalls);
  if ('call' in filter.value)
    throw invalidField('filter', 'UNKNOWN_FUNCTION', `${filter.field}: what is read again later knows no functions.`, {
      field: filter.field,
    });
};

const fieldErrors = (noun: Noun, fields: string[], at: string): FieldError[] => {
  const known = new Set(choosable(noun).map(({ json }) => json));
  return fields.flatMap((field, index): FieldError[] =>
    known.has(field) || (noun.custom && SLUG.test(field))
      ? []
      : [
          {
            field: `${at}.fields[${index}]`,
            reason: 'UNKNOWN_FIELD',
            message: `There is no field ${field} to tell of.`,
            params: { value: field },
          },
        ],
  );
};

const filterErrors = (noun: Noun, filter: string, at: string): FieldError[] => {
  try {
    readFilter(noun, filter);
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.fields.map((each) => ({ ...each, field: `${at}.filter` }));
  }
};

/** All that is wrong with one choice, which stands at that path. */
export const errorsOfChoice = ({ noun, fields, filter }: Choice, path: string): FieldError[] => {
  const known = OPENABLE.get(noun);
  if (known) return [...fieldErrors(known, fields, path), ...filterErrors(known, filter, path)];
  const message = `Nobody outside can be told of ${noun}.`;
  return [{ field: `${path}.noun`, reason: 'UNKNOWN_NOUN', message, params: { value: noun } }];
};

/** All that is wrong with the choices of a policy; `at` is the path of their list. */
export const choiceErrors = (choices: Choice[], at: string): FieldError[] => {
  const nouns = choices.map(({ noun }) => noun);
  return choices.flatMap((choice, index): FieldError[] => {
    const path = `${at}[${index}]`;
    const twice: FieldError[] =
      nouns.indexOf(choice.noun) < index
        ? [{ field: `${path}.noun`, reason: 'DUPLICATE', message: 'This stands in the list already.' }]
        : [];
    return [...twice, ...errorsOfChoice(choice, path)];
  });
};

const disclosureOf = (noun: Noun, { fields, filter: text }: Choice, timeZone: string): Disclosure => {
  const filter = readFilter(noun, text);
  const readers = new Map((filter ? fieldsOf(filter) : []).map((path) => [path, readerOf(noun, path)] as const));
  return {
    key: keyOf(noun.noun),
    fields: new Set(fields.filter((field) => !field.startsWith('custom.'))),
    custom: new Set(fields.filter((field) => field.startsWith('custom.')).map((field) => field.slice(7))),
    admits: (state) => !filter || matches(filter, { held: (path) => readers.get(path)?.(state), timeZone }),
  };
};

/** Choices that were checked, made ready. A noun that this release does not know is told of to nobody. */
export const policyOf = (choices: Choice[], timeZone: string): Policy =>
  new Map(
    choices.flatMap((choice) => {
      const noun = OPENABLE.get(choice.noun);
      return noun ? [[choice.noun, disclosureOf(noun, choice, timeZone)] as const] : [];
    }),
  );
