import { DeliverPolicy, type ConsumerMessages, type JetStreamClient } from '@nats-io/jetstream';
import type { DisclosedEvent } from '@pelagic/capabilities/disclosure/disclose';
import type { Space } from '@pelagic/capabilities/disclosure/space';
import { eventSubjects } from '../partners/outgoing.ts';

/** An event as it stands in a partner's stream. */
export type Told = { id: string; sequence: number; type: string; recordId: string; body: string };

export type Reader = {
  /** What has come and is not dealt with, by its numbers. */
  waiting: Told[];
  /** So many more stand in the stream. */
  behind: () => number;
  isOver: () => boolean;
  stop: () => void;
};

/** Read ahead, so that a slow receiver costs no memory. */
const AHEAD_MAX = 200;

export const toldOf = (sequence: number, body: string): Told => {
  const { id, type, subject } = JSON.parse(body) as DisclosedEvent;
  return { id, sequence, type, recordId: subject, body };
};

type Options = {
  js: JetStreamClient;
  space: Space;
  /** The last number that is dealt with. */ after: number;
  stirred: () => void;
};

/** Reads a partner's stream from a number on, for as long as somebody takes what came. */
export const openReader = async ({ js, space, after, stirred }: Options): Promise<Reader> => {
  const consumer = await js.consumers.get(space.stream, {
    filter_subjects: eventSubjects(space),
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: after + 1,
  });
  let pending = (await consumer.info()).num_pending;
  let over = false;
  const waiting: Told[] = [];
  const messages: ConsumerMessages = await consumer.consume({
    max_messages: AHEAD_MAX,
    abort_on_missing_resource: true,
  });
  const read = async (): Promise<void> => {
    for await (const message of messages) {
      waiting.push(toldOf(message.seq, message.string()));
      pending = message.info.pending;
      stirred();
      while (waiting.length >= AHEAD_MAX && !over) await new Promise((later) => setTimeout(later, 20));
    }
  };
  const end = (): void => {
    over = true;
    stirred();
  };
  void read().then(end, end);
  return {
    waiting,
    behind: () => pending + waiting.length,
    isOver: () => over,
    stop: () => {
      over = true;
      messages.stop();
    },
  };
};
