// Checks of single values: each is compiled once from its field and then only runs.
import { contract } from './contract.ts';
import type { Field, Kind } from './contract-data.ts';
import { fieldError, type FieldError } from './field-error.ts';
import { DEFAULT_MAX_TEXT, MAX_DEPTH, MAX_ERRORS } from './limits.ts';
import { formats, isBase64, isDuration, isTimestamp } from './formats.ts';

/** Where the errors go, and which way the value travels. */
export interface Run {
  errors: FieldError[];
  /** An answer or event of ours: bounds of requests do not apply to it. */
  output: boolean;
  depth: number;
}

export type Check = (value: unknown, path: string, run: Run) => void;

export function report(run: Run, ...error: Parameters<typeof fieldError>): void {
  if (run.errors.length < MAX_ERRORS) run.errors.push(fieldError(...error));
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Postgres stores neither NUL nor half a character. */
const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** Characters as people count them, without counting what is longer than `most` anyway. */
function lengthUpTo(most: number, text: string): number {
  if (text.length <= most || text.length > most * 2) return text.length;
  let length = 0;
  for (const _ of text) length++;
  return length;
}

function textCheck({ rules = {}, optional, repeated, map }: Field): Check {
  const alone = !repeated && !map;
  const max = (alone ? rules.maxLength : undefined) ?? DEFAULT_MAX_TEXT;
  const min = (alone ? rules.minLength : undefined) ?? 0;
  const { format } = rules;
  const matches = format && formats[format];
  return (value, path, run) => {
    if (typeof value !== 'string') return report(run, path, 'WRONG_TYPE', { expected: 'text' });
    if (!isStorable(value)) return report(run, path, 'BAD_TEXT');
    // Without presence, empty is absent.
    if (run.output || (value === '' && alone && !optional)) return;
    const length = lengthUpTo(max, value);
    if (length > max) return report(run, path, 'TOO_LONG', { max });
    if (length < min) return report(run, path, 'TOO_SHORT', { min });
    if (matches && !matches(value)) report(run, path, 'BAD_FORMAT', { format });
  };
}

const INT32 = 2 ** 31;
const integers: Partial<Record<Kind, [number, number]>> = { int32: [-INT32, INT32 - 1], uint32: [0, 2 * INT32 - 1] };
const longs: Partial<Record<Kind, [bigint, bigint]>> = {
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

function boundsCheck({ rules = {}, optional, repeated, map }: Field): (value: number, path: string, run: Run) => void {
  const { min, max, required } = rules;
  const params = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
  const absentZero = !optional && !required && !repeated && !map;
  return (value, path, run) => {
    if (run.output || (value === 0 && absentZero)) return;
    if ((min !== undefined && value < min) || (max !== undefined && value > max)) {
      report(run, path, 'OUT_OF_RANGE', params);
    }
  };
}

function numberCheck(field: Field): Check {
  const bounds = boundsCheck(field);
  const range = integers[field.kind];
  const { min = -Infinity, max = Infinity } = field.rules ?? {};
  // People are told the bound that holds for them, and not how far the type would reach.
  const told = range && { min: Math.max(range[0], min), max: Math.min(range[1], max) };
  const expected = range ? 'a whole number' : 'a number';
  return (value, path, run) => {
    const fits = typeof value === 'number' && (range ? Number.isInteger(value) : Number.isFinite(value));
    if (!fits) return report(run, path, 'WRONG_TYPE', { expected });
    if (range && (value < range[0] || value > range[1])) return report(run, path, 'OUT_OF_RANGE', told);
    bounds(value, path, run);
  };
}

/** 64-bit numbers travel as strings, because JSON readers round them; small ones may come as numbers. */
function longCheck(field: Field): Check {
  const bounds = boundsCheck(field);
  const [least, most] = longs[field.kind]!;
  return (value, path, run) => {
    const written = typeof value === 'string' && /^(?:0|-?[1-9]\d{0,19})$/.test(value);
    if (!written && !Number.isSafeInteger(value))
      return report(run, path, 'WRONG_TYPE', { expected: 'a whole number' });
    const long = BigInt(value as string | number);
    if (long < least || long > most) {
      return report(run, path, 'OUT_OF_RANGE', { min: String(least), max: String(most) });
    }
    bounds(Number(long), path, run);
  };
}

function enumCheck({ type = '' }: Field): Check {
  const { values = [] } = contract.enums.get(type) ?? {};
  const known = new Set(values);
  const choices = values.slice(1).join(', ');
  return (value, path, run) => {
    if (typeof value !== 'string') return report(run, path, 'WRONG_TYPE', { expected: 'text' });
    if (!known.has(value)) report(run, path, 'UNKNOWN_VALUE', { values: choices });
  };
}

const patternCheck =
  (format: string, matches: (text: string) => boolean): Check =>
  (value, path, run) => {
    if (typeof value !== 'string') return report(run, path, 'WRONG_TYPE', { expected: 'text' });
    if (!matches(value)) report(run, path, 'BAD_FORMAT', { format });
  };

/** Any JSON, as google.protobuf.Value takes it. */
function jsonCheck(value: unknown, path: string, run: Run): void {
  if (run.depth >= MAX_DEPTH) return report(run, path, 'TOO_DEEP');
  if (typeof value === 'string' && !isStorable(value)) return report(run, path, 'BAD_TEXT');
  if (typeof value === 'number' && !Number.isFinite(value)) report(run, path, 'WRONG_TYPE', { expected: 'a number' });
  if (typeof value !== 'object' || value === null) return;
  run.depth++;
  if (Array.isArray(value)) value.forEach((item, index) => jsonCheck(item, `${path}[${index}]`, run));
  else for (const [key, member] of Object.entries(value)) memberCheck(key, member, path ? `${path}.${key}` : key, run);
  run.depth--;
}

function memberCheck(key: string, member: unknown, path: string, run: Run): void {
  if (key === '__proto__' || !isStorable(key)) report(run, path, 'BAD_FORMAT', { format: 'map_key' });
  else jsonCheck(member, path, run);
}

const structCheck: Check = (value, path, run) =>
  isObject(value) ? jsonCheck(value, path, run) : report(run, path, 'WRONG_TYPE', { expected: 'an object' });

const listCheck: Check = (value, path, run) =>
  Array.isArray(value) ? jsonCheck(value, path, run) : report(run, path, 'WRONG_TYPE', { expected: 'a list' });

const boolCheck: Check = (value, path, run) => {
  if (typeof value !== 'boolean') report(run, path, 'WRONG_TYPE', { expected: 'true or false' });
};

const isFieldMask = (text: string): boolean => text.length <= DEFAULT_MAX_TEXT && /^[\w.*,-]*$/.test(text);

/** The check of one value of the field: of an item when it is a list, of a member when it is a map. */
export function valueCheck(field: Field, messageCheck: (type: string) => Check): Check {
  switch (field.kind) {
    case 'message':
      return messageCheck(field.type!);
    case 'enum':
      return enumCheck(field);
    case 'string':
      return textCheck(field);
    case 'bool':
      return boolCheck;
    case 'int64':
    case 'uint64':
      return longCheck(field);
    case 'int32':
    case 'uint32':
    case 'double':
      return numberCheck(field);
    case 'bytes':
      return patternCheck('bytes', isBase64);
    case 'timestamp':
      return patternCheck('timestamp', isTimestamp);
    case 'duration':
      return patternCheck('duration', isDuration);
    case 'fieldMask':
      return patternCheck('field_mask', isFieldMask);
    case 'listValue':
      return listCheck;
    case 'value':
      return jsonCheck;
    case 'struct':
    case 'any':
    case 'empty':
      return structCheck;
  }
}
