import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES } from '../../deploy/local/processes.ts';
import { check } from './check.ts';
import { drain, streamsOf } from './drain.ts';
import { attempt, beginHistory, type History } from './history.ts';
import { memoryOf } from './run.ts';
import type { World } from './world.ts';

/** What can be away for long: the bus, or ClickHouse with the process that it runs in. */
export type Away = 'nats' | 'analytics';

type Phase = {
  away: boolean;
  written: number;
  refused: number;
  p50: number;
  p95: number;
  memoryMb: Record<string, number>;
};
type Drained = { what: string; events: number; seconds: number; perSecond: number };
export type Outage = {
  away: Away;
  minutes: number;
  rate: number;
  phases: Phase[];
  /** Of the p95 with the outage to the p95 without, per pair. */
  ratios: number[];
  drained: Drained[];
  differences: number;
  events: number;
};

const quantile = (sorted: number[], share: number): number => sorted[Math.floor(sorted.length * share)] ?? NaN;
const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

let written = 0;

/** One lead: the write whose wait is measured. Milliseconds, or undefined when it was not done. */
const enter = async ({ managers, owners }: World, history: History, prefix: string): Promise<number | undefined> => {
  const place = (written += 1);
  const person = managers[place % managers.length]!;
  const sellers = owners.get(person.id)!;
  const name = `${prefix}n${place}`;
  const lead = { name, ownerId: sellers[place % sellers.length]!.id, phones: [`137${String(place).padStart(8, '0')}`] };
  const began = performance.now();
  const { op } = await attempt(
    history,
    {
      kind: 'lead create',
      writer: place % managers.length,
      requestId: name,
      effects: [{ noun: 'lead', how: 'created', field: 'name', value: name }],
    },
    () => person.ask('POST', '/v1/leads', lead, { 'idempotency-key': name }),
  );
  return op.outcome === 'ok' ? performance.now() - began : undefined;
};

/** Enters so many a second, whether or not the ones before are answered. */
const enterAll = async (
  world: World,
  history: History,
  seconds: number,
  rate: number,
): Promise<Omit<Phase, 'away'>> => {
  const waits: number[] = [];
  const under: Promise<unknown>[] = [];
  let refused = 0;
  let highest: Record<string, number> = {};
  const began = performance.now();
  for (let place = 0; place < seconds * rate; place += 1) {
    await sleep(Math.max(0, began + (place / rate) * 1_000 - performance.now()));
    const entered = enter(world, history, 'o').then((ms) => (ms === undefined ? (refused += 1) : waits.push(ms)));
    under.push(entered);
    if (place % (rate * 5) !== 0) continue;
    const now = memoryOf(world);
    highest = Object.fromEntries(Object.keys(now).map((name) => [name, Math.max(now[name]!, highest[name] ?? 0)]));
  }
  await Promise.all(under);
  waits.sort((a, b) => a - b);
  return {
    written: waits.length,
    refused,
    p50: round(quantile(waits, 0.5)),
    p95: round(quantile(waits, 0.95)),
    memoryMb: highest,
  };
};

/** How long each of those who were behind needs from now on: relay, standing consumers, ingest. */
const followDrain = async (world: World): Promise<Drained[]> => {
  const began = performance.now();
  const first = new Map<string, { events: number; at: number }>();
  const done = new Map<string, Drained>();
  const notice = (what: string, waiting: number): void => {
    const now = performance.now();
    const known = first.get(what);
    if (!known || waiting > known.events) first.set(what, { events: waiting, at: known?.at ?? began });
    if (waiting || !known || done.has(what)) return;
    const seconds = (now - known.at) / 1_000;
    const perSecond = Math.round(known.events / seconds);
    done.set(what, { what, events: known.events, seconds: round(seconds), perSecond });
  };
  const deadline = began + 600_000;
  for (let quiet = 0; quiet < 8 && performance.now() < deadline;) {
    const waiting = new Map<string, number>();
    for (const service of SERVICES) {
      const [row] = await world.ask(service, 'select count(*)::int as count from outbox where published_time is null');
      waiting.set(`relay of ${service}`, row.count);
    }
    const read = await world.ask(
      'analytics',
      `select stream, max(last_seq)::int as last from ingest_batch where state = 'done' group by stream`,
    );
    const last = new Map(read.map((row) => [row.stream as string, row.last as number]));
    for (const { name, state, consumer_detail: consumers = [] } of await streamsOf(world).catch(() => [])) {
      waiting.set(`ingest of ${name}`, state.last_seq - (last.get(name) ?? 0));
      for (const { config, num_pending: pending, num_ack_pending: unacknowledged } of consumers)
        if (config.durable_name) waiting.set(`consumer ${config.durable_name}`, pending + unacknowledged);
    }
    for (const [what, count] of waiting) notice(what, count);
    quiet = [...waiting.values()].some(Boolean) ? 0 : quiet + 1;
    await sleep(100);
  }
  return [...done.values()].filter(({ events }) => events > 100);
};

export type OutageOptions = {
  world: World;
  away: Away;
  minutes: number;
  rate: number;
  pairs: number;
  say: (line: string) => void;
};

/** Pairs of phases, without and with the outage, one after the other; then everything is compared. */
export const runOutage = async ({ world, away, minutes, rate, pairs, say }: OutageOptions): Promise<Outage> => {
  const { mesh } = world.house;
  const beganAt = Date.now();
  const history = beginHistory();
  const phases: Phase[] = [];
  const drained: Drained[] = [];
  await enterAll(world, history, 10, rate);
  for (let place = 0; place < pairs * 2; place += 1) {
    // Without first, then with first: what warms up or grows favours neither.
    const isAway = [false, true, true, false][place % 4]!;
    if (isAway) await mesh.halt(away);
    const phase = { away: isAway, ...(await enterAll(world, history, minutes * 60, rate)) };
    phases.push(phase);
    say(
      `${isAway ? `without ${away}` : 'all there'}: ${phase.written} written, p50 ${phase.p50} ms, p95 ${phase.p95} ms`,
    );
    if (!isAway) continue;
    await mesh.restart(away);
    drained.push(...(await followDrain(world)));
    for (const { what, events, seconds, perSecond } of drained.slice(-8))
      say(`${what}: ${events} in ${seconds} s, ${perSecond}/s`);
  }
  const { left } = await drain(world, 300_000);
  const verdict = await check(world, history.ops, beganAt, left);
  for (const { check: name, kind, what } of verdict.differences.slice(0, 20)) say(`${name}: ${kind}: ${what}`);
  const ratios = Array.from({ length: pairs }, (_, pair) => {
    const [one, other] = [phases[pair * 2]!, phases[pair * 2 + 1]!];
    return round(one.away ? one.p95 / other.p95 : other.p95 / one.p95, 2);
  });
  const { differences, events } = verdict;
  return { away, minutes, rate, phases, ratios, drained, differences: differences.length, events };
};
