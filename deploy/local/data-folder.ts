import { mkdirSync, statfsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { Failure, reasonOf } from './failure.ts';

/** Below this a start is refused, in bytes: PostgreSQL alone writes some hundred megabytes of log ahead of its data. */
const NEEDED_BYTES = 500e6;

/** Makes the data folder and asserts that it can be written to and that the disk has room. */
export function openDataFolder(dataDir: string): void {
  try {
    // Closed to others; as root, PostgreSQL's user must be able to pass through.
    mkdirSync(dataDir, { recursive: true, mode: userInfo().uid === 0 ? 0o711 : 0o700 });
  } catch (error) {
    throw new Failure(
      `The data folder ${dataDir} cannot be made: ${reasonOf(error)}`,
      'Choose another one: PELAGIC_DATA=/path/to/folder npm start',
    );
  }
  const free = freeBytes(dataDir);
  if (free < NEEDED_BYTES) throw diskFull(dataDir, free);
}

/** A failure when the disk is all but full, to be told instead of what it made fail. */
export function diskTrouble(dataDir: string): Failure | undefined {
  const free = freeBytes(dataDir);
  return free < NEEDED_BYTES / 10 ? diskFull(dataDir, free) : undefined;
}

function diskFull(dataDir: string, free: number): Failure {
  return new Failure(
    `The disk of ${dataDir} has ${Math.round(free / 1e6)} MB left.`,
    `Make room (at least ${NEEDED_BYTES / 1e6} MB; old logs in ${dataDir}/logs may go), or put the data elsewhere: PELAGIC_DATA=/path/to/folder npm start. Nothing that was saved is lost.`,
  );
}

export function freeBytes(dir: string): number {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
}
