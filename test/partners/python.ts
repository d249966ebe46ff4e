import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../../deploy/local/paths.ts';
import type { Event } from '../../docs/guide/partner/follow.ts';
import { settleVenv } from '../venv.ts';
import type { Login } from './house.ts';

const NATS_PY = 'nats-py==2.16.*';
const GUIDE = join(ROOT, 'docs/guide/partner');

/** A Python with nats-py. Throws with what to do when it cannot be had. */
const settlePython = (): string => join(settleVenv('nats-py', NATS_PY), 'python');

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

const RECEIVE = `
import json, sys
from receive import receive
def begin(generation): print(json.dumps({"begun": generation}), flush=True)
def apply(event): print(json.dumps(event), flush=True)
receive(int(sys.argv[1]), sys.argv[2], begin, apply)
`;

const call = (python: string, text: string, args: string[], take: (event: Event) => void): ChildProcess => {
  const child = spawn(python, ['-c', text, ...args], {
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
  const child = call(settlePython(), FOLLOW, [url, user, password], take);
  return { stop: () => child.kill() };
};

/** From that time on, to its end. */
export const replayInPython = async (
  url: string,
  { user, password }: Login,
  since: string,
  take: (event: Event) => void,
): Promise<void> => {
  const child = call(settlePython(), REPLAY, [url, user, password, since], take);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The replay in Python ended with ${code}.`);
};

/** What is posted to a port of this machine, for ever, until it is stopped; `begun` of a generation comes as a line of its own. */
export const receiveInPython = (
  port: number,
  secret: string,
  take: (said: Event & { begun?: number }) => void,
): { stop: () => void } => {
  const child = call('python3', RECEIVE, [String(port), secret], take);
  return { stop: () => child.kill() };
};
