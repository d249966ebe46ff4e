import { existsSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { Failure } from './failure.ts';
import { deleteData } from './installation.ts';
import { crashedIn, lockFile, runningIn } from './lock.ts';
import { endOrphans } from './orphans.ts';
import { reapNats } from './engines/nats.ts';
import { reapPostgres } from './engines/postgres.ts';
import { dataDirFrom, partsOf } from './paths.ts';
import { tell, tellFailure } from './story.ts';

/** `npm run reset`: deletes the data after asking. Resolves with the exit code. */
export async function main(args: string[]): Promise<number> {
  try {
    const { values } = parseArgs({ args, options: { yes: { type: 'boolean', default: false } } });
    const dataDir = dataDirFrom(process.env['PELAGIC_DATA']);
    if (!existsSync(dataDir)) {
      tell(`There is nothing to reset: ${dataDir} does not exist.`);
      return 0;
    }
    refuseWhileRunning(dataDir);
    if (!values.yes && !(await confirmed(dataDir))) {
      tell('Nothing was deleted.');
      return 1;
    }
    await reset(dataDir);
    tell('Done. `npm start` begins anew.');
    return 0;
  } catch (error) {
    tellFailure(error);
    return 1;
  }
}

/** Deletes the parts of a data folder, and the folder when nothing else is in it. Throws while Pelagic runs in it. */
export async function reset(dataDir: string): Promise<void> {
  await wipe(dataDir);
  const { secrets, logs, cache } = partsOf(dataDir);
  for (const path of [secrets, logs, cache, lockFile(dataDir)]) rmSync(path, { recursive: true, force: true });
  if (readdirSync(dataDir).length === 0) rmdirSync(dataDir);
}

/** Deletes the data, but neither secrets nor logs, after ending what a crashed run left running on it. */
export async function wipe(dataDir: string): Promise<void> {
  refuseWhileRunning(dataDir);
  const { postgres, nats } = partsOf(dataDir);
  await endOrphans(crashedIn(dataDir));
  await Promise.all([reapPostgres(postgres), reapNats(nats)]);
  deleteData(dataDir);
}

function refuseWhileRunning(dataDir: string): void {
  const run = runningIn(dataDir);
  if (!run) return;
  throw new Failure(
    `Pelagic is running in ${dataDir} (process ${run.supervisor.pid}).`,
    'Stop it first: Ctrl-C in its terminal.',
  );
}

async function confirmed(dataDir: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new Failure('There is no terminal to ask in.', 'If you are sure: npm run reset -- --yes');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`This deletes everything in ${dataDir}. Type yes to go on: `);
  terminal.close();
  return answer.trim().toLowerCase() === 'yes';
}
