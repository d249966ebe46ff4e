import { setTimeout as sleep } from 'node:timers/promises';
import { DeliverPolicy, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import { streamOf, type Broker } from '@pelagic/chassis/broker';
import { readEnvelope } from '@pelagic/chassis/envelope';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import type { Noun } from '@pelagic/proto/contract';

/** How far a stream was read: what was made anew since then is read from the beginning. */
export type Place = { created: string; seq: number };

/** An event of a noun; without it, what could not be read as one. */
export type Arrival = { noun: string; place: Place; recorded: string; event?: EventEnvelope };

/** What is told of one noun, in the order of its stream. */
export type Source = {
  /** What comes next, when it has come. */
  head: () => Arrival | undefined;
  take: () => void;
  /** There is more in the stream than has come yet. */
  isBehind: () => boolean;
  /** The reading is over, and has to be begun again. */
  isOver: () => boolean;
  stop: () => void;
};

type Options = {
  broker: Broker;
  /** One for each noun: the bus lets passing consumers have one subject. */
  noun: Pick<Noun, 'noun' | 'service'>;
  /** Where it was left; undefined to begin. */
  from: Place | undefined;
  /** Where it begins, otherwise. */
  since: string;
  /** Something came, or came to an end. */
  stirred: () => void;
};

/** Read ahead, so that a slow outsider costs no memory. */
const AHEAD_MAX = 500;
const WAIT_MS = 5;

const arrivalOf = (noun: string, created: string, message: JsMsg): Arrival => {
  const place = { created, seq: message.seq };
  try {
    const event = readEnvelope(message.string());
    return { noun, place, recorded: event.recordedtime, event };
  } catch {
    // Those inside park it; outside nobody can be told what it says.
    return { noun, place, recorded: '' };
  }
};

/** Begins to read. Throws when the stream is not there yet or the bus is away. */
export const openSource = async (options: Options): Promise<Source> => {
  const { broker, noun, from, since, stirred } = options;
  const stream = streamOf(noun.service);
  const { created } = await (await broker.jsm()).streams.info(stream);
  const isSame = from?.created === created;
  const consumer = await broker.js().consumers.get(stream, {
    filter_subjects: `crm.${noun.service}.${noun.noun}.>`,
    ...(isSame
      ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from.seq + 1 }
      : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: since }),
  });
  let pending = (await consumer.info()).num_pending;
  const arrivals: Arrival[] = [];
  let over = false;
  const messages: ConsumerMessages = await consumer.consume({
    max_messages: AHEAD_MAX,
    abort_on_missing_resource: true,
  });
  const read = async (): Promise<void> => {
    for await (const message of messages) {
      arrivals.push(arrivalOf(noun.noun, created, message));
      pending = message.info.pending;
      stirred();
      while (arrivals.length >= AHEAD_MAX && !over) await sleep(WAIT_MS);
    }
  };
  const end = (): void => {
    over = true;
    stirred();
  };
  void read().then(end, end);
  return {
    head: () => arrivals[0],
    take: () => void arrivals.shift(),
    isBehind: () => arrivals.length === 0 && pending > 0,
    isOver: () => over,
    stop: () => {
      over = true;
      messages.stop();
    },
  };
};
