import { isUuid } from '@pelagic/proto/formats';
import { createHash } from 'node:crypto';
import type { Broker } from '@pelagic/chassis/broker';
import type { EventEnvelope } from '@pelagic/chassis/outbox';

/** A message of a stream by its sequence. */
/** `traceparent` is that of the span that published it. */
export type Message = { seq: number; subject: string; body: string; traceparent: string };

export type StreamState = { created: string; firstSeq: number; lastSeq: number };

const REQUEST_MAX = 500;

/** Undefined while the service has not made its stream yet. */
export const streamState = async (broker: Broker, stream: string): Promise<StreamState | undefined> => {
  const jsm = await broker.jsm();
  try {
    const { created, state } = await jsm.streams.info(stream);
    return { created, firstSeq: state.first_seq, lastSeq: state.last_seq };
  } catch (error) {
    if (/not found/i.test((error as Error).message)) return undefined;
    throw error;
  }
};

/**
 * The messages from a sequence on, in order, up to `lastSeq` and at most `max`. By sequence and not by delivery: what
 * was read once can be read again, edge by edge.
 */
export const readRange = async (
  broker: Broker,
  stream: string,
  firstSeq: number,
  lastSeq: number,
  max: number,
): Promise<Message[]> => {
  const jsm = await broker.jsm();
  const messages: Message[] = [];
  let next = firstSeq;
  while (next <= lastSeq && messages.length < max) {
    const batch = Math.min(REQUEST_MAX, max - messages.length, lastSeq - next + 1);
    const before = messages.length;
    for await (const { seq, subject, data, header } of await jsm.direct.getBatch(stream, { seq: next, batch })) {
      if (seq > lastSeq) break;
      messages.push({ seq, subject, body: new TextDecoder().decode(data), traceparent: header.get('traceparent') });
    }
    if (messages.length === before) break;
    next = messages.at(-1)!.seq + 1;
  }
  return messages;
};

/** Throws a sentence that says what is wrong with it. */
export const parseEvent = (body: string): EventEnvelope => {
  const event = JSON.parse(body) as Partial<EventEnvelope> | null;
  if (!event || typeof event !== 'object') throw new Error('It is not a JSON object.');
  const { id, type, subject, noun, sequence, time, recordedtime, businessdate, data } = event;
  if (!isUuid(id ?? '')) throw new Error('Its id is not a UUID.');
  if (!type || !subject || !noun) throw new Error('It lacks type, subject or noun.');
  if (!/^[1-9]\d{0,8}$/.test(sequence ?? '')) throw new Error('Its sequence is not a version.');
  if (Number.isNaN(Date.parse(time ?? '')) || Number.isNaN(Date.parse(recordedtime ?? '')))
    throw new Error('Its time or recordedtime is not a time.');
  if (!/^\d{4}-\d{2}-\d{2}$/.test(businessdate ?? '')) throw new Error('Its businessdate is not a date.');
  if (!data || typeof data !== 'object') throw new Error('It carries no data.');
  return event as EventEnvelope;
};

/** An id for a message that has none: the same at every reading, so that it is parked once. */
export const idOfMessage = (stream: string, created: string, seq: number): string => {
  const hex = createHash('sha256').update(`${stream}:${created}:${seq}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
