import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import { tailOf } from '../logs.ts';
import { endProcess, markOf } from '../process-table.ts';
import { postWarden } from '../warden.ts';
import type { Command } from './postgres-user.ts';

const START_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 10_000;
const POLL_MS = 25;

export interface Engine {
  name: string;
  command: Command;
  /** Variables beside those of this process. */
  env?: Record<string, string>;
  log: string;
  pidFile: string;
  isReady: () => Promise<boolean>;
  /** Tried one after another, ten seconds apart. */
  stopSignals: NodeJS.Signals[];
  advice: string;
}

/** Runs an engine by itself, without a supervisor that would start it again; resolves when it is ready, with what stops it. */
export async function runEngine(engine: Engine): Promise<() => Promise<void>> {
  const { file, args, as } = engine.command;
  const fd = openSync(engine.log, 'a');
  const child = spawn(file, args, {
    ...as,
    env: { ...process.env, ...engine.env },
    stdio: ['ignore', fd, fd],
    detached: true,
  });
  closeSync(fd);
  const warden = postWarden([engine.pidFile]);
  const ended = once(child, 'exit');
  const mark = child.pid === undefined ? undefined : markOf(child.pid);
  const stop = async () => {
    if (mark) await endProcess(mark, engine.stopSignals, STOP_GRACE_MS);
    await ended;
    warden.dismiss();
  };
  const until = Date.now() + START_TIMEOUT_MS;
  try {
    while (!(await engine.isReady())) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > until) {
        throw new Failure(`${engine.name} did not start:\n${tailOf(engine.log)}`, engine.advice);
      }
      await delay(POLL_MS);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
