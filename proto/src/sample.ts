// What the contract says by example: messages with every field set, and the events that carry them.
import { createHash } from 'node:crypto';
import { dataSchemaOf, sourceOf, type CloudEvent } from './cloud-event.ts';
import type { Contract, EventType, Field, Format } from './contract-data.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

const TIME = '2026-03-31T09:30:00.000Z';
const DATE = '2026-03-31';

/** A uuidv7 that is always the same for the same seed. */
function uuidOf(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return `019d433a-b8c0-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
}

/** One complete CloudEvent of a subject. */
export function sampleEvent(contract: Contract, { subject, message, service, noun }: EventType): CloudEvent {
  const data = sampleOf(contract, message, noun);
  const state = Object.values(data)[0];
  const id = typeof state === 'object' && state && !Array.isArray(state) ? state['id'] : undefined;
  return {
    specversion: '1.0',
    id: uuidOf(subject),
    source: sourceOf(service),
    type: subject,
    subject: typeof id === 'string' ? id : uuidOf(`${subject} record`),
    time: TIME,
    datacontenttype: 'application/json',
    dataschema: dataSchemaOf(message),
    recordedtime: TIME,
    sequence: '3',
    noun,
    actorid: uuidOf('actor'),
    actorkind: 'employee',
    reason: 'The customer asked for it',
    businessdate: DATE,
    requestid: uuidOf(`${subject} request`),
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    data,
  };
}

/** A message with every field set; of a oneof the first member. */
export function sampleOf(contract: Contract, name: string, place: string, depth = 0): JsonObject {
  const { fields } = contract.messages.get(name)!;
  const taken = new Set<string>();
  const set = fields.filter(({ oneof, kind }) => {
    if (kind === 'message' && depth > 6) return false;
    if (!oneof) return true;
    const first = !taken.has(oneof);
    taken.add(oneof);
    return first;
  });
  return Object.fromEntries(
    set.map((field) => [field.json, fieldSample(contract, field, `${place}.${field.name}`, depth)]),
  );
}

function fieldSample(contract: Contract, field: Field, place: string, depth: number): Json {
  if (field.map) return mapSample(contract, field, place, depth);
  const one = valueSample(contract, field, place, depth);
  return field.repeated ? [one] : one;
}

/** A map of a message with a oneof has an entry for each of its members. */
function mapSample(contract: Contract, field: Field, place: string, depth: number): Json {
  const members = contract.messages.get(field.type ?? '')?.fields.filter(({ oneof }) => oneof) ?? [];
  if (members.length === 0) return { sample: valueSample(contract, field, place, depth) };
  return Object.fromEntries(
    members.map((member) => [
      `sample_${member.name}`,
      { [member.json]: fieldSample(contract, member, `${place}.${member.name}`, depth + 1) },
    ]),
  );
}

function valueSample(contract: Contract, field: Field, place: string, depth: number): Json {
  switch (field.kind) {
    case 'message':
      return sampleOf(contract, field.type!, place, depth + 1);
    case 'enum':
      return contract.enums.get(field.type!)!.values[1] ?? null;
    case 'string':
      return textSample(field, place);
    case 'bool':
      return true;
    case 'int32':
    case 'uint32':
      return Math.max(3, field.rules?.min ?? 3);
    case 'double':
      return 1.5;
    case 'int64':
    case 'uint64':
      return '3';
    case 'bytes':
      return 'cGVsYWdpYw==';
    case 'timestamp':
      return TIME;
    case 'duration':
      return '1.500s';
    case 'fieldMask':
      return 'name';
    case 'struct':
    case 'value':
      return { name: 'Earlier name' };
    case 'listValue':
      return ['Earlier name'];
    case 'any':
    case 'empty':
      return {};
  }
}

const samples: Record<Exclude<Format, 'uuid'>, string> = {
  email: 'li.na@example.com',
  phone: '+861088888888',
  date: DATE,
  decimal: '1234.5',
  slug: 'sample',
  url: 'https://example.com',
  currency: 'CNY',
  time_zone: 'Asia/Shanghai',
  locale: 'zh-CN',
};

function textSample({ name, rules = {} }: Field, place: string): string {
  const { format, refersTo, maxLength, repeated } = { repeated: false, ...rules };
  if (format === 'uuid' || refersTo || /(^|_)id$/.test(name)) return uuidOf(place);
  if (format) return samples[format];
  if (/_date$/.test(name)) return DATE;
  if (/amount$/.test(name)) return samples.decimal;
  const words = name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
  return maxLength && !repeated ? words.slice(0, maxLength) : words;
}
