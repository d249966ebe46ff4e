import { setTimeout as sleep } from 'node:timers/promises';
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import { disclose, type DisclosedEvent } from '@pelagic/capabilities/disclosure/disclose';
import { OPENABLE, policyOf, type Policy } from '@pelagic/capabilities/disclosure/policy';
import { spaceOf } from '@pelagic/capabilities/disclosure/space';
import type { Broker } from '@pelagic/chassis/broker';
import type { Log } from '@pelagic/chassis/log';
import type { Delivery } from '@pelagic/proto/crm/identity/v1/partner';
import { takeMerged } from './merge.ts';
import { openOutgoing, Overwritten, type Outgoing, type Position } from './outgoing.ts';
import { openSource, type Arrival, type Source } from './source.ts';

const BATCH_MAX = 200;
/** So many events may be looked at for nothing, or for so long, before it is written down how far that was. */
const LOOKED_MAX = 5_000;
const LOOKED_FOR_MS = 30_000;
const RETRY_MS = [500, 2_000, 5_000, 15_000, 60_000];
/** A stream inside that was made anew is noticed after this. */
const LOOK_AGAIN_MS = 60_000;

export type FeedState = { filling: boolean; until: string; problem: string };

type Options = {
  delivery: Delivery;
  /** The bus inside. */
  broker: Broker;
  /** The bus outside; throws while it is away. */
  outside: () => Promise<{ js: JetStreamClient; jsm: JetStreamManager; replicas: number }>;
  log: Log;
};

export type Feed = { state: () => FeedState; stop: () => Promise<void> };

const later = (a: string, b: string): string => (a > b ? a : b);

/** The position after some arrivals, with what of them is told and until when everything was looked at by then. */
const advance = (position: Position, arrivals: Arrival[], policy: Policy) => {
  const places = { ...position.places };
  let { until } = position;
  const events: { event: DisclosedEvent; until: string }[] = [];
  for (const { noun, place, recorded, event } of arrivals) {
    places[noun] = place;
    until = later(until, recorded);
    const told = event && disclose(event, policy);
    if (told) events.push({ event: told, until });
  }
  return { events, position: { places, until } };
};

/** Sends one partner what its policy tells it of, from where it was left, for ever. */
export const openFeed = ({ delivery, broker, outside, log }: Options): Feed => {
  const stopping = new AbortController();
  const policy = policyOf(delivery.subscriptions, delivery.timeZone);
  const space = spaceOf(delivery.user, delivery.generation);
  const state: FeedState = { filling: true, until: '', problem: '' };
  let stir = (): void => {};
  let failures = 0;

  const openSources = (position: Position): Promise<Source[]> =>
    Promise.all(
      [...policy.keys()].map((noun) =>
        openSource({
          broker,
          noun: OPENABLE.get(noun)!,
          from: position.places[noun],
          since: delivery.fromTime ?? '',
          stirred: () => stir(),
        }),
      ),
    );

  /** Waits until something comes, and answers for how long. */
  const rest = async (ms: number): Promise<number> => {
    const began = Date.now();
    const woken = Promise.withResolvers<void>();
    stir = woken.resolve;
    const timer = setTimeout(woken.resolve, ms);
    await woken.promise;
    clearTimeout(timer);
    return Date.now() - began;
  };

  const pass = async (outgoing: Outgoing, sources: Source[]): Promise<void> => {
    const until = Date.now() + LOOK_AGAIN_MS;
    let waitedMs = 0;
    let { position } = outgoing;
    let looked = 0;
    let written = Date.now();
    while (!stopping.signal.aborted && Date.now() < until) {
      if (sources.some((source) => source.isOver())) throw new Error('A stream is no longer heard.');
      const arrivals = takeMerged(sources, BATCH_MAX, waitedMs);
      const isIdle = arrivals.length === 0;
      const next = advance(position, arrivals, policy);
      position = next.position;
      looked += arrivals.length;
      const isLong = looked > 0 && Date.now() - written > LOOKED_FOR_MS;
      const isDue = next.events.length > 0 || looked >= LOOKED_MAX || isLong;
      if (isDue) {
        if (!(await outgoing.send(next.events, position))) throw new Error('Another delivery wrote to this stream.');
        looked = 0;
        written = Date.now();
        failures = 0;
      }
      state.until = position.until;
      state.filling = sources.some((source) => source.isBehind());
      state.problem = '';
      waitedMs = isIdle ? waitedMs + (await rest(state.filling ? 50 : 1_000)) : 0;
      if (isIdle && !state.filling) waitedMs = 0;
    }
  };

  const once = async (): Promise<void> => {
    const outgoing = await openOutgoing(await outside(), space);
    const sources = await openSources(outgoing.position);
    try {
      await pass(outgoing, sources);
    } finally {
      for (const source of sources) source.stop();
    }
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await once();
        failures = 0;
      } catch (error) {
        if (stopping.signal.aborted) return;
        state.problem = (error as Error).message;
        log.warn({ reason: state.problem, partner: delivery.partnerId }, 'delivery will try again');
        if (error instanceof Overwritten) failures = RETRY_MS.length;
        const ms = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]!;
        failures += 1;
        await sleep(ms, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  };
  const running = loop();
  return {
    state: () => ({ ...state }),
    stop: async () => {
      stopping.abort();
      stir();
      await running;
    },
  };
};
