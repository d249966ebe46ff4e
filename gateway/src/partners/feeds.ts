import { setTimeout as sleep } from 'node:timers/promises';
import type { JetStreamManager } from '@nats-io/jetstream';
import { ownerOfStream, READER, spaceOf } from '@pelagic/capabilities/disclosure/space';
import type { Broker } from '@pelagic/chassis/broker';
import type { Log } from '@pelagic/chassis/log';
import type { Part } from '@pelagic/chassis/service';
import type { Delivery, PartnerDelivery } from '@pelagic/proto/crm/identity/v1/partner';
import type { Webhooks } from '../webhooks/deliverer.ts';
import { keepDeliverers } from '../webhooks/deliverers.ts';
import { openFeed, type Feed } from './feed.ts';
import { answerQuestions } from './questions.ts';

const PACE = {
  /** A policy holds within this; the bus lets nobody read by an old one meanwhile. */
  lookMs: 2_000,
  /** How far it is, is told this often. */
  reportMs: 10_000,
};

/** What identity is asked and told. */
export type Identity = {
  deliveries: () => Promise<Delivery[]>;
  report: (partnerId: string, delivery: PartnerDelivery) => Promise<void>;
};

type Options = {
  identity: Identity;
  /** The bus inside. */
  broker: Broker;
  /** The bus outside, where partners are. */
  outside: Broker;
  webhooks: Webhooks;
  log: Log;
  /** Tests do not wait so long. */
  pace?: typeof PACE;
};

type Running = { delivery: Delivery; feed: Feed };

const keyOf = ({ user, generation }: Delivery): string => spaceOf(user, generation).stream;

/** What stands in the stream of a partner, and what of it was read or, by `behind`, posted. */
const readingOf = async (jsm: JetStreamManager, stream: string, behind: number | undefined) => {
  const { num_pending, num_ack_pending, delivered } = await jsm.consumers.info(stream, READER);
  const { state } = await jsm.streams.info(stream);
  return {
    // The position stands there too.
    kept: String(Math.max(0, state.messages - 1)),
    unread: String(behind ?? num_pending + num_ack_pending),
    // Said as text, whatever its type says.
    readTime: delivered.last_active as unknown as string | undefined,
  };
};

const reportOf = async (
  { delivery, feed }: Running,
  jsm: JetStreamManager,
  behind?: number,
): Promise<PartnerDelivery> => {
  const { filling, until, problem } = feed.state();
  const reading = await readingOf(jsm, keyOf(delivery), behind).catch(() => ({
    kept: '0',
    unread: '0',
    readTime: undefined,
  }));
  return {
    generation: delivery.generation,
    filling,
    lookedTime: until || undefined,
    ...reading,
    reportTime: undefined,
    problem,
  };
};

/** Keeps a feed for each active partner, by the policy that holds now, and deletes what was kept for policies of before. */
export const keepFeeds = ({ identity, broker, outside, webhooks, log, pace = PACE }: Options): Part => {
  const stopping = new AbortController();
  const running = new Map<string, Running>();
  let loops: Promise<unknown> = Promise.resolve();
  let current: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  let suspects: ReadonlySet<string> = new Set();
  let questions: ReturnType<typeof answerQuestions> | undefined;

  const reach = async () => ({ js: outside.js(), jsm: await outside.jsm(), replicas: outside.replicas });
  const deliverers = keepDeliverers({ webhooks, outside: reach, log });

  /**
   * What is no longer delivered is deleted. Of two processes one may have asked earlier: a stream of a later policy stays, and
   * one of nobody goes when it was nobody's before too.
   */
  const sweepStreams = async (wanted: Map<string, number>): Promise<void> => {
    const jsm = await outside.jsm();
    const nobodys = new Set<string>();
    for await (const stream of jsm.streams.names()) {
      const owner = ownerOfStream(stream);
      if (!owner) continue;
      const generation = wanted.get(owner.user);
      if (generation === undefined) nobodys.add(stream);
      if (generation === undefined ? suspects.has(stream) : owner.generation < generation)
        await jsm.streams.delete(stream);
    }
    suspects = nobodys;
  };

  const renew = async (): Promise<void> => {
    const deliveries = new Map((await identity.deliveries()).map((delivery) => [keyOf(delivery), delivery]));
    await deliverers.renew(deliveries);
    const over = [...running].filter(([key]) => !deliveries.has(key));
    for (const [key] of over) running.delete(key);
    await Promise.all(over.map(([, { feed }]) => feed.stop()));
    await sweepStreams(new Map([...deliveries.values()].map(({ user, generation }) => [user, generation])));
    for (const [key, delivery] of deliveries)
      if (!running.has(key)) running.set(key, { delivery, feed: openFeed({ delivery, broker, outside: reach, log }) });
    questions ??= answerQuestions({
      connection: outside.connection(),
      jsm: () => outside.jsm(),
      generationOf: async (user) => {
        // Who was let in by a new policy a moment ago must not be sent to the stream of the one before.
        await turn();
        return [...running.values()].find(({ delivery }) => delivery.user === user)?.delivery.generation;
      },
      log,
    });
  };

  /** One after the other. Who asks while one is waiting to begin gets that one: it has not asked identity yet. */
  const turn = (): Promise<void> => {
    const begin = () => {
      next = undefined;
      return (current = renew());
    };
    next ??= current.then(begin, begin);
    return next;
  };

  const tell = async (): Promise<void> => {
    const jsm = await outside.jsm();
    for (const [stream, each] of running) {
      const behind = deliverers.behind(stream);
      // How far that is, the process knows that posts.
      if (each.delivery.webhook && behind === undefined) continue;
      await identity.report(each.delivery.partnerId, await reportOf(each, jsm, behind));
    }
  };

  const forEver = async (everyMs: number, work: () => Promise<void>, what: string): Promise<void> => {
    while (!stopping.signal.aborted) {
      await work().catch((error: unknown) => log.warn({ reason: (error as Error).message }, what));
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };

  return {
    name: 'feeds',
    start: async () => {
      loops = Promise.all([
        forEver(pace.lookMs, turn, 'policies could not be asked for'),
        forEver(pace.reportMs, tell, 'deliveries could not be reported'),
      ]);
    },
    stop: async () => {
      stopping.abort();
      questions?.stop();
      await loops;
      await current.catch(() => {});
      await deliverers.renew(new Map());
      await Promise.all([...running.values()].map(({ feed }) => feed.stop()));
    },
  };
};
