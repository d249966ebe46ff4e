import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { PROCESSES } from '../local/processes.ts';
import { configurationGuide, configurationText } from './guide.ts';
import { allVariables, byReaders } from './settings.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const all = await allVariables();

it('lists every process, each variable with a meaning, and says which are secret', () => {
  expect(new Set(all.flatMap(({ processes }) => processes))).toEqual(new Set(PROCESSES.map(({ name }) => name)));
  expect(all.filter(({ meaning }) => meaning.length < 10)).toEqual([]);
  expect(all.filter(({ name, secret }) => !secret && /SECRET|PASSWORD|SIGNING/.test(name))).toEqual([]);
  expect(all.find(({ name }) => name === 'DATABASE_URL')).toMatchObject({
    secret: true,
    processes: expect.arrayContaining(['analytics']),
  });
});

it('says the unit of whatever is a number of something', () => {
  const units = { MS: /millisecond/, MB: /megabyte/, RATE: /a minute/, TIMEOUT: /second/ };
  for (const { name, meaning } of all)
    for (const [ending, unit] of Object.entries(units)) if (name.endsWith(`_${ending}`)) expect(meaning).toMatch(unit);
});

it('shows the same as a page and in a terminal', () => {
  const [page, terminal] = [configurationGuide(all), configurationText(all)];
  for (const { name } of all) {
    expect(page).toContain(`| \`${name}\` |`);
    expect(terminal).toContain(`  ${name} `);
  }
  expect(byReaders(all).flatMap(([, group]) => group)).toHaveLength(all.length);
});

it('is all that a process lacks when it is started with nothing', async () => {
  for (const { name, entry } of PROCESSES.filter(({ name: each }) => each === 'gateway')) {
    const ended: unknown = await run(process.execPath, [entry, '--check'], { cwd: root, env: {} }).catch(
      (error: unknown) => error,
    );
    const { stderr = '' } = ended as { stderr?: string };
    const missing = [...stderr.matchAll(/^\s*(\w+) is missing/gm)].map(([, variable]) => variable);
    const required = all.filter(({ processes, fallback }) => processes.includes(name) && fallback === undefined);
    expect(missing.toSorted()).toEqual(required.map((variable) => variable.name).toSorted());
  }
}, 120_000);

it('is what the local copy sets: nothing is set that nobody reads', () => {
  const source = readFileSync(new URL('../local/environment.ts', import.meta.url), 'utf8');
  const set = [...source.matchAll(/^\s+(?:\.\.\.\(.*\{ )?([A-Z][A-Z_]+):/gm)].map(([, name]) => name!);
  const known = new Set([...all.map(({ name }) => name), 'NODE_COMPILE_CACHE']);
  expect(set.filter((name) => !known.has(name))).toEqual([]);
});
