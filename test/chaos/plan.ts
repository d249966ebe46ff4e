import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RECORD_SERVICES } from '../../deploy/local/processes.ts';
import { seeded, type Random } from '../../deploy/demo/random.ts';
import { ROOT } from '../../deploy/local/paths.ts';
import type { Weather } from './proxy.ts';

/** One thing that goes wrong. Times are milliseconds since the beginning of the writes. */
export type Fault = { at: number; forMs: number } &
  /** kill -9; the supervisor starts it again. */
  (
    | { kind: 'kill'; target: string }
    /** Dies as by kill -9 when it comes by this step, and goes on when started again. */
    | { kind: 'step'; target: string; step: string }
    /** SIGSTOP, SIGCONT after `forMs`. */
    | { kind: 'pause'; target: string }
    /** Asked to stop (SIGTERM) and started. */
    | { kind: 'restart'; target: string }
    /** The line between two processes. */
    | { kind: 'line'; target: string; weather: Weather }
    /** A store that takes nothing more: its disk is full. */
    | { kind: 'quota'; target: string }
  );

export type Plan = { seed: number; seconds: number; pauseMs: number; faults: Fault[] };

export type PlanOptions = {
  seed: number;
  faults: number;
  seconds: number;
  /** How long a paused process stands still. */
  pauseMs: number;
  nodes: string[];
  lines: string[];
};

/** Of every four periods one stays quiet: what only comes to light in peace must have its peace. */
const PERIOD = 4;

/** Where the steps of each process stand. */
const SOURCES: Record<string, string[]> = {
  ...Object.fromEntries(
    RECORD_SERVICES.map((name) => [name, ['chassis/src', 'capabilities/src', `services/${name}/src`]]),
  ),
  identity: ['chassis/src', 'services/identity/src'],
  analytics: ['analytics/src'],
};

/** The named steps in the source: a new one is died at without anybody listing it. */
export const stepsOf = (process: string): string[] => {
  const folders = (SOURCES[process] ?? []).map((folder) => join(ROOT, folder));
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => join(folder, file)),
  );
  const found = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/await step\('([\w.]+)'\)/g)]);
  return [...new Set(found.map(([, name]) => name!))].toSorted();
};

const weatherOf = (random: Random): Weather => {
  const kind = random.pick(['reset', 'delay', 'delay', 'hole', 'cut'] as const);
  switch (kind) {
    case 'delay':
      return { kind, ms: random.pick([20, 100, 400]), share: random.pick([0.3, 1]) };
    case 'cut':
      return { kind, bytes: random.whole(200, 60_000) };
    default:
      return { kind };
  }
};

const faultAt = (random: Random, at: number, { nodes, lines, pauseMs }: PlanOptions): Fault => {
  const stores = ['postgres', 'nats'];
  // The stores are behind everything, so they have more of the misfortune than one process in seven.
  const target = random.chance(0.35) ? random.pick(stores) : random.pick(nodes);
  const kind = random.pick([
    ...([
      'kill',
      'kill',
      'kill',
      'step',
      'step',
      'pause',
      'pause',
      'restart',
      'line',
      'line',
      'line',
      'quota',
    ] as const),
  ]);
  switch (kind) {
    case 'kill':
    case 'restart':
      return { at, forMs: 0, kind, target };
    case 'pause':
      return { at, forMs: pauseMs, kind, target };
    case 'step': {
      const process = random.pick(Object.keys(SOURCES));
      return { at, forMs: 0, kind, target: process, step: random.pick(stepsOf(process)) };
    }
    case 'line':
      return {
        at,
        forMs: random.whole(500, Math.min(8_000, pauseMs)),
        kind,
        target: random.pick(lines),
        weather: weatherOf(random),
      };
    case 'quota':
      return {
        at,
        forMs: random.whole(1_000, Math.min(6_000, pauseMs)),
        kind,
        target: random.pick([...stores, 'clickhouse']),
      };
  }
};

/** The same seed makes the same plan. */
export const drawPlan = (options: PlanOptions): Plan => {
  const { seed, faults, seconds, pauseMs } = options;
  const random = seeded(seed);
  const periods = Math.ceil(faults / (PERIOD - 1)) * PERIOD;
  const lengthMs = (seconds * 1_000) / periods;
  const noisy: number[] = [];
  for (let first = 0; first < periods; first += PERIOD) {
    const quiet = first + random.whole(0, PERIOD - 1);
    for (let period = first; period < first + PERIOD; period += 1) if (period !== quiet) noisy.push(period);
  }
  const drawn = noisy
    .slice(0, faults)
    .map((period) => faultAt(random, Math.round((period + random.next()) * lengthMs), options));
  return { seed, seconds, pauseMs, faults: drawn.toSorted((a, b) => a.at - b.at) };
};

/** For the story and the report. */
export const describe = (fault: Fault): string => {
  switch (fault.kind) {
    case 'step':
      return `${fault.target} dies at ${fault.step}`;
    case 'line':
      return `${fault.target} ${Object.values(fault.weather).join(' ')} for ${fault.forMs} ms`;
    case 'kill':
      return `${fault.target} is killed`;
    case 'restart':
      return `${fault.target} is restarted`;
    case 'pause':
      return `${fault.target} is paused for ${fault.forMs} ms`;
    case 'quota':
      return `${fault.target} is full for ${fault.forMs} ms`;
  }
};
