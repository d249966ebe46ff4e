import { readFileSync } from 'node:fs';
import { contract } from '@pelagic/proto/contract';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { camel } from '@pelagic/chassis/projection';
import { hostileValue } from './hostile.ts';
import type { Random } from '../random.ts';

type Json = Record<string, unknown>;

/** A message for the bus. */
export type Told = {
  service: string;
  subject: string;
  body: Buffer;
  /** Of the event, where it has one that can be read. */
  id?: string;
  /** What is wrong with it; absent when nothing is. */
  bad?: string;
};

const golden = new Map<string, Json>(
  [...contract.events.keys()].map((subject) => [
    subject,
    JSON.parse(readFileSync(new URL(`../../proto/golden/${subject}.json`, import.meta.url), 'utf8')) as Json,
  ]),
);

/** One record that is everybody's: what is told of it goes for all, so that only what nobody can read is told. */
const isSingle = (subject: string): boolean => subject.startsWith('crm.identity.enterprise.');

/** Of every event there is. */
export const SUBJECTS: readonly string[] = [...golden.keys()];

/** Of those that may be told of a record that nobody has. */
export const HARMLESS: readonly string[] = SUBJECTS.filter((subject) => !isSingle(subject));

const told = (subject: string, event: unknown, bad?: string): Told => {
  const text = typeof event === 'string' ? event : JSON.stringify(event);
  const id = (event as Json | null)?.['id'];
  return {
    service: subject.split('.')[1]!,
    subject,
    body: Buffer.from(text),
    ...(typeof id === 'string' && { id }),
    ...(bad && { bad }),
  };
};

/** The golden event as one of another record, just made. */
const renewed = (subject: string): Json => {
  const event = structuredClone(golden.get(subject)!);
  const [id, recordId] = [uuidv7(), uuidv7()];
  const data = event['data'] as Json;
  const state = data[camel(String(event['noun']))] as Json | undefined;
  if (state) Object.assign(state, { id: recordId, version: 1 });
  const now = new Date().toISOString();
  return { ...event, id, subject: recordId, sequence: '1', time: now, recordedtime: now };
};

/** Nothing is wrong with it. */
export const goodEvent = (subject: string): Told => told(subject, renewed(subject));

const BODIES = ['', 'null', '[]', '1', '"text"', '{', '{}', '{"id":1}', '\0', '[[[[', '{"data":{}}', '\ufeff{}'];

const ENVELOPE: Record<string, readonly unknown[]> = {
  id: [undefined, 1, 'x', '', null, '019d433a-b8c0-77bf-8906-2c00498ce97', {}],
  type: [undefined, 1, '', 'crm.x.y.z.v1', null, 'x'],
  source: [undefined, 1, '', '/crm/nobody', null, {}],
  subject: [undefined, 1, 'x', '', {}, null, '\0'],
  noun: [undefined, 1, 'nonsense', '', '__proto__', null],
  sequence: [undefined, 1, '0', '-1', '1.5', '2147483648', '99999999999999999999', 'abc', '', null],
  time: [undefined, 1, 'yesterday', '0000-01-01T00:00:00Z', '+275760-09-13T00:00:00Z', '2026-02-30T00:00:00Z', ''],
  recordedtime: [undefined, 1, 'now', '', '2026-13-01T00:00:00Z'],
  businessdate: [undefined, 20260101, '0000-00-00', '2026-02-30', '9999-99-99', ''],
  data: [undefined, null, [], 'x', 1],
  actorid: [1, {}],
  traceparent: [1, 'not-a-trace', {}],
};

/** Right in form and far from every day. */
const STRANGE: readonly Json[] = [
  { time: '0001-01-01T00:00:00Z', businessdate: '0001-01-01' },
  { time: '9999-12-31T23:59:59Z', businessdate: '9999-12-31', recordedtime: '9999-12-31T23:59:59Z' },
  // Of a record that is older than every consumer: of a younger one the versions before it would be waited for.
  { sequence: '2147483647', subject: '00000000-0001-7000-8000-000000000001' },
  { time: '1900-01-01T00:00:00+14:00', businessdate: '1899-12-31' },
  { specversion: '9.9', later: { a: 1 } },
  { dataschema: 'urn:nothing' },
];

type Maker = (random: Random, subject: string) => Told;

const stateOf = (event: Json): Json => ((event['data'] as Json)[camel(String(event['noun']))] ?? {}) as Json;

const MAKERS: Maker[] = [
  (random, subject) => {
    const body = random.of(BODIES);
    return {
      service: subject.split('.')[1]!,
      subject,
      body: Buffer.from(body),
      bad: `the body ${JSON.stringify(body)}`,
    };
  },
  (_, subject) => ({
    service: subject.split('.')[1]!,
    subject,
    body: Buffer.from([0xff, 0xfe, 0x7b, 0x00]),
    bad: 'no text',
  }),
  (random, subject) => {
    const name = random.of(Object.keys(ENVELOPE));
    const value = random.of(ENVELOPE[name]!);
    return told(subject, { ...renewed(subject), [name]: value }, `${name} ${JSON.stringify(value)}`);
  },
  (random, subject) => {
    const strange = random.of(STRANGE);
    return told(subject, { ...renewed(subject), ...strange }, JSON.stringify(strange));
  },
  (_, subject) => {
    const event = renewed(subject);
    return told(subject, { ...event, data: {} }, 'data without its record');
  },
  (random, subject) => {
    const event = renewed(subject);
    const state = stateOf(event);
    const names = Object.keys(state).filter(() => random.chance(0.4));
    for (const name of names) delete state[name];
    return told(subject, event, `older, without ${names.join(', ')}`);
  },
  (random, subject) => {
    const event = renewed(subject);
    const state = stateOf(event);
    const name = random.of([...Object.keys(state), 'unheard']);
    state[name] = hostileValue(random);
    return told(subject, event, `${name} ${(JSON.stringify(state[name]) ?? '').slice(0, 80)}`);
  },
  (_, subject) => {
    const event = renewed(subject);
    (event['data'] as Json)['padding'] = 'x'.repeat(3_000_000);
    return told(subject, event, '3 MB');
  },
  (random, subject) => {
    const other = subject.replace(/[a-z_]+\.v1$/, random.of(['exploded.v1', 'created.v2', 'created.v99']));
    return told(other, { ...renewed(subject), type: other }, 'an unknown verb');
  },
  (_, subject) => {
    const other = subject.replace(/^(crm\.[a-z_]+)\.[a-z_]+/, '$1.nonsense');
    return told(other, { ...renewed(subject), type: other, noun: 'nonsense' }, 'an unknown noun');
  },
];

/** Of `MAKERS` those that leave nothing to read. */
const UNREADABLE = 3;

/** An event that is malformed, old, strange or not known at all. */
export const badEvent: Maker = (random, subject) =>
  random.of(isSingle(subject) ? MAKERS.slice(0, UNREADABLE) : MAKERS)(random, subject);

/** Another content under an id that was used. */
export const sameIdAgain = ({ subject, id }: Told): Told =>
  told(subject, { ...renewed(subject), id, reason: 'another content' }, 'an id again');
