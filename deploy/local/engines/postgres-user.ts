import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { Failure, reasonOf } from '../failure.ts';

const run = promisify(execFile);

export interface RunAs {
  uid: number;
  gid: number;
}

/** Whom PostgreSQL runs as: undefined means as ourselves; it refuses root, so root gets a `postgres` user, made when missing. */
export async function postgresUser(): Promise<RunAs | undefined> {
  if (userInfo().uid !== 0) return undefined;
  const known = await lookUp();
  if (known) return known;
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  } catch (error) {
    throw new Failure(
      `PostgreSQL refuses to run as root, and the user "postgres" could not be made: ${reasonOf(error)}`,
      'Start Pelagic as an ordinary user, or make a system user named postgres first.',
    );
  }
  const made = await lookUp();
  if (!made) throw new Error('useradd made no user postgres');
  return made;
}

async function lookUp(): Promise<RunAs | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined; // `id` fails for an unknown user
  }
}

export interface Command {
  file: string;
  args: string[];
  as: RunAs | undefined;
}

/**
 * The command that runs a program as another user. A checkout in a folder that only root may enter (its home, a `mktemp -d`)
 * is closed to that user: then it keeps the one capability that lets it pass folders, and no other.
 */
export async function commandAs(
  user: RunAs | undefined,
  program: string,
  args: string[],
  needs: string[],
): Promise<Command> {
  const closed = user && [program, ...needs].find((path) => !isOpenTo(user, path));
  if (!user || !closed) return { file: program, args, as: user };
  try {
    await run('setpriv', ['--version']);
  } catch {
    throw new Failure(
      `PostgreSQL refuses to run as root, and its user may not enter the folders above ${closed}.`,
      'Start Pelagic as an ordinary user, open those folders (chmod o+x), or install setpriv (util-linux).',
    );
  }
  const capability = '+dac_read_search';
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  const kept = [`--inh-caps=${capability}`, `--ambient-caps=${capability}`];
  return { file: 'setpriv', args: [...identity, ...kept, '--', program, ...args], as: undefined };
}

/** Whether every folder above `path` lets the user through. */
function isOpenTo(user: RunAs, path: string): boolean {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if (!(mode & bit)) return false;
  }
  return true;
}
