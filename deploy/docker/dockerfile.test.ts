import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PROCESSES } from '../local/processes.ts';
import { contextFiles, stages } from './rehearse.ts';
import { copyOf, lastWords, lineageOf, reaches } from './steps.ts';

const files = contextFiles();
const steps = stages.flatMap((stage) => stage.steps.map((step) => ({ stage, ...step })));
const has = (path: string): boolean =>
  path === '.' || files.some((file) => file === path || file.startsWith(`${path}/`));

/** Which image a process runs from. */
const imageOf = (entry: string): string => (entry.startsWith('services/') ? 'service' : (entry.split('/')[0] ?? ''));

it('copies what there is, from what was built before', () => {
  const built = new Set<string>();
  for (const stage of stages) {
    for (const { from, sources } of stage.steps.filter(({ verb }) => verb === 'COPY').map(copyOf)) {
      if (from) expect([...built], `${stage.name} copies from ${from}`).toContain(from);
      else for (const source of sources) expect(has(source), `${stage.name} copies ${source}`).toBe(true);
    }
    built.add(stage.name);
  }
});

it('has an image for every process, with its entry in it', () => {
  for (const { name, entry } of PROCESSES) {
    const lineage = lineageOf(stages, name === 'web' ? 'web' : imageOf(entry));
    expect(lineage.length, name).toBeGreaterThan(0);
    if (name === 'web') continue;
    const copied = lineage.flatMap((stage) =>
      stage.steps.filter(({ verb }) => verb === 'COPY').flatMap((step) => copyOf(step).sources),
    );
    expect(
      copied.some((source) => entry.startsWith(`${source}/`)),
      `${name}: ${entry}`,
    ).toBe(true);
    expect(files).toContain(entry);
  }
});

it('runs as nobody in particular, says whether it lives, and leaves at SIGTERM', () => {
  for (const target of ['service', 'analytics', 'gateway', 'web']) {
    const lineage = lineageOf(stages, target);
    const of = (verb: string) => lineage.flatMap((stage) => stage.steps).filter((step) => step.verb === verb);
    expect(of('USER').at(-1)?.rest).toBe('1000:1000');
    expect(of('HEALTHCHECK')).toHaveLength(1);
    expect(of('STOPSIGNAL').at(-1)?.rest).toBe('SIGTERM');
    // In JSON form Node is the first process, and not a shell that keeps the signal to itself.
    expect([...lastWords(lineage, 'ENTRYPOINT'), ...lastWords(lineage, 'CMD')][0]).toBe('node');
  }
});

it('holds no tests, no packages of the machine, and nothing for development', () => {
  expect(files.filter((file) => /\.test\.ts$|(^|\/)(node_modules|testing|build)\//.test(file))).toEqual([]);
  for (const { stage, rest } of steps.filter(({ verb, rest: each }) => verb === 'RUN' && each.includes('npm ci')))
    if (stage.name !== 'web-build') expect(rest).toContain('--omit=dev');
  expect(reaches('*\n!a\n**/b', 'a/c/b/d')).toBe(false);
  expect(reaches('*\n!a\n**/b', 'a/c')).toBe(true);
});

it('is pinned to the Node that the packages name', () => {
  const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const dockerfile = readFileSync(join(import.meta.dirname, 'Dockerfile'), 'utf8');
  expect(dockerfile).toContain(`ARG NODE=node:${dependencies['node']}-`);
});
