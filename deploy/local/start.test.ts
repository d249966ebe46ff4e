import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recordInstallation } from './installation.ts';
import { ROOT } from './paths.ts';

/** Runs the bootstrap as npm does, without a terminal, and returns how it ended and what it said. */
async function run(args: string[], env: Record<string, string> = {}): Promise<{ code: number; said: string }> {
  const bootstrap = join(ROOT, 'deploy/local/bootstrap.mjs');
  const child = spawn(process.execPath, [bootstrap, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}

it('says what is wrong with a variable or an option, and what to do', async () => {
  expect(await run(['start'], { PELAGIC_PORT: '80' })).toMatchObject({
    code: 1,
    said: expect.stringContaining('PELAGIC_PORT=7400'),
  });
  expect(await run(['start', '--emty'])).toMatchObject({
    code: 1,
    said: expect.stringContaining('npm start -- --empty'),
  });
});

it('does not mix the demo and an empty start', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'pelagic-start-'));
  recordInstallation(dataDir, { kind: 'demo', state: 'ready', logins: [] });
  for (const env of [{ PELAGIC_DATA: dataDir }, { PELAGIC_DATA: dataDir, npm_config_empty: 'true' }]) {
    const args = 'npm_config_empty' in env ? ['start'] : ['start', '--empty'];
    expect(await run(args, env)).toMatchObject({ code: 1, said: expect.stringContaining('holds the demo enterprise') });
  }
  rmSync(dataDir, { recursive: true });
});

it('does not reset without being sure', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'pelagic-start-'));
  const env = { PELAGIC_DATA: dataDir };
  expect(await run(['reset'], env)).toMatchObject({ code: 1, said: expect.stringContaining('npm run reset -- --yes') });
  expect(await run(['reset', '--yes'], env)).toMatchObject({ code: 0 });
  expect(await run(['reset', '--yes'], env)).toMatchObject({
    code: 0,
    said: expect.stringContaining('nothing to reset'),
  });
});
