import { contract, fieldNamed, messageType, type Field } from '@pelagic/proto/contract';
import { queryable, visible } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Column, ColumnKind } from '@pelagic/chassis/filter-sql';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { customColumn } from '../custom-field/custom-field.ts';
import { definitionsOf } from '../custom-field/definitions.ts';
import { mappingOf, type Mapping, type Row } from './mapping.ts';

/** Whose rows of a noun a caller may treat so. `table` is the table or alias in the query, `action` read, update …. */
export type Reach = (caller: Caller, action: string, table: string) => RawBuilder<boolean>;

export type NounSpec = {
  noun: string;
  /**
   * What is found by the words of a query: open texts, and those that a role often masks (phones, addresses), apart so
   * that masking them costs the search of the open ones nothing. `also` are rows found by what stands elsewhere (the name
   * of a deal's customer), as far as the caller may see that.
   */
  search: {
    open: string[];
    guarded: string[];
    also?: (caller: Caller, query: string) => RawBuilder<boolean> | undefined;
  };
  /** How the record is seen when not by its own owner and department. */
  reach?: Reach;
  /** Refuses another file on a record, or one to be taken off it (`takenOff`), where those that hang there are to stay. */
  keepFiles?: (record: Row, takenOff?: { create_time: string }) => void;
  /** Order of a list that asks for none. */
  order?: string;
  /** Fields kept in columns of another form: how to read them, and how they compare in filters. */
  own?: Record<string, { read: (row: Row) => unknown; column?: Column }>;
};

export type Noun = {
  noun: string;
  service: string;
  table: string;
  /** JSON name in events and requests: apiKey for api_key. */
  key: string;
  mapping: Mapping;
  reach: Reach;
  spec: NounSpec;
  /** The column of a field that the caller may filter and sort by. */
  column: (db: Kysely<any>, caller: Caller, table: string, path: string) => Promise<Column | undefined>;
};

const KINDS: Partial<Record<Field['kind'], ColumnKind>> = {
  timestamp: 'time',
  bool: 'boolean',
  uint32: 'number',
  int32: 'number',
  int64: 'number',
  uint64: 'number',
  double: 'number',
  enum: 'enum',
};

/** Compares by its worth in the base currency, whether or not its path says so. */
const MONEY = 'crm.common.v1.Money';

export const columnKind = (field: Field): ColumnKind | undefined => {
  if (field.map || field.kind === 'message') return undefined;
  if (field.repeated) return field.kind === 'string' ? 'texts' : undefined;
  if (field.kind !== 'string') return KINDS[field.kind];
  const format = field.rules?.format;
  return format === 'uuid' || field.rules?.refersTo
    ? 'uuid'
    : format === 'date'
      ? 'date'
      : format === 'decimal'
        ? 'number'
        : 'text';
};

/** A noun of the contract as the record capability keeps it: in the table of its name. */
export const defineNoun = (spec: NounSpec): Noun => {
  const known = contract.nouns.get(spec.noun);
  if (!known) throw new Error(`The contract has no noun ${spec.noun}.`);
  const message = messageType(known.message);
  const own = Object.fromEntries(Object.entries(spec.own ?? {}).map(([json, { read }]) => [json, read]));
  const reach: Reach =
    spec.reach ?? ((caller, action, table) => visible(caller, `${spec.noun}.${action}`, { noun: spec.noun, table }));
  return {
    noun: spec.noun,
    service: known.service,
    table: spec.noun,
    key: spec.noun.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    mapping: mappingOf(known.message, own),
    reach,
    spec,
    column: async (db, caller, table, path) => {
      const sum = fieldNamed(message, path.replace(/\.base_amount$/, ''));
      const isMoney = sum?.type === MONEY && !sum.repeated;
      const field = isMoney ? sum : fieldNamed(message, path);
      const json = field?.json ?? path;
      if (!queryable(caller, spec.noun, json)) return undefined;
      if (path.startsWith('custom.'))
        return known.custom ? customColumn(await definitionsOf(db, spec.noun), table, path.slice(7)) : undefined;
      const special = spec.own?.[json]?.column;
      if (special) return special;
      // Ids of a list that is chosen from: none of them is a part of another.
      if (json === 'tagIds' && field) return { kind: 'choices', sql: sql.ref(`${table}.${field.name}`) };
      if (isMoney) return { kind: 'number', sql: sql`(${sql.ref(`${table}.${sum.name}`)} ->> 'baseAmount')::numeric` };
      const kind = field && columnKind(field);
      if (!field || !kind) return undefined;
      const { open, guarded } = spec.search;
      const words = open.includes(field.name) ? 'search_open' : guarded.includes(field.name) ? 'search_guarded' : '';
      const values = field.kind === 'enum' ? contract.enums.get(field.type!) : undefined;
      return {
        kind,
        sql: sql.ref(`${table}.${field.name}`),
        ...(words && { within: sql.ref(`${table}.${words}`) }),
        ...(values && { values: values.values, prefix: values.prefix }),
      };
    },
  };
};
