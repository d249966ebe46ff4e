import { STREAM_DAYS, type Broker } from '@pelagic/chassis/broker';
import { mendHour, type LogOptions } from './event-log.ts';
import { mendFacts } from './facts.ts';
import type { Ledger, Span } from './ledgers.ts';
import type { Standing, State } from './standing.ts';
import { lookAtStream, mendStream, type StreamLook } from './stream.ts';
import { DAY_MS, differing, HOUR_MS, ledgerSum, logSums, type Sum } from './sums.ts';

export type LookOptions = LogOptions & { broker: Broker; standing: Standing; signal: AbortSignal };

/** What is younger may still be on its way. */
const YOUNG_MS = 5_000;
/** After this nobody commits an event of an hour any more. */
const CLOSED_MS = 10 * 60_000;
/** An ingest that is further behind has other work than to be compared. */
const BEHIND_MAX = 5_000;
/** What the quick look compares; the rest every few looks. */
const RECENT_MS = 2 * DAY_MS;

export type Look = {
  events: number;
  healed: number;
  /** The stream lost them and refuses them for another moment. */
  refused: number;
  /** The ingest has not come to them, of hours that are over. */
  late: number;
  behind: boolean;
  oldest: Date | undefined;
};

const hourOf = (time: number): number => Math.floor(time / HOUR_MS) * HOUR_MS;
const total = (sums: Sum[]): number => sums.reduce((sum, { events }) => sum + events, 0);

/** The hours of the ledger: those that are over are asked for once, and again in a thorough look. */
const ledgerHours = async (standing: Standing, ledger: Ledger, until: Date, thorough: boolean) => {
  const { service } = ledger;
  if (thorough) await standing.forgetHours(service);
  const known = await standing.hours(service);
  const from = known.length ? known.at(-1)!.at + HOUR_MS : 0;
  const { oldest, sums } = await ledger.sums({ from: new Date(from), to: until }, HOUR_MS / 1_000);
  const fresh = sums.map(ledgerSum);
  await standing.keepHours(
    service,
    fresh.filter(({ at }) => at + HOUR_MS + CLOSED_MS < until.getTime()),
  );
  if (oldest) await standing.forgetHours(service, new Date(hourOf(oldest.getTime())));
  const waiting = sums.reduce((sum, { waiting: events }) => sum + Number(events), 0);
  const first = oldest ? hourOf(oldest.getTime()) : Infinity;
  return { oldest, hours: [...known.filter(({ at }) => at >= first), ...fresh], waiting };
};

/** Whether the stream lost something since it was last found whole. */
const streamSuffered = async (
  { standing, findings }: LookOptions,
  service: string,
  look: StreamLook | undefined,
  young: number,
  all: number,
): Promise<boolean> => {
  const known = await standing.of(service);
  const lost = known.stream_created && (!look || Date.parse(look.created) !== Date.parse(known.stream_created));
  if (lost && all) await findings.found({ service, place: 'STREAM', kind: 'STORE_LOST', events: all, examples: [] });
  return Boolean(lost) || look?.deleted !== Number(known.stream_deleted) || look.messages < young;
};

const watchStream = async (
  options: LookOptions,
  ledger: Ledger,
  hours: Sum[],
  waiting: number,
  until: Date,
): Promise<{ healed: number; refused: number }> => {
  const { broker, standing, findings } = options;
  const { service } = ledger;
  const since = until.getTime() - (STREAM_DAYS - 1) * DAY_MS;
  const kept = total(hours.filter(({ at }) => at >= since)) - waiting;
  const known = await standing.of(service);
  const over = new Date(hourOf(until.getTime() - CLOSED_MS));
  const told = { healed: 0, refused: 0 };
  const mend = async (span: Span) => {
    const { healed, refused } = await mendStream(findings, ledger, span);
    told.healed += healed;
    told.refused += refused;
  };
  const look = await lookAtStream(broker, service);
  if (await streamSuffered(options, service, look, kept, total(hours)))
    await mend({ from: new Date(Math.max(hours[0]?.at ?? since, since)), to: until });
  else if (!known.stream_hour || Date.parse(known.stream_hour) < over.getTime())
    await mend({ from: new Date(known.stream_hour ?? over.getTime() - HOUR_MS), to: over });
  if (told.refused) return told;
  await findings.over({ service, place: 'STREAM', kind: 'STORE_LOST' });
  const after = await lookAtStream(broker, service);
  if (after)
    await standing.set(service, {
      stream_created: after.created,
      stream_deleted: String(after.deleted),
      stream_hour: over.toISOString(),
    });
  return told;
};

const mendLog = async (options: LookOptions, ledger: Ledger, hours: Sum[], oldest: Date, until: Date, all: boolean) => {
  const { engine, signal, standing, findings } = options;
  const { service } = ledger;
  const from = new Date(Math.max(oldest.getTime(), all ? 0 : hourOf(until.getTime() - RECENT_MS)));
  const log = await logSums(engine, service, { from, to: until }, HOUR_MS);
  const told = { healed: 0, late: 0, foreign: 0 };
  const differ = differing(
    hours.filter(({ at }) => at + HOUR_MS > from.getTime()),
    log,
  );
  for (const at of differ) {
    if (signal.aborted) return told;
    const span = {
      from: new Date(Math.max(at, from.getTime())),
      to: new Date(Math.min(at + HOUR_MS, until.getTime())),
    };
    const { healed, pending, foreign } = await mendHour(options, ledger, span);
    told.healed += healed;
    told.foreign += foreign;
    if (at + HOUR_MS > hourOf(until.getTime())) continue;
    told.late += pending;
    // Should the ledger itself have changed since it was asked.
    const { sums } = await ledger.sums(span, HOUR_MS / 1_000);
    if (at + HOUR_MS + CLOSED_MS < until.getTime()) await standing.keepHours(service, sums.map(ledgerSum));
  }
  if (all && !told.foreign) await findings.over({ service, place: 'EVENT_LOG', kind: 'FOREIGN' });
  return told;
};

/**
 * Compares counts and checksums of a service's ledger with its stream and the event log, goes into what differs and puts
 * back what is missing. `all` looks at every hour, `thorough` also asks the ledger for every hour anew.
 */
export const look = async (
  options: LookOptions,
  ledger: Ledger,
  { all, thorough }: { all: boolean; thorough: boolean },
): Promise<Look> => {
  const { broker, standing, counting, signal } = options;
  const { service } = ledger;
  const until = new Date(Date.now() - YOUNG_MS);
  const { oldest, hours, waiting } = await ledgerHours(standing, ledger, until, thorough);
  const told: Look = { events: total(hours), healed: 0, refused: 0, late: 0, behind: false, oldest };
  if (!oldest) return told;
  const stream = await watchStream(options, ledger, hours, waiting, until);
  told.healed += stream.healed;
  told.refused += stream.refused;
  const now = await lookAtStream(broker, service);
  told.behind = (now?.lastSeq ?? 0) - (await counting.reached(service)) > BEHIND_MAX;
  if (told.behind) return told;
  const log = await mendLog(options, ledger, hours, oldest, until, all || thorough);
  told.healed += log.healed;
  told.late += log.late;
  if ((all || thorough) && !signal.aborted) told.healed += await mendFacts(options, service);
  return told;
};

/** What a look and the findings that stand say of a service. */
export const stateAfter = async ({ findings }: LookOptions, service: string, told: Look): Promise<State> => {
  if (told.refused || told.late || told.behind) return 'HEALING';
  for (const place of ['STREAM', 'EVENT_LOG'] as const) await findings.over({ service, place, kind: 'MISSING' });
  await findings.over({ service, place: 'EVENT_LOG', kind: 'STORE_LOST' });
  return (await findings.standing(service)) ? 'DIFFERS' : 'EQUAL';
};
