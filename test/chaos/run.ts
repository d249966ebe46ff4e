import { existsSync, readFileSync } from 'node:fs';
import { WITHOUT_PAGES } from '../../deploy/local/processes.ts';
import { check, type Verdict } from './check.ts';
import { drain, type Waiting } from './drain.ts';
import { beginHistory, type History } from './history.ts';
import { heal, unleash, type Done } from './nemesis.ts';
import { describe, type Plan } from './plan.ts';
import { acknowledgedIn, DAY, write, writesIn, type Mix } from './writers.ts';
import { writersOf, type World } from './world.ts';

export type Run = {
  plan: Plan;
  history: History;
  /** Milliseconds since 1970. */
  beganAt: number;
  done: Done[];
  writingMs: number;
  healMs: number;
  drainMs: number;
  left: Waiting;
  verdict: Verdict;
  /** After the drain. */
  memoryMb: Record<string, number>;
};

export type RunOptions = {
  world: World;
  plan: Plan;
  writers: number;
  mix?: Mix;
  /** Milliseconds between two writes of one writer. */
  spacingMs: number;
  /** Goes on after the plan until so many were acknowledged. */
  writesMin: number;
  drainMaxMs: number;
  say: (line: string) => void;
};

/** Longest that writers go on after the plan. */
const LONGER_MS = 600_000;

const timed = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
  const began = performance.now();
  const answer = await work();
  return [answer, Math.round(performance.now() - began)];
};

/** Resident megabytes of each process that the supervisor runs. */
export const memoryOf = ({ house: { mesh } }: World): Record<string, number> => {
  const memory: Record<string, number> = {};
  for (const name of ['nats', ...WITHOUT_PAGES]) {
    const status = `/proc/${mesh.pid(name)}/status`;
    const kilobytes = existsSync(status) && /^VmRSS:\s+(\d+)/m.exec(readFileSync(status, 'utf8'))?.[1];
    if (kilobytes) memory[name] = Math.round(Number(kilobytes) / 1_024);
  }
  return memory;
};

/** Writes while things go wrong, mends all, waits until nothing is on its way, and compares. */
export const runPlan = async ({ world, plan, say, mix = DAY, ...options }: RunOptions): Promise<Run> => {
  const beganAt = Date.now();
  const history = beginHistory();
  const writers = writersOf(world, history, plan.seed, options.writers, () => {});
  let wanted = true;
  const untilMs = plan.seconds * 1_000;
  const goesOn = () =>
    wanted || (acknowledgedIn(history.ops) < options.writesMin && history.now() < untilMs + LONGER_MS);
  const writing = timed(() => Promise.all(writers.map((writer) => write(writer, mix, options.spacingMs, goesOn))));
  const nemesis = unleash(world, plan, history.now, (fault) =>
    say(`${(history.now() / 1_000).toFixed(1).padStart(7)} s  ${describe(fault)}`),
  );
  await nemesis.over;
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, untilMs - history.now())));
  wanted = false;
  const [, healMs] = await timed(() => heal(world, nemesis.done));
  const [, writingMs] = await writing;
  say(
    `${writesIn(history.ops)} writes, ${acknowledgedIn(history.ops)} acknowledged, in ${(writingMs / 1_000).toFixed(0)} s; healed`,
  );
  const { tookMs: drainMs, left } = await drain(world, options.drainMaxMs);
  say(`drained in ${(drainMs / 1_000).toFixed(1)} s${Object.keys(left).length ? `, but ${JSON.stringify(left)}` : ''}`);
  const memoryMb = memoryOf(world);
  const verdict = await check(world, history.ops, beganAt, left);
  return { plan, history, beganAt, done: nemesis.done, writingMs, healMs, drainMs, left, verdict, memoryMb };
};
