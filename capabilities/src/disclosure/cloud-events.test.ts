import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { HTTP, type CloudEvent } from 'cloudevents';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { disclose } from './disclose.ts';
import { choosable, OPENABLE, policyOf } from './policy.ts';

// The SDK of CloudEvents reads what we tell, inside and outside, and finds nothing wrong with it.

const GOLDEN = new URL('../../../proto/golden/', import.meta.url);
const golden = readdirSync(GOLDEN).map(
  (name) => JSON.parse(readFileSync(new URL(name, GOLDEN), 'utf8')) as EventEnvelope,
);

const everything = policyOf(
  [...OPENABLE].map(([noun, known]) => ({ noun, fields: choosable(known).map(({ json }) => json), filter: '' })),
  'Asia/Shanghai',
);

/** Every field of a golden event is set, the time of its record's end too; here it lives, and was of another kind before. */
const alive = (event: EventEnvelope): EventEnvelope => {
  const key = everything.get(event.noun)?.key ?? '';
  const { deleteTime: _, ...state } = (event.data[key] ?? {}) as Record<string, unknown>;
  const [field = 'number'] = everything.get(event.noun)?.fields ?? [];
  return { ...event, data: { [key]: state, ...(event.data['before'] ? { before: { [field]: 'another' } } : {}) } };
};

/** As a receiver of structured events does, with all checks of the SDK. */
const readBySdk = (event: object): CloudEvent<unknown> => {
  const read = HTTP.toEvent({
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(event),
  }) as CloudEvent<unknown>;
  expect(read.validate()).toBe(true);
  return read;
};

describe('what is told', () => {
  it.each(golden.map((event) => [event.type, event] as const))('inside, %s', (_, event) => {
    const { id, source, type, subject, time, data } = readBySdk(event);
    expect({ id, source, type, subject, time, data }).toEqual({
      ...{ id: event.id, source: event.source, type: event.type, subject: event.subject },
      ...{ time: event.time, data: event.data },
    });
  });

  const disclosed = [...golden, ...golden.map(alive)].flatMap((event) => {
    const told = disclose(event, everything);
    return told ? [[told.type, told] as const] : [];
  });

  it('outside is some of it', () => {
    expect(disclosed.length).toBeGreaterThan(60);
    expect(disclosed.some(([type]) => type.endsWith('.gone.v1'))).toBe(true);
  });

  it.each(disclosed)('outside, %s', (_, event) => {
    const { id, type, subject, data } = readBySdk(event);
    expect({ id, type, subject, data }).toEqual({ id: event.id, type: event.type, subject, data: event.data });
    // Names of extensions are small letters and digits, of at most 20.
    for (const name of Object.keys(event)) expect(name).toMatch(/^[a-z0-9]{1,20}$/);
  });
});
