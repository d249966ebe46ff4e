/**
 * What `npm test` runs, in this order. Each step is a command of the packages; `tests` marks vitest runs, whose tests are
 * counted.
 * @typedef {{ name: string, command: string[], tests?: true, env?: Record<string, string> }} Step
 * @typedef {{ name: string, prepare?: () => Promise<Record<string, string>>, steps: Step[] }} Stage
 */
import { settleChromium } from './chromium.mjs';

/** @type {(project: string) => Step} */
const vitest = (project) => ({ name: 'vitest', command: ['vitest', 'run', '--project', project], tests: true });

/** @type {(task: string) => string[]} */
const turbo = (task) => ['turbo', 'run', task, '--output-logs', 'errors-only', '--concurrency', '2'];

/** @type {Stage[]} */
export const stages = [
  {
    name: 'lint',
    steps: [
      { name: 'eslint and buf lint of each workspace', command: turbo('lint') },
      { name: 'eslint of the rest', command: ['eslint', '--max-warnings', '0', 'test', 'eslint', '*.js', '*.ts'] },
      { name: 'prettier', command: ['prettier', '--check', '--cache', '--log-level', 'warn', '.'] },
    ],
  },
  {
    name: 'types',
    steps: [
      { name: 'tsc and svelte-check of each workspace', command: turbo('check') },
      { name: 'tsc of test', command: ['tsc', '-p', 'test'] },
    ],
  },
  { name: 'generated', steps: [{ name: 'what follows from the contracts is current', command: turbo('generate:check') }] },
  { name: 'breaking', steps: [{ name: 'buf breaking', command: ['npm', 'run', '--silent', 'proto:breaking'] }] },
  { name: 'dead', steps: [{ name: 'knip', command: ['knip'] }] },
  { name: 'rules', steps: [{ name: 'dependency-cruiser', command: ['npm', 'run', '--silent', 'rules'] }] },
  {
    name: 'unit',
    steps: [
      { ...vitest('unit'), name: 'vitest on real engines' },
      { name: 'vitest of web', command: ['npm', 'run', '--silent', '-w', '@pelagic/web', 'test', '--'], tests: true },
    ],
  },
  { name: 'web', steps: [{ name: 'vite build', command: ['node', 'test/build-web.ts'] }] },
  { name: 'mesh', steps: [{ ...vitest('mesh'), name: 'vitest with all processes' }] },
  {
    name: 'browser',
    prepare: settleChromium,
    steps: [{ ...vitest('browser'), name: 'vitest with chromium' }],
  },
];
