/**
 * What `npm test` runs, in this order. Each step is a command of the packages; `tests` marks vitest runs, whose tests are
 * counted.
 * @typedef {{ name: string, command: string[], tests?: true, env?: Record<string, string> }} Step
 * @typedef {{ name: string, prepare?: () => Promise<Record<string, string>>, steps: Step[] }} Stage
 */
import { settleChromium } from './chromium.mjs';

/** @type {(project: string) => Step} */
const vitest = (project) => ({ name: 'vitest', command: ['vitest', 'run', '--project', project], tests: true });

/** @type {(...tasks: string[]) => string[]} */
const turbo = (...tasks) => [
  ...['turbo', 'run', ...tasks],
  ...['--output-logs=errors-only', '--log-prefix=none', '--concurrency=2'],
];

/** @type {Stage[]} */
export const stages = [
  { name: 'lint', steps: [{ name: 'eslint, prettier, buf lint', command: turbo('lint', 'format:check') }] },
  { name: 'types', steps: [{ name: 'tsc, svelte-check', command: turbo('check') }] },
  {
    name: 'generated',
    steps: [{ name: 'all that follows from the contracts is current', command: turbo('generate:check') }],
  },
  { name: 'breaking', steps: [{ name: 'buf breaking', command: turbo('breaking') }] },
  { name: 'dead', steps: [{ name: 'knip', command: turbo('dead') }] },
  { name: 'rules', steps: [{ name: 'dependency-cruiser', command: turbo('rules') }] },
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
