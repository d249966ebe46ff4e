import { setTimeout as sleep } from 'node:timers/promises';
import { streamOf } from '@pelagic/chassis/broker';
import { LeaseLost, leaseOn } from '@pelagic/chassis/lease';
import { refused } from '@pelagic/chassis/problem';
import type { Part } from '@pelagic/chassis/service';
import { BATCH_MAX, batchesOf, type BatchOptions } from './batches.ts';
import { alarm, type Wake } from './wake.ts';

/** Batches begin at least this far apart: each makes new parts, which merges must keep up with. */
const SPACING_MS = 150;
/** Caught up, it rests so many times as long as it worked: a batch costs nearly the same for ten events and for a hundred. */
const REST = 3;
/** Safety net for a wake-up that was missed. */
const POLL_MS = 1_000;
const RETRY_MS = 1_000;
const LEASE_MS = 5_000;
const LEASE = 'ingest';

export type IngestOptions = Omit<BatchOptions, 'lease'> & {
  /** Whose streams are read. The first is read to its end before the others begin: dates need the enterprise's zone. */
  services: string[];
};

export type Ingest = Part & {
  /** Runs work while no batch is being written. */
  pausedFor: <T>(work: () => Promise<T>) => Promise<T>;
  /** Reads again all that the streams still hold; answers the number of events. Refused where another process ingests. */
  reread: () => Promise<number>;
  /** Reads all streams from their beginnings, as work for a store that was made anew; after `work`, while no batch is written. */
  startOver: (work: () => Promise<void>) => Promise<void>;
  /** The last sequence of a service's stream that is counted. */
  reached: (service: string) => Promise<number>;
  /** Whether this process does the ingest. */
  leads: () => boolean;
};

export const ingest = ({ services, ...options }: IngestOptions): Ingest => {
  const { database, broker, log } = options;
  const batches = batchesOf({ ...options, lease: LEASE });
  const lease = leaseOn(database.sql, LEASE, LEASE_MS);
  const stop = new AbortController();
  const streams = services.map((service) => ({ stream: streamOf(service), wake: alarm() }));
  let epoch: bigint | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let turn: Promise<unknown> = Promise.resolve();

  /** One at a time: the streams take turns at the tables that they share. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  const rest = (ms: number): Promise<void> => sleep(ms, undefined, { signal: stop.signal }).catch(() => undefined);

  /** Follows a stream for ever, or once to its end. */
  const follow = async (stream: string, wake: Wake, once: boolean): Promise<void> => {
    while (!stop.signal.aborted) {
      const began = performance.now();
      try {
        if (epoch === undefined) throw new LeaseLost(LEASE);
        const held = epoch;
        const counted = await inTurn(() => batches.advance(stream, held));
        if (counted === 0 && once) return;
        if (counted === 0) await wake.listen(broker, stream);
        const took = performance.now() - began;
        if (counted) await rest(Math.max(SPACING_MS - took, counted < BATCH_MAX ? REST * took : 0));
        else await wake.wait(POLL_MS);
      } catch (error) {
        if (stop.signal.aborted) return;
        if (!(error instanceof LeaseLost)) log.warn({ err: error, stream }, 'ingest will try again');
        await wake.wait(RETRY_MS);
      }
    }
  };

  const keepLease = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await rest(LEASE_MS / 4);
      if (!stop.signal.aborted) epoch = await lease.hold().catch(() => undefined);
    }
    await lease.release().catch((error: unknown) => log.warn({ err: error }, 'lease not released'));
  };

  const run = async (): Promise<void> => {
    const first = streams[0]!;
    await follow(first.stream, first.wake, true);
    await Promise.all(streams.map(({ stream, wake }) => follow(stream, wake, false)));
  };

  return {
    name: 'ingest',
    pausedFor: inTurn,
    reread: () =>
      inTurn(async () => {
        const held = epoch;
        if (held === undefined) throw refused('NOT_INGESTING', 'Another process does the ingest; ask that one.');
        let count = 0;
        for (const { stream } of streams) count += await batches.reread(stream, held);
        return count;
      }),
    startOver: (work) =>
      inTurn(async () => {
        await work();
        await batches.forget();
      }),
    reached: (service) => batches.reached(streamOf(service)),
    leads: () => epoch !== undefined,
    start: async () => {
      epoch = await lease.hold();
      running = Promise.all([keepLease(), run()]);
    },
    stop: async () => {
      stop.abort();
      for (const { wake } of streams) wake.ring();
      await running;
      await Promise.all(streams.map(({ wake }) => wake.close()));
    },
  };
};
