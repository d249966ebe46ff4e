import { isDeepStrictEqual } from 'node:util';
import { contract, messageType, type Field } from '@pelagic/proto/contract';
import { registry } from '@pelagic/proto/registry';

/**
 * Rows are the fields of the noun under their .proto names: text columns for strings and enums, timestamptz, date,
 * text[] for repeated strings, jsonb (proto3-JSON) for messages and maps. This file is the one place that converts.
 */
export type Row = Record<string, unknown>;
export type Message = Record<string, unknown>;

type Convert = (value: unknown) => unknown;

const IN_UTC = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00$/;

/** PostgreSQL's text of a timestamptz as ISO 8601. As it comes from a connection in UTC it needs no calendar: a list has hundreds. */
export const isoTime = (value: unknown): string => {
  if (typeof value !== 'string' || !IN_UTC.test(value)) return new Date(value as string).toISOString();
  const time = value.slice(11, -3);
  return `${value.slice(0, 10)}T${(time.length === 8 ? `${time}.` : time).slice(0, 12).padEnd(12, '0')}Z`;
};

const DEFAULTS: Partial<Record<Field['kind'], unknown>> = {
  string: '',
  bool: false,
  uint32: 0,
  int32: 0,
  double: 0,
  int64: '0',
  uint64: '0',
};

const codec = (type: string) => registry.get(type)!;

const readValue = (field: Field): Convert => {
  if (field.kind === 'timestamp') return isoTime;
  if (field.kind === 'message') {
    const { fromJSON } = codec(field.type!);
    if (field.map)
      return (value) => Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, fromJSON(item)]));
    return field.repeated ? (value) => (value as unknown[]).map((item) => fromJSON(item)) : (value) => fromJSON(value);
  }
  return (value) => value;
};

const absent = (field: Field): unknown => {
  if (field.map) return {};
  if (field.repeated) return [];
  if (field.optional) return undefined;
  if (field.kind === 'enum') return contract.enums.get(field.type!)?.values[0];
  return DEFAULTS[field.kind];
};

const writeValue = (field: Field): Convert => {
  if (field.kind === 'message') {
    const { toJSON } = codec(field.type!);
    if (field.map)
      return (value) =>
        JSON.stringify(
          Object.fromEntries(Object.entries((value ?? {}) as object).map(([key, item]) => [key, toJSON(item)])),
        );
    if (field.repeated) return (value) => JSON.stringify(((value ?? []) as unknown[]).map((item) => toJSON(item)));
    return (value) => (value === undefined ? null : JSON.stringify(toJSON(value)));
  }
  if (field.optional || field.kind === 'timestamp' || field.rules?.format === 'uuid' || field.rules?.format === 'date')
    return (value) => (value === undefined || value === '' ? null : value);
  return (value) => value ?? absent(field);
};

export type Mapping = {
  fields: Field[];
  /** The noun's message of a row; columns that the message does not have are left out. */
  toMessage: (row: Row) => Message;
  /** proto3-JSON of a row: the state that events carry. */
  toState: (row: Row) => Record<string, unknown>;
  /** The columns that a message sets, only of these JSON paths (custom.<slug> counts as custom). */
  toColumns: (message: Message, paths: Iterable<string>) => Row;
};

/** `own` converts fields that a noun keeps in a form of its own (money in several columns). */
export const mappingOf = (messageName: string, own: Record<string, (row: Row) => unknown> = {}): Mapping => {
  const { fields } = messageType(messageName);
  const { toJSON } = codec(messageName);
  const readers = fields.map((field) => {
    const read = readValue(field);
    const empty = () => absent(field);
    const special = own[field.json];
    return {
      json: field.json,
      of:
        special ??
        ((row: Row) => (row[field.name] === null || row[field.name] === undefined ? empty() : read(row[field.name]))),
    };
  });
  const writers = new Map(fields.map((field) => [field.json, { column: field.name, write: writeValue(field) }]));
  const toMessage = (row: Row): Message => {
    const message: Message = {};
    for (const { json, of } of readers) message[json] = of(row);
    return message;
  };
  return {
    fields,
    toMessage,
    toState: (row) => toJSON(toMessage(row)) as Record<string, unknown>,
    toColumns: (message, paths) => {
      const columns: Row = {};
      for (const path of paths) {
        const json = path.split('.', 1)[0]!;
        const writer = writers.get(json);
        if (writer && !own[json]) columns[writer.column] = writer.write(message[json]);
      }
      return columns;
    },
  };
};

/** Two column values alike? Rows hold text, numbers, booleans, arrays of text and parsed jsonb, whose keys PostgreSQL puts in an order of its own. */
export const sameValue = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && isDeepStrictEqual(a, b));
