import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure, reasonOf } from './failure.ts';
import { tailOf } from './logs.ts';
import type { RunAs } from './engines/postgres-user.ts';

const POLL_MS = 50;

export interface Command {
  file: string;
  args: string[];
  env: Record<string, string>;
  as?: RunAs | undefined;
}

export interface ProcessSpec {
  name: string;
  /** Settles what to run; called before every start, so it may also prepare or clean up. */
  command: () => Promise<Command>;
  cwd: string;
  /** Its output is appended here. */
  log: string;
  /** True when it serves; asked every 50 ms after a start. */
  isReady: () => Promise<boolean>;
  /** True when it runs and will not serve again by itself; asked every few seconds once it was ready. It is then ended and started. */
  isStuck?: () => Promise<boolean>;
  /** Signal that asks it to stop; SIGKILL follows after the grace. */
  stopSignal: NodeJS.Signals;
  /** What to do when it does not start. */
  advice: string;
}

export type ProcessEvent =
  | { kind: 'ready'; name: string; tookMs: number; again: boolean }
  | { kind: 'died'; name: string; how: string; retryInMs: number; log: string };

/** How patient the supervisor is; all in milliseconds but the attempts. */
export interface Pace {
  /** Wait before the first restart, in milliseconds; doubled by each further one. */
  firstMs: number;
  longestMs: number;
  /** After this long up, a death counts as the first one again. */
  resetAfterMs: number;
  /** Time to become ready at the first start. */
  startMs: number;
  /** Time to stop before SIGKILL. */
  graceMs: number;
  /** Between two looks whether it is stuck. */
  lookEveryMs: number;
  /** Deaths before it was ever ready that end the start. */
  startAttempts: number;
}

export const PACE: Pace = {
  firstMs: 500,
  longestMs: 30_000,
  resetAfterMs: 60_000,
  startMs: 120_000,
  graceMs: 10_000,
  lookEveryMs: 5_000,
  startAttempts: 3,
};

/** Wait before the restart after so many deaths, in milliseconds. */
export function backoffMs(deaths: number, pace: Pace): number {
  return Math.min(pace.firstMs * 2 ** (deaths - 1), pace.longestMs);
}

/** Runs one process: starts it, watches it, starts it again with back-off when it dies, stops it. */
export class Supervised {
  readonly name: string;
  readonly #spec: ProcessSpec;
  readonly #report: (event: ProcessEvent) => void;
  readonly #onSpawn: (name: string, pid: number) => void;
  readonly #pace: Pace;
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  /** Settled by the first readiness, or by giving up before it; undefined while nobody waits for a start. */
  #starting: PromiseWithResolvers<void> | undefined;
  /** Counts starts and stops: whatever began under an older number is out of date. */
  #turn = 0;
  #wasReady = false;
  #deaths = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    spec: ProcessSpec,
    report: (event: ProcessEvent) => void,
    onSpawn: (name: string, pid: number) => void,
    pace: Pace = PACE,
  ) {
    this.name = spec.name;
    this.#spec = spec;
    this.#report = report;
    this.#onSpawn = onSpawn;
    this.#pace = pace;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when it serves. Throws a `Failure` when it dies several times before, or takes too long. */
  async start(): Promise<void> {
    await this.stop();
    this.#wasReady = false;
    this.#deaths = 0;
    this.#starting = Promise.withResolvers();
    const { promise } = this.#starting;
    const tooLong = setTimeout(
      () => this.#giveUp(`was not ready after ${this.#pace.startMs / 1000} s`),
      this.#pace.startMs,
    );
    this.#launch(this.#turn);
    try {
      await promise;
    } finally {
      clearTimeout(tooLong);
      this.#starting = undefined;
    }
  }

  /** Stops it for good: it is not restarted. */
  async stop(): Promise<void> {
    this.#turn++;
    clearTimeout(this.#retry);
    this.#starting?.reject(new Failure(`${this.name} was stopped before it was ready.`, this.#spec.advice));
    const child = this.#child;
    if (!child) return;
    child.kill(this.#spec.stopSignal);
    const impatience = setTimeout(() => killGroup(child), this.#pace.graceMs);
    await this.#exited;
    clearTimeout(impatience);
  }

  /** Sends a signal and changes nothing else: killed by it, it is restarted as after any death. */
  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  #launch(turn: number): void {
    this.#run(turn).catch((error: unknown) => {
      if (turn !== this.#turn) return;
      if (error instanceof Failure && this.#starting) return this.#starting.reject(error);
      this.#died(turn, `could not be started (${reasonOf(error)})`, 0);
    });
  }

  async #run(turn: number): Promise<void> {
    const startedAt = Date.now();
    const command = await this.#spec.command();
    if (turn !== this.#turn) return;
    const child = this.#spawn(command);
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      const onEnd = (how: string) => {
        this.#child = undefined;
        resolve();
        this.#died(turn, how, Date.now() - startedAt);
      };
      child.once('error', (error) => onEnd(`could not be run (${error.message})`));
      child.once('exit', (code, signal) => onEnd(signal ? `was killed by ${signal}` : `ended with code ${code}`));
    });
    if (child.pid !== undefined) this.#onSpawn(this.name, child.pid);
    while (this.#child === child && !(await this.#spec.isReady())) await delay(POLL_MS);
    if (this.#child !== child || turn !== this.#turn) return;
    this.#report({ kind: 'ready', name: this.name, tookMs: Date.now() - startedAt, again: this.#wasReady });
    this.#wasReady = true;
    this.#starting?.resolve();
    void this.#watch(child, turn);
  }

  async #watch(child: ChildProcess, turn: number): Promise<void> {
    const { isStuck, stopSignal } = this.#spec;
    if (!isStuck) return;
    const runs = (): boolean => this.#child === child && turn === this.#turn;
    while (runs()) {
      await delay(this.#pace.lookEveryMs, undefined, { ref: false });
      if (!runs() || !(await isStuck())) continue;
      child.kill(stopSignal);
      setTimeout(() => runs() && killGroup(child), this.#pace.graceMs).unref();
      return;
    }
  }

  #spawn(command: Command): ChildProcess {
    const fd = openSync(this.#spec.log, 'a');
    try {
      writeSync(fd, `--- ${new Date().toISOString()} start of ${this.name}\n`);
      // A session of its own keeps the terminal's Ctrl-C away, so that things stop in order. The pipe at its stdin
      // closes when this process ends, however it ends: that is how a child notices (see leave-with-parent.mjs).
      const stdio: StdioOptions = ['pipe', fd, fd];
      return spawn(command.file, command.args, {
        cwd: this.#spec.cwd,
        env: command.env,
        ...command.as,
        stdio,
        detached: true,
      });
    } finally {
      closeSync(fd);
    }
  }

  #died(turn: number, how: string, upMs: number): void {
    if (turn !== this.#turn) return; // it was told to
    this.#deaths = upMs > this.#pace.resetAfterMs ? 1 : this.#deaths + 1;
    if (this.#starting && this.#deaths >= this.#pace.startAttempts) return this.#giveUp(how);
    const retryInMs = backoffMs(this.#deaths, this.#pace);
    this.#report({ kind: 'died', name: this.name, how, retryInMs, log: this.#spec.log });
    this.#retry = setTimeout(() => this.#launch(turn), retryInMs);
  }

  #giveUp(why: string): void {
    this.#starting?.reject(new Failure(`${this.name} ${why}:\n${tailOf(this.#spec.log)}`, this.#spec.advice));
  }
}

/** The process leads a group of its own: whatever it started goes with it. */
function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it ended at this moment
  }
}
