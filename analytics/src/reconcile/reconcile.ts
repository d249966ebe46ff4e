import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker } from '@pelagic/chassis/broker';
import type { Database } from '@pelagic/chassis/database';
import { enterpriseTimeZone } from '@pelagic/chassis/enterprise';
import type { Log } from '@pelagic/chassis/log';
import type { Part } from '@pelagic/chassis/service';
import { Gauge } from 'prom-client';
import type { LiveDirectory } from '../directory/directory.ts';
import type { Engine } from '../engine/engine.ts';
import type { Ingest } from '../ingest/ingest.ts';
import { KEPT_DAYS, openFindings } from './findings.ts';
import type { Ledger } from './ledgers.ts';
import { look, stateAfter, type Look, type LookOptions } from './look.ts';
import { standingOf, type Run } from './standing.ts';
import { isProofDue } from './proof-time.ts';
import { knowStore } from './store.ts';
import { mendStream, strangersIn } from './stream.ts';
import { DAY_MS, HOUR_MS } from './sums.ts';
import { checkVersions } from './versions.ts';

const TICK_MS = 500;
const LOOK_MS = 60_000;
/** Every so many looks all hours are compared and not only those of the last two days. */
const ALL_EVERY = 5;
const PROVE_MAX = 500;

const lastRun = new Gauge({
  name: 'reconcile_last_run_seconds',
  help: 'Unix time of the last comparison that came to its end',
  labelNames: ['service', 'place'],
});

type ReconcileOptions = {
  engine: Engine;
  database: Database;
  broker: Broker;
  directory: LiveDirectory;
  counting: Ingest;
  ledgers: Ledger[];
  log: Log;
  lookMs?: number;
};

export type Reconciler = Part & {
  /** Compares everything event by event and mends; answers when it is done, here or where the ingest is. */
  run: () => Promise<Run>;
};

/** Days of the ledger that were over an hour ago, from the oldest on. */
const daysOver = (oldest: Date): string[] => {
  const days: string[] = [];
  for (let at = Math.floor(oldest.getTime() / DAY_MS) * DAY_MS; at + DAY_MS + HOUR_MS < Date.now(); at += DAY_MS)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
};

/**
 * The ledger of each service, its stream and the event log are compared for ever: by sums every minute, event by event once
 * a night, for an hour that has just ended and on command. Only where the ingest is, whose turns it shares.
 */
export const reconcile = (options: ReconcileOptions): Reconciler => {
  const { database, broker, counting, ledgers, log, lookMs = LOOK_MS } = options;
  const standing = standingOf(database);
  const findings = openFindings(database);
  const stop = new AbortController();
  const looking: LookOptions = { ...options, findings, standing, signal: stop.signal };
  const started = new Date();
  let running: Promise<void> = Promise.resolve();
  let looks = 0;

  const tellOf = async (service: string, told: Look): Promise<void> => {
    findings.missing(service, 'STREAM', told.refused);
    findings.missing(service, 'EVENT_LOG', told.late);
    const state = await stateAfter(looking, service, told);
    const missing = told.refused + told.late;
    await standing.set(service, {
      state,
      look_time: new Date().toISOString(),
      events: told.events,
      missing,
      problem: '',
    });
    for (const place of ['STREAM', 'EVENT_LOG']) lastRun.set({ service, place }, Date.now() / 1_000);
    if (told.healed) log.warn({ service, ...told }, 'events were missing and put back');
  };

  /** One service that cannot be asked does not keep the others from it. */
  const each = async (work: (ledger: Ledger) => Promise<void>): Promise<string> => {
    const problems: string[] = [];
    for (const ledger of ledgers) {
      if (stop.signal.aborted) break;
      await standing.of(ledger.service);
      try {
        await work(ledger);
      } catch (error) {
        const problem = (error as Error).message;
        problems.push(`${ledger.service}: ${problem}`);
        log.warn({ err: error, service: ledger.service }, 'not compared');
        await standing.set(ledger.service, { state: 'UNREACHABLE', problem });
      }
    }
    return problems.join(' ');
  };

  const know = async (): Promise<void> => {
    if (!(await knowStore(options))) return;
    log.warn('ClickHouse was made anew: everything is read again');
    for (const { service, events } of await standing.all())
      await findings.found({ service, place: 'EVENT_LOG', kind: 'STORE_LOST', events: Number(events), examples: [] });
  };

  const quickLook = async (): Promise<void> => {
    await know();
    const all = looks % ALL_EVERY === 0;
    looks += 1;
    await each(async (ledger) => tellOf(ledger.service, await look(looking, ledger, { all, thorough: false })));
  };

  /** Event by event: what the stream lacks, what it has and should not, what the event log lacks, versions. */
  const prove = async (ledger: Ledger, advance: (events: number) => Promise<void>): Promise<void> => {
    const { service } = ledger;
    const began = new Date();
    const first = await look(looking, ledger, { all: true, thorough: true });
    if (first.oldest) {
      const { healed, refused } = await mendStream(findings, ledger, { from: first.oldest, to: began });
      first.healed += healed;
      first.refused += refused;
      await advance(first.events);
      await strangersIn({ broker, findings }, ledger, advance);
      if (!first.behind) await checkVersions(options.engine, service, findings);
    }
    await tellOf(service, first);
    if (first.refused || first.late || first.behind) return;
    await standing.set(service, { proof_time: began.toISOString() });
    if (first.oldest) await ledger.prove(daysOver(first.oldest).slice(-PROVE_MAX));
  };

  const compareAll = async ({ id }: Run): Promise<void> => {
    let done = 0;
    const advance = async (events: number): Promise<void> => {
      done += events;
      await standing.setRun(id, { done });
    };
    await know();
    const known = await standing.all();
    await standing.setRun(id, { total: known.reduce((sum, { events }) => sum + 2 * Number(events), 0) });
    const problem = await each((ledger) => prove(ledger, advance));
    if (stop.signal.aborted) return;
    await standing.setRun(id, { end_time: new Date(), problem });
    await findings.trim();
    await standing.trimRuns(KEPT_DAYS);
  };

  const tick = async (due: boolean): Promise<void> => {
    const open = await standing.openRun();
    if (open) return compareAll(open);
    if (!due) return;
    await quickLook();
    const last = await standing.lastRun();
    const begun = { last: last && new Date(last.ask_time), started };
    if (isProofDue(begun, new Date(), enterpriseTimeZone())) await standing.ask();
  };

  const loop = async (): Promise<void> => {
    let next = Date.now() + lookMs;
    while (!stop.signal.aborted) {
      await sleep(TICK_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted) return;
      if (!counting.leads()) continue;
      const due = Date.now() >= next;
      if (due) next = Date.now() + lookMs;
      await tick(due).catch((error: unknown) => log.warn({ err: error }, 'not compared, trying again'));
    }
  };

  return {
    name: 'reconcile',
    run: async () => {
      const id = await standing.ask();
      for (;;) {
        const run = await standing.run(id);
        if (run?.end_time || stop.signal.aborted) return run!;
        await sleep(TICK_MS);
      }
    },
    start: async () => {
      await know();
      running = loop();
    },
    stop: async () => {
      stop.abort();
      await running;
    },
  };
};
