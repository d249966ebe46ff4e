import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './failure.ts';
import { isAlive, markOf, type ProcessMark } from './process-table.ts';

/** What a run writes down about itself, so that the next one can tell a running copy from a crashed one and clean up after it. */
export interface Run {
  supervisor: ProcessMark;
  address: string;
  /** The processes that the run started, by name. */
  children: Record<string, ProcessMark>;
}

export interface Lock {
  /** The run that crashed and left its lock behind, undefined when the last one ended well. */
  crashed: Run | undefined;
  /** Remembers a started process, so that it can be found if this run crashes. */
  remember(name: string, pid: number): void;
  /** Gives the folder free; done by the end of a run that left nothing behind. */
  release(): void;
}

/** Takes the data folder for this process. Throws a `Failure` when another living run has it. */
export function takeLock(dataDir: string, address: string): Lock {
  const file = lockFile(dataDir);
  const supervisor = markOf(process.pid);
  if (!supervisor) throw new Error('cannot see my own process');
  const run: Run = { supervisor, address, children: {} };
  const crashed = claim(file, run);
  // Until the orphans are gone, the lock keeps their marks: this run may crash too.
  if (crashed) run.children = { ...crashed.children };
  const save = () => replace(file, run);
  save();
  return {
    crashed,
    remember(name, pid) {
      const mark = markOf(pid);
      if (mark) run.children[name] = mark;
      save();
    },
    release() {
      if (readRun(file)?.supervisor.born === supervisor.born) rmSync(file, { force: true });
    },
  };
}

/** The run that crashed and left its lock in the data folder, if any. */
export function crashedIn(dataDir: string): Run | undefined {
  const run = readRun(lockFile(dataDir));
  return run && !isAlive(run.supervisor) ? run : undefined;
}

/** The living run that holds the data folder, if any. */
export function runningIn(dataDir: string): Run | undefined {
  const run = readRun(lockFile(dataDir));
  return run && isAlive(run.supervisor) ? run : undefined;
}

export function lockFile(dataDir: string): string {
  return join(dataDir, 'run.lock');
}

function claim(file: string, run: Run): Run | undefined {
  let crashed: Run | undefined;
  // `link` fails when the lock exists, so of two starts at once only one comes through.
  for (let attempt = 0; attempt < 10; attempt++) {
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(run), { mode: 0o600 });
    try {
      linkSync(draft, file);
      return crashed;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft, { force: true });
    }
    crashed = setAsideStale(file) ?? crashed;
  }
  throw new Failure(
    `The lock ${file} keeps changing.`,
    'Another start is under way in this folder. Wait for it, then try again.',
  );
}

/** Moves a stale lock away and returns it. Throws when its run is alive. */
function setAsideStale(file: string): Run | undefined {
  const holder = readRun(file);
  if (holder && isAlive(holder.supervisor)) throw alreadyRunning(holder);
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return undefined; // another start was quicker: look again
  }
  const moved = readRun(aside);
  if (moved && isAlive(moved.supervisor)) {
    // It was replaced between the look and the move: put it back.
    renameSync(aside, file);
    throw alreadyRunning(moved);
  }
  rmSync(aside, { force: true });
  return moved;
}

function alreadyRunning(run: Run): Failure {
  return new Failure(
    `Pelagic is already running here (process ${run.supervisor.pid}): ${run.address}`,
    'Use that one, or stop it first. A second copy needs a folder and ports of its own: PELAGIC_DATA=.data-two PELAGIC_PORT=7400 npm start',
  );
}

function readRun(file: string): Run | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Run;
  } catch {
    return undefined; // no lock, or one cut short by a full disk: then nothing is known of its run
  }
}

function replace(file: string, run: Run): void {
  const draft = `${file}.new.${process.pid}`;
  writeFileSync(draft, JSON.stringify(run, undefined, 1), { mode: 0o600 });
  renameSync(draft, file);
}
