import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { installationIn, recordInstallation, settleInstallation } from './installation.ts';
import { takeLock } from './lock.ts';
import { partsOf } from './paths.ts';
import { reset } from './reset.ts';
import { loadSecrets } from './secrets.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pelagic-reset-'));
  for (const part of ['postgres', 'nats', 'logs']) mkdirSync(join(dir, part));
  loadSecrets(dir, ['customer']);
  recordInstallation(dir, { kind: 'demo', state: 'ready', logins: [] });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('deletes a data folder', async () => {
  await reset(dir);
  expect(existsSync(dir)).toBe(false);
});

it('leaves alone what is not Pelagic’s, when PELAGIC_DATA points at a folder with other things', async () => {
  writeFileSync(join(dir, 'thesis.odt'), 'years of work');
  await reset(dir);
  expect(readdirSync(dir)).toEqual(['thesis.odt']);
});

it('refuses while Pelagic runs', async () => {
  const lock = takeLock(dir, 'http://localhost:7300');
  await expect(reset(dir)).rejects.toThrow('Pelagic is running');
  expect(existsSync(partsOf(dir).postgres)).toBe(true);
  lock.release();
});

it('says what to do when the record of what the folder holds is damaged, and deletes it all the same', async () => {
  writeFileSync(partsOf(dir).installation, '{"kind": "de');
  expect(() => settleInstallation(dir, false)).toThrow('is damaged');
  await reset(dir);
  expect(existsSync(dir)).toBe(false);
});

it('settles what a start brings up: the demo at first, then what the folder holds', () => {
  expect(settleInstallation(dir, false)).toEqual(installationIn(dir));
  expect(() => settleInstallation(dir, true)).toThrow('holds the demo enterprise');
  rmSync(partsOf(dir).installation);
  expect(settleInstallation(dir, false)).toMatchObject({ kind: 'demo', state: 'loading' });
  recordInstallation(dir, { kind: 'empty', state: 'ready', logins: [] });
  expect(settleInstallation(dir, false).kind).toBe('empty');
});

it('keeps the secrets over a start, and adds those of a new process', () => {
  const before = loadSecrets(dir, ['customer']);
  const after = loadSecrets(dir, ['customer', 'sales']);
  expect(after.postgres).toBe(before.postgres);
  expect(after.signingKey).toEqual(before.signingKey);
  expect(after.databases['customer']).toBe(before.databases['customer']);
  expect(after.databases['sales']).toHaveLength(32);
  writeFileSync(partsOf(dir).secrets, '{"postgres": "cut sh');
  expect(() => loadSecrets(dir, ['customer'])).toThrow('cannot be read');
});
