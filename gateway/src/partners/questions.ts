import { AckPolicy, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { nanos } from '@nats-io/transport-node';
import { READER, REPLAY, spaceOf, type Space } from '@pelagic/capabilities/disclosure/space';
import type { Log } from '@pelagic/chassis/log';
import { ACK_WAIT_MS, eventSubjects, UNTIL } from './outgoing.ts';

/** A replay that nobody reads any more is forgotten after this. */
const REPLAY_IDLE_MS = 24 * 3_600_000;
/** One partner's questions are answered one by one; more than these are not kept. */
const WAITING_MAX = 5;

type Options = {
  connection: NatsConnection;
  jsm: () => Promise<JetStreamManager>;
  /** The generation that holds now, of a user; undefined for whom nothing is delivered to. */
  generationOf: (user: string) => Promise<number | undefined>;
  log: Log;
};

const utcTime = (text: unknown): string => {
  const at = typeof text === 'string' ? new Date(text) : undefined;
  if (!at || Number.isNaN(at.getTime())) throw new Error('"from" is not a time (ISO 8601).');
  return at.toISOString();
};

/**
 * Where a replay begins: everything that was recorded at that time or later stands there or behind. The newest time of
 * recording that stands on each event only grows, so halving finds it.
 */
export const findFrom = async (jsm: JetStreamManager, space: Space, time: string): Promise<number> => {
  const { first_seq, last_seq } = (await jsm.streams.info(space.stream)).state;
  let [low, high] = [Math.max(first_seq, 1), last_seq + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    // Positions stand between events, and numbers of those that were written over are empty.
    const event = await jsm.direct.getMessage(space.stream, { seq: middle, next_by_subj: eventSubjects(space) });
    if (!event || event.header.get(UNTIL) >= time) high = middle;
    else low = event.seq + 1;
  }
  return low;
};

/** Answers what partners ask of the delivery: where their events stand, and to have them again from a time on. */
export const answerQuestions = ({ connection, jsm, generationOf, log }: Options): { stop: () => void } => {
  const waiting = new Map<string, number>();
  const where = async (user: string) => {
    const generation = await generationOf(user);
    if (generation === undefined) throw new Error('Nothing is delivered to you yet. Ask again in a moment.');
    return { generation, space: spaceOf(user, generation) };
  };
  const hello = async (user: string) => {
    const { generation, space } = await where(user);
    // Who asks has just connected: what was in hand before comes again now and in its order, and not when its time is over, behind newer events.
    await (await jsm()).consumers.reset(space.stream, READER);
    return { stream: space.stream, consumer: READER, generation };
  };
  const replay = async (user: string, asked: { from?: unknown }) => {
    const { generation, space } = await where(user);
    const manager = await jsm();
    const from = utcTime(asked.from);
    const sequence = await findFrom(manager, space, from);
    await manager.consumers.delete(space.stream, REPLAY).catch(() => {});
    await manager.consumers.add(space.stream, {
      name: REPLAY,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ACK_WAIT_MS),
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: sequence,
      inactive_threshold: nanos(REPLAY_IDLE_MS),
      filter_subject: eventSubjects(space),
    });
    return { stream: space.stream, consumer: REPLAY, generation, from };
  };
  const answer = async (message: Msg, work: (user: string) => Promise<object>): Promise<void> => {
    const user = message.subject.split('.', 1)[0]!;
    // We may write anywhere outside, and who asks names the place.
    if (!message.reply?.startsWith(`_INBOX_${user}.`)) return;
    const before = waiting.get(user) ?? 0;
    if (before >= WAITING_MAX) return;
    waiting.set(user, before + 1);
    try {
      message.respond(JSON.stringify(await work(user)));
    } catch (error) {
      log.debug({ err: error }, 'a partner’s question was refused');
      message.respond(JSON.stringify({ error: (error as Error).message }));
    } finally {
      if (before) waiting.set(user, before);
      else waiting.delete(user);
    }
  };
  const hear = (subject: string, work: (user: string, message: Msg) => Promise<object>) =>
    connection.subscribe(subject, {
      queue: 'delivery',
      callback: (error, message) => {
        if (!error) void answer(message, (user) => work(user, message));
      },
    });
  const heard = [
    hear('*.hello', hello),
    hear('*.replay', (user, message) => replay(user, message.json<{ from?: unknown }>())),
  ];
  return { stop: () => heard.forEach((subscription) => subscription.unsubscribe()) };
};
