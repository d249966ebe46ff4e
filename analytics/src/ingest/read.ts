import { createHash } from 'node:crypto';
import type { Broker } from '@pelagic/chassis/broker';
import { readEnvelope } from '@pelagic/chassis/envelope';
import type { EventEnvelope } from '@pelagic/chassis/outbox';

/** A message of a stream by its sequence. `traceparent` is that of the span that published it. */
export type Message = { seq: number; subject: string; body: string; traceparent: string };

export type StreamState = { created: string; firstSeq: number; lastSeq: number };

const REQUEST_MAX = 500;
const REQUEST_BYTES = 8_000_000;

/** What is read at once ends with the message that reaches either. */
export type Room = { messages: number; bytes: number };

const EVERYTHING: Room = { messages: Infinity, bytes: Infinity };

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
 * The messages from a sequence on, in order, up to `lastSeq` and as far as there is room. By sequence and not by delivery: what
 * was read once can be read again, edge by edge.
 */
export const readRange = async (
  broker: Broker,
  stream: string,
  firstSeq: number,
  lastSeq: number,
  room: Room = EVERYTHING,
): Promise<Message[]> => {
  const jsm = await broker.jsm();
  const messages: Message[] = [];
  // Sequences begin at 1; a stream that never held anything says 0 for both of its edges.
  let next = Math.max(1, firstSeq);
  let bytes = 0;
  while (next <= lastSeq && messages.length < room.messages && bytes < room.bytes) {
    const batch = Math.min(REQUEST_MAX, room.messages - messages.length, lastSeq - next + 1);
    const request = { seq: next, batch, max_bytes: REQUEST_BYTES };
    const before = messages.length;
    for await (const { seq, subject, data, header } of await jsm.direct.getBatch(stream, request)) {
      if (seq > lastSeq || bytes >= room.bytes) continue;
      bytes += data.length;
      messages.push({ seq, subject, body: new TextDecoder().decode(data), traceparent: header.get('traceparent') });
    }
    if (messages.length === before) break;
    next = messages.at(-1)!.seq + 1;
  }
  return messages;
};

/** Dates and times that the tables hold. */
const [FIRST, LAST] = ['1900-01-01', '2299-12-31'];

/** Throws a sentence that says what is wrong with it. */
export const parseEvent = (body: string): EventEnvelope => {
  const event = readEnvelope(body);
  const { time, recordedtime, businessdate } = event;
  for (const date of [time, recordedtime, businessdate])
    if (date < FIRST || date.slice(0, 10) > LAST) throw new Error(`${date} is not between ${FIRST} and ${LAST}.`);
  return event;
};

/** An id for a message that has none: the same at every reading, so that it is parked once. */
export const idOfMessage = (stream: string, created: string, seq: number): string => {
  const hex = createHash('sha256').update(`${stream}:${created}:${seq}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
