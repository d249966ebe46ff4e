import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { isDeepStrictEqual } from 'node:util';
import type { State } from './fields.ts';
import type { Disclosure, Policy } from './policy.ts';

/** Of an event's envelope, what an outsider gets: all but who did it and why. */
export const DISCLOSED = [
  ...(['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'recordedtime'] as const),
  ...(['sequence', 'noun', 'businessdate', 'imported', 'data'] as const),
] as const;

export type DisclosedEvent = Pick<EventEnvelope, (typeof DISCLOSED)[number]>;

const pick = (from: State, keys: Iterable<string>): State => {
  const picked: State = {};
  for (const key of keys) if (Object.hasOwn(from, key)) picked[key] = from[key];
  return picked;
};

/** The fields of a state that the policy names, those of its own among them. */
const shown = (state: State, { fields, custom }: Disclosure): State => {
  const picked = pick(state, fields);
  if (custom.size && state['custom']) picked['custom'] = pick(state['custom'] as State, custom);
  return picked;
};

/** The state in which the record was before: the one after, with the changed fields as they were. */
const stateBefore = (after: State, before: State): State => ({ ...after, ...before });

const isIn = (state: State, disclosure: Disclosure): boolean => !state['deleteTime'] && disclosure.admits(state);

const envelope = (event: EventEnvelope, type: string, data: State): DisclosedEvent => ({
  specversion: event.specversion,
  id: event.id,
  source: event.source,
  type,
  subject: event.subject,
  time: event.time,
  datacontenttype: event.datacontenttype,
  recordedtime: event.recordedtime,
  sequence: event.sequence,
  noun: event.noun,
  businessdate: event.businessdate,
  ...(event.imported && { imported: event.imported }),
  data,
});

/** That a record went out of sight, and not how: deleted, given away or changed all look the same from outside. */
const goneEvent = (event: EventEnvelope, key: string): DisclosedEvent => {
  const type = event.type.replace(/\.[a-z_]+\.v\d+$/, '.gone.v1');
  return envelope(event, type, { [key]: { id: event.subject, version: Number(event.sequence) }, gone: true });
};

/** The chosen fields that changed, with their values before. */
const changedIn = (was: State, is: State, fields: Iterable<string>): State => {
  const changed: State = {};
  for (const field of fields) if (!isDeepStrictEqual(was[field], is[field])) changed[field] = was[field] ?? null;
  return changed;
};

/**
 * What an outsider with this policy gets of an event; undefined when it is none of their business. It looks at nothing but
 * the event, which tells the state after and what the changed fields were before: read again a year later, it says the same.
 */
export const disclose = (event: EventEnvelope, policy: Policy): DisclosedEvent | undefined => {
  const disclosure = policy.get(event.noun);
  const after = disclosure && (event.data[disclosure.key] as State | undefined);
  if (!after) return undefined;
  const { key } = disclosure;
  const before = event.data['before'] as State | null | undefined;
  const isNow = isIn(after, disclosure);
  const is = { id: event.subject, version: Number(event.sequence), ...shown(after, disclosure) };
  if (!before) {
    if (isNow) return envelope(event, event.type, { [key]: is });
    // What a later event without its past was before is not known: taken away to be safe.
    return event.sequence === '1' ? undefined : goneEvent(event, key);
  }
  const past = stateBefore(after, before);
  const wasIn = isIn(past, disclosure);
  if (!isNow) return wasIn ? goneEvent(event, key) : undefined;
  // It comes into sight: what it was while out of it is not told.
  if (!wasIn) return envelope(event, event.type, { [key]: is });
  const changed = changedIn(shown(past, disclosure), is, [...disclosure.fields, 'custom']);
  return Object.keys(changed).length ? envelope(event, event.type, { [key]: is, before: changed }) : undefined;
};
