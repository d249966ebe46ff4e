// For tests: any value that a message may hold, as proto3-JSON.
import fc from 'fast-check';
import { contract, messageType } from './contract.ts';
import type { Field, Format } from './contract-data.ts';

const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const uuid = fc.tuple(hex(8), hex(4), hex(4), hex(4), hex(12)).map((parts) => parts.join('-'));
const day = fc.date({ min: new Date('1901-01-01'), max: new Date('2199-12-31'), noInvalidDate: true });

const samples: Record<Format, fc.Arbitrary<string>> = {
  uuid,
  email: fc.tuple(hex(6), hex(4)).map(([local, domain]) => `${local}@x${domain}.example`),
  phone: fc.bigInt(100n, 99_999_999_999n).map((number) => `+${number}`),
  date: day.map((date) => date.toISOString().slice(0, 10)),
  decimal: fc.tuple(fc.bigInt(-(10n ** 17n), 10n ** 17n), fc.nat(9999)).map(([whole, part]) => `${whole}.${part}`),
  slug: fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/),
  url: hex(8).map((path) => `https://example.com/${path}`),
  currency: fc.stringMatching(/^[A-Z]{3}$/),
  time_zone: fc.constantFrom('Asia/Shanghai', 'UTC', 'Europe/Berlin'),
  locale: fc.constantFrom('zh-CN', 'en'),
};

/** A value that a request may hold: nothing that only the service sets, everything that is required. */
export function validInput(message: string, depth = 0): fc.Arbitrary<Record<string, unknown>> {
  const taken = new Set<string>();
  const fields = messageType(message).fields.filter((field) => {
    if (field.rules?.outputOnly || (depth > 3 && field.kind === 'message')) return false;
    // The mask has tests of its own: it changes what is required.
    if (field.kind === 'fieldMask') return false;
    if (!field.oneof) return true;
    const first = !taken.has(field.oneof);
    taken.add(field.oneof);
    return first;
  });
  const required = fields.filter((field) => field.rules?.required).map((field) => field.json);
  const members = fields.map((field) => {
    const value = fieldValue(field, depth);
    return [field.json, field.rules?.required ? value : fc.option(value)] as const;
  });
  return fc.record(Object.fromEntries(members), { requiredKeys: required });
}

function fieldValue(field: Field, depth: number): fc.Arbitrary<unknown> {
  const { maxLength = 3, minLength = 0, required } = field.rules ?? {};
  const size = { minLength: Math.max(minLength, required ? 1 : 0), maxLength: Math.min(maxLength, 3) };
  const one = singleValue(field, depth);
  if (field.map) return fc.dictionary(hex(6), one, { minKeys: size.minLength, maxKeys: size.maxLength });
  return field.repeated ? fc.array(one, size) : one;
}

function singleValue(field: Field, depth: number): fc.Arbitrary<unknown> {
  const { rules = {} } = field;
  switch (field.kind) {
    case 'message':
      return validInput(field.type!, depth + 1);
    case 'enum':
      return fc.constantFrom(...contract.enums.get(field.type!)!.values.slice(1));
    case 'string':
      return text(field);
    case 'bool':
      return fc.boolean();
    case 'int32':
    case 'uint32':
      return fc.integer({ min: rules.min ?? 0, max: rules.max ?? 2 ** 31 - 1 });
    case 'double':
      return fc.double({ min: rules.min ?? -1e9, max: rules.max ?? 1e9, noNaN: true }).map((number) => number + 0);
    case 'int64':
    case 'uint64':
      return fc.bigInt(BigInt(rules.min ?? 0), BigInt(rules.max ?? 2 ** 53)).map(String);
    case 'bytes':
      return fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('base64'));
    case 'timestamp':
      return day.map((date) => date.toISOString());
    case 'duration':
      return fc.nat(100_000).map((seconds) => `${seconds}s`);
    case 'fieldMask':
      return fc.constant('name');
    case 'struct':
    case 'value':
      return fc.dictionary(hex(4), fc.oneof(hex(3), fc.boolean(), fc.integer(), fc.constant(null)), { maxKeys: 3 });
    case 'listValue':
      return fc.array(fc.integer(), { maxLength: 3 });
    case 'any':
    case 'empty':
      return fc.constant({});
  }
}

function text({ rules = {}, repeated, map }: Field): fc.Arbitrary<string> {
  if (rules.format) return samples[rules.format];
  const alone = !repeated && !map;
  const max = Math.min((alone ? rules.maxLength : undefined) ?? 30, 30);
  const min = Math.max((alone ? rules.minLength : undefined) ?? 0, rules.required ? 1 : 0);
  return fc
    .string({ unit: 'grapheme', minLength: min, maxLength: max })
    .map((text) => [...text.replaceAll('\0', '')].slice(0, max).join(''))
    .filter((text) => [...text].length >= min && (!rules.required || text.trim() !== ''));
}
