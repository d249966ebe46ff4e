// The goldens are what consumers go by: every event has one, and today's code still reads and writes it unchanged.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { events } from '../gen/events.ts';
import { registry } from '../gen/registry.ts';
import type { CloudEvent } from './cloud-event.ts';
import { contract, messageType } from './contract.ts';
import type { Field } from './contract-data.ts';
import { validate } from './validate.ts';

const folder = new URL('../golden/', import.meta.url);
const subjects = Object.keys(events);

test('every event has a golden, and every golden an event', () => {
  expect(readdirSync(folder).sort()).toEqual(subjects.map((subject) => `${subject}.json`).sort());
});

test.each(subjects)('%s', (subject) => {
  const golden = JSON.parse(readFileSync(new URL(`${subject}.json`, folder), 'utf8')) as CloudEvent;
  const { message: name, service, noun } = contract.events.get(subject)!;
  const codec = events[subject as keyof typeof events].message;
  expect(golden).toMatchObject({
    type: subject,
    source: `/crm/${service}`,
    noun,
    dataschema: `urn:pelagic:message:${name}`,
  });

  const data = codec.fromJSON(golden.data);
  expect(codec.toJSON(data as never)).toEqual(golden.data);
  const overTheWire = registry.get(name)!.decode(registry.get(name)!.encode(data).finish());
  expect(codec.toJSON(overTheWire as never)).toEqual(golden.data);

  expect(validate(name, golden.data, { output: true })).toEqual([]);
  expect(unset(name, golden.data as Record<string, unknown>)).toEqual([]);
});

/** Fields that the sample leaves out; of a oneof one is enough. */
function unset(name: string, value: Record<string, unknown>): string[] {
  const { fields } = messageType(name);
  const isThere = (field: Field): boolean =>
    field.json in value || fields.some((other) => other.oneof && other.oneof === field.oneof && other.json in value);
  return fields.flatMap((field) => {
    if (!isThere(field)) return [`${name}.${field.json}`];
    const inner = field.repeated ? (value[field.json] as unknown[])[0] : value[field.json];
    const single = field.kind === 'message' && !field.map && inner !== undefined;
    return single ? unset(field.type!, inner as Record<string, unknown>) : [];
  });
}

test('an empty message says every field that has no presence, lists and maps included', () => {
  const absent = [...contract.messages.values()].flatMap(({ name, fields }) => {
    const codec = registry.get(name)!;
    const json = codec.toJSON(codec.fromJSON({})) as Record<string, unknown>;
    const presence = ['message', 'timestamp', 'duration', 'fieldMask', 'struct', 'value', 'listValue', 'any', 'empty'];
    const expected = fields.filter(
      ({ kind, optional, oneof, repeated, map }) =>
        repeated || map || (!optional && !oneof && !presence.includes(kind)),
    );
    return expected.filter(({ json: key }) => !(key in json)).map(({ json: key }) => `${name}.${key}`);
  });
  expect(absent).toEqual([]);
});
