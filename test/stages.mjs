/**
 * What `npm test` runs, in this order. Each step is a command of the packages; `tests` marks vitest runs, whose tests are
 * counted; `prepare` fetches what the machine has to have, and says what the steps need in their environment.
 * @typedef {{ name: string, command: string[], tests?: true, env?: Record<string, string> }} Step
 * @typedef {{ name: string, tasks?: string[], prepare?: () => Promise<Record<string, string>>, steps: Step[] }} Stage
 */
import { settleChromium } from './chromium.mjs';
import { settlePython } from './python.mjs';

/** @type {(project: string, ...more: string[]) => Step} */
const vitest = (project, ...more) => ({
  name: 'vitest',
  command: ['vitest', 'run', '--project', project, ...more],
  tests: true,
});

/** @type {(...tasks: string[]) => string[]} */
const turbo = (...tasks) => [
  ...['turbo', 'run', ...tasks],
  ...['--output-logs=errors-only', '--log-prefix=none', '--concurrency=2'],
];

/** @type {(name: string, what: string, ...tasks: string[]) => Stage} */
const still = (name, what, ...tasks) => ({ name, tasks, steps: [{ name: what, command: turbo(...tasks) }] });

/** @type {Stage[]} */
export const stages = [
  still('lint', 'eslint, prettier, buf lint', 'lint:code', 'format:check'),
  still('types', 'tsc, svelte-check', 'check'),
  still('generated', 'what follows from the contracts is current', 'generate:check'),
  still('breaking', 'buf breaking', 'breaking'),
  still('dead', 'knip', 'dead'),
  still('rules', 'dependency-cruiser', 'rules'),
  {
    name: 'unit',
    prepare: settlePython,
    steps: [
      { ...vitest('unit'), name: 'vitest on real engines' },
      { name: 'vitest of web', command: ['npm', 'run', '--silent', '-w', '@pelagic/web', 'test', '--'], tests: true },
    ],
  },
  { name: 'web', steps: [{ name: 'vite build', command: ['node', 'test/build-web.ts'] }] },
  { name: 'mesh', steps: [{ ...vitest('mesh', '--maxWorkers=2'), name: 'vitest with all processes' }] },
  {
    name: 'proof',
    steps: [{ ...vitest('proof', '--maxWorkers=2'), name: 'chaos, drills, oracle and fuzz, the small forms' }],
  },
  {
    name: 'browser',
    prepare: settleChromium,
    steps: [{ ...vitest('browser'), name: 'vitest with chromium' }],
  },
];

/**
 * Those that only look at the files run side by side, as one: each of their tools takes one core.
 * @param {Stage[]} chosen
 * @returns {Stage[]}
 */
export function sideBySide(chosen) {
  const looking = chosen.filter(({ tasks }) => tasks);
  if (looking.length < 2) return chosen;
  const what = looking.map(({ name }) => name).join(', ');
  const tasks = looking.flatMap(({ tasks = [] }) => tasks);
  return [still('files', what, ...tasks), ...chosen.filter(({ tasks }) => !tasks)];
}
