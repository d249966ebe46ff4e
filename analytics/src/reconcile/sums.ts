import type { LedgerSum } from '@pelagic/proto/crm/capability/v1/ledger';
import type { Engine } from '../engine/engine.ts';
import type { Ledger, Span } from './ledgers.ts';

const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export type Sum = { at: number; events: number; checksum: string };

/** XOR of the first 64 bits of the MD5 of each id: the same as in the ledger. */
const CHECKSUM = 'toString(groupBitXor(reinterpretAsInt64(reverse(substring(MD5(toString(id)), 1, 8)))))';

const IN_SPAN =
  "service = {service:String} and recorded_time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') and recorded_time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')";

const paramsOf = (service: string, { from, to }: Span) => ({ service, from: from.getTime(), to: to.getTime() });

/** What the event log holds of a service, each event once. */
export const logSums = async (engine: Engine, service: string, span: Span, stepMs: number): Promise<Sum[]> => {
  const rows = await engine.query<{ at: string; events: string; checksum: string }>(
    `select intDiv(toUnixTimestamp64Milli(recorded_time), {step:Int64}) * {step:Int64} as at, count() as events, ${CHECKSUM} as checksum
     from event_log final where ${IN_SPAN} group by at order by at`,
    { ...paramsOf(service, span), step: stepMs },
  );
  return rows.map(({ at, events, checksum }) => ({ at: Number(at), events: Number(events), checksum }));
};

export const logIds = async (engine: Engine, service: string, span: Span): Promise<Set<string>> => {
  const rows = await engine.query<{ id: string }>(
    `select distinct toString(id) as id from event_log where ${IN_SPAN}`,
    paramsOf(service, span),
  );
  return new Set(rows.map(({ id }) => id));
};

export const ledgerSum = ({ fromTime, events, checksum }: LedgerSum): Sum => ({
  at: Date.parse(fromTime!),
  events: Number(events),
  checksum,
});

/** The intervals in which the two differ. */
export const differing = (ledger: Sum[], log: Sum[]): number[] => {
  const sign = ({ events, checksum }: Sum): string => `${events}/${checksum}`;
  const logged = new Map(log.map((sum) => [sum.at, sign(sum)]));
  const told = new Map(ledger.map((sum) => [sum.at, sign(sum)]));
  return [...new Set([...logged.keys(), ...told.keys()])]
    .filter((at) => logged.get(at) !== told.get(at))
    .toSorted((a, b) => a - b);
};

/** The spans of a minute within an hour that hold a difference. */
export const differingMinutes = async (engine: Engine, ledger: Ledger, { from, to }: Span): Promise<Span[]> => {
  const { sums } = await ledger.sums({ from, to }, MINUTE_MS / 1_000);
  const log = await logSums(engine, ledger.service, { from, to }, MINUTE_MS);
  return differing(sums.map(ledgerSum), log).map((at) => ({
    from: new Date(Math.max(at, from.getTime())),
    to: new Date(Math.min(at + MINUTE_MS, to.getTime())),
  }));
};
