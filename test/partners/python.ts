import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../../deploy/local/paths.ts';
import type { Event } from '../../docs/guide/partner/follow.ts';
import type { Login } from './house.ts';

const NATS_PY = 'nats-py==2.16.*';
const FOLDER = join(ROOT, 'node_modules/.cache/nats-py');
const GUIDE = join(ROOT, 'docs/guide/partner');

/** Path of a Python with nats-py, fetched from PyPI when it is not there. Throws with what to do when it cannot be had. */
export const settlePython = (): string => {
  const python = join(FOLDER, 'bin/python');
  if (existsSync(join(FOLDER, 'settled'))) return python;
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', FOLDER]],
    [join(FOLDER, 'bin/pip'), ['install', '--quiet', NATS_PY]],
    ['touch', [join(FOLDER, 'settled')]],
  ];
  for (const [command, args] of steps) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0)
      throw new Error(
        `${command} failed, so that the guide’s Python cannot be run: ${stderr ?? ''}\nInstall Python with venv (Debian: apt-get install python3-venv).`,
      );
  }
  return python;
};

/** The guide’s client as its reader would call it: what it is told becomes a line each. */
const FOLLOW = `
import asyncio, json, sys
from follow import follow
async def begin(generation): pass
async def apply(event): print(json.dumps(event), flush=True)
asyncio.run(follow(*sys.argv[1:4], begin, apply))
`;
const REPLAY = `
import asyncio, json, sys
from follow import replay
async def apply(event): print(json.dumps(event), flush=True)
asyncio.run(replay(*sys.argv[1:5], apply))
`;

const call = (text: string, args: string[], take: (event: Event) => void): ChildProcess => {
  const child = spawn(settlePython(), ['-c', text, ...args], {
    cwd: GUIDE,
    env: { PATH: process.env['PATH'], PYTHONPATH: GUIDE, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (line.startsWith('{')) take(JSON.parse(line) as Event);
  });
  return child;
};

/** For ever, until it is stopped. */
export const followInPython = (
  url: string,
  { user, password }: Login,
  take: (event: Event) => void,
): { stop: () => void } => {
  const child = call(FOLLOW, [url, user, password], take);
  return { stop: () => child.kill() };
};

/** From that time on, to its end. */
export const replayInPython = async (
  url: string,
  { user, password }: Login,
  since: string,
  take: (event: Event) => void,
): Promise<void> => {
  const child = call(REPLAY, [url, user, password, since], take);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The replay in Python ended with ${code}.`);
};
