import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WITHOUT_PAGES } from '../../deploy/local/processes.ts';
import { processTree } from '../../deploy/local/process-table.ts';
import type { Fault, Plan } from './plan.ts';
import { empty, fill } from './quota.ts';
import type { World } from './world.ts';

/** A fault as it was done: when it began and ended, and what became of it. */
export type Done = { fault: Fault; from: number; to: number; note: string };

/** PostgreSQL works in children of the process that the supervisor knows, each in a session of its own. */
const signal = ({ house: { mesh } }: World, name: string, what: 'SIGSTOP' | 'SIGCONT'): void => {
  const pid = mesh.pid(name);
  if (pid === undefined) return;
  for (const each of processTree(pid)) {
    try {
      process.kill(each, what);
    } catch {
      // It ended between the look and the signal.
    }
  }
};

/** A file of its own for each: a death in an earlier run in the same world is none in this one. */
const marks = new Map<Fault, string>();
const markOf = ({ folder }: World, fault: Fault): string => {
  const mark = marks.get(fault) ?? mkdtempSync(join(folder, 'death-'));
  marks.set(fault, mark);
  return join(mark, 'at');
};

const inflict = async (world: World, fault: Fault): Promise<string> => {
  const { mesh } = world.house;
  switch (fault.kind) {
    case 'kill':
      mesh.kill(fault.target, 'SIGKILL');
      return '';
    case 'restart':
      await mesh.restart(fault.target);
      return '';
    case 'step':
      // With a mark it dies once; the variables stay and do no more harm.
      await mesh.restart(fault.target, { PELAGIC_CRASH_AT: fault.step, PELAGIC_CRASH_MARK: markOf(world, fault) });
      return '';
    case 'pause':
      signal(world, fault.target, 'SIGSTOP');
      await sleep(fault.forMs);
      signal(world, fault.target, 'SIGCONT');
      return '';
    case 'line': {
      const line = world.lines.get(fault.target);
      line?.set(fault.weather);
      await sleep(fault.forMs);
      line?.set({ kind: 'clear' });
      return '';
    }
    case 'quota': {
      const note = await fill(world, fault.target).then(
        () => '',
        (error: unknown) => `could not be filled: ${(error as Error).message}`,
      );
      await sleep(fault.forMs);
      await empty(world, fault.target).catch(() => undefined);
      return note;
    }
  }
};

export type Nemesis = {
  /** Resolves when all faults are over, healed or not. */
  over: Promise<void>;
  done: Done[];
};

/** Does what the plan says, at its times; faults may overlap. */
export const unleash = (world: World, { faults }: Plan, now: () => number, tell: (fault: Fault) => void): Nemesis => {
  const done: Done[] = [];
  const began = now();
  const one = async (fault: Fault): Promise<void> => {
    await sleep(Math.max(0, fault.at - (now() - began)));
    tell(fault);
    const entry: Done = { fault, from: now(), to: -1, note: '' };
    done.push(entry);
    entry.note = await inflict(world, fault).catch((error: unknown) => (error as Error).message.split('\n')[0] ?? '');
    entry.to = now();
  };
  return { done, over: Promise.all(faults.map(one)).then(() => undefined) };
};

const HEALED_MS = 60_000;

/** Everything runs and can talk again. Steps that nothing came by are forgotten. */
export const heal = async (world: World, done: Done[]): Promise<void> => {
  const { mesh } = world.house;
  const all = ['postgres', 'nats', ...WITHOUT_PAGES];
  for (const name of all) signal(world, name, 'SIGCONT');
  for (const line of world.lines.values()) line.set({ kind: 'clear' });
  for (const disk of world.disks.of.values()) await disk.free();
  for (const { fault } of done) {
    if (fault.kind === 'step') note(world, done, fault);
  }
  const began = performance.now();
  for (const name of all) {
    while (!(await isReady(world, name))) {
      if (performance.now() - began > HEALED_MS) await mesh.restart(name);
      await sleep(100);
    }
  }
  for (const target of ['postgres', 'nats', 'clickhouse']) await empty(world, target);
  // What was told to die at a step would still do so in the quiet of the drain.
  const deadly = [...new Set(done.flatMap(({ fault }) => (fault.kind === 'step' ? [fault.target] : [])))];
  await Promise.all(deadly.map((name) => mesh.restart(name, { PELAGIC_CRASH_AT: '' })));
};

const note = (world: World, done: Done[], fault: Fault & { kind: 'step' }): void => {
  const mark = markOf(world, fault);
  const died = existsSync(mark) && readFileSync(mark, 'utf8').includes(fault.step);
  const entry = done.find((each) => each.fault === fault)!;
  entry.note ||= died ? 'died' : 'did not come by';
};

const isReady = async ({ house: { mesh }, ask }: World, name: string): Promise<boolean> => {
  if (mesh.pid(name) === undefined) return false;
  if (name === 'postgres')
    return ask('postgres', 'select 1').then(
      () => true,
      () => false,
    );
  const path = name === 'nats' ? '/healthz' : '/readyz';
  return fetch(`${mesh.adminUrl(name)}${path}`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
};
