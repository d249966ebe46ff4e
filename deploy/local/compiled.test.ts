import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureCompiled } from './compiled.ts';
import type { ProcessSpec } from './supervise.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pelagic-compiled-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A process that writes down how it was started. */
const processes = (count: number): ProcessSpec[] => {
  const entry = join(folder, 'main.mjs');
  writeFileSync(entry, `import { appendFileSync } from 'node:fs'; appendFileSync('started', process.argv[2] + '\\n');`);
  const command = async () => ({ file: process.execPath, args: [entry], env: {} });
  return Array.from({ length: count }, () => ({ command, cwd: folder }) as ProcessSpec);
};
const started = (): string[] => readFileSync(join(folder, 'started'), 'utf8').trim().split('\n');

it('lets each process load its code once, and not again until the code changes', async () => {
  let begun = 0;
  const ensure = () => ensureCompiled(join(folder, 'cache'), processes(5), () => (begun += 1));
  await ensure();
  expect(started()).toEqual(Array.from({ length: 5 }, () => '--check'));
  await ensure();
  expect([started().length, begun]).toEqual([5, 1]);
});

it('is not done when the start is given up', async () => {
  const given = AbortSignal.abort();
  const ensure = (signal?: AbortSignal) => ensureCompiled(join(folder, 'cache'), processes(1), () => {}, signal);
  await expect(ensure(given)).rejects.toThrow();
  await ensure();
  expect(started()).toHaveLength(1);
});
