// `npm run nightly`: the full figures of every instrument, one after the other; `npm run nightly -- chaos fuzz` these only. Takes about eight
// hours on two cores. Everything runs, whatever failed before it; ends with 1 when anything did. Figures go into reports/.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { passSignalsTo, root, withBinaries } from '../deploy/local/foreground.mjs';
import { settlePackages } from '../deploy/local/packages.mjs';

/** @typedef {{ name: string, what: string, args: string[], env?: Record<string, string> }} Run */

/** @type {(project: string, ...files: string[]) => string[]} */
const vitest = (project, ...files) => ['node_modules/vitest/vitest.mjs', 'run', `--project=${project}`, ...files];

/** Where the figures of issues are that take no longer at night. */
const WHOLE_IN_TEST = [
  'services/office/src/approval',
  'services/sales/src/receipt/receipt.test.ts',
  'services/sales/src/contract/contract.test.ts',
  'services/marketing/src/submission',
  'services/ticket/src/submission',
  'capabilities/src/calendar/working-time.test.ts',
  'analytics/src/sql/language/hostile.test.ts',
  'test/partners.test.ts',
];

/** @type {Run[]} */
const RUNS = [
  {
    name: 'bench',
    what: 'rates, lists, search, freshness, dashboards, analysts, an hour of load',
    args: ['test/bench/main.ts'],
  },
  { name: 'chaos', what: 'five seeds of 200 faults in 20,000 writes', args: ['test/chaos/main.ts', '--seeds=5'] },
  { name: 'chaos', what: 'ten seeded bugs are seen', args: ['test/chaos/main.ts', '--bugs=all'] },
  { name: 'chaos', what: 'ten minutes without NATS', args: ['test/chaos/main.ts', '--away=nats'] },
  { name: 'chaos', what: 'ten minutes without ClickHouse', args: ['test/chaos/main.ts', '--away=analytics'] },
  {
    name: 'drill',
    what: 'rows, messages and stores lost and healed on command, a million events rebuilt',
    args: ['test/drill/main.ts'],
  },
  {
    name: 'drill',
    what: 'the same found and healed by the job',
    args: ['test/drill/main.ts', '--by-itself', '--rebuild=0'],
  },
  {
    name: 'rollout',
    what: 'two replicas of everything replaced under load, with migrations between',
    args: ['test/drill/main.ts', '--rollout'],
  },
  { name: 'k8s', what: 'the chart, both profiles, by the API of Kubernetes', args: ['deploy/chart/main.ts'] },
  { name: 'images', what: 'the steps of the Dockerfile, each process from there', args: ['deploy/docker/main.ts'] },
  { name: 'oracle', what: '100,000 decisions', args: ['test/oracle/main.ts', '--decisions=100000'] },
  {
    name: 'money',
    what: '20,000 histories of contracts, receipts and refunds',
    args: vitest('unit', 'services/sales/src/receipt/money.test.ts'),
    env: { MONEY_HISTORIES: '20000' },
  },
  {
    name: 'partners',
    what: '100,000 events over 10 breaks, by the guide’s clients',
    args: vitest('unit', 'test/partner-guide.test.ts'),
    env: { PARTNER_EVENTS: '100000' },
  },
  // As in `npm test`, where they already are whole.
  {
    name: 'limits',
    what: '100 at once, public forms and robots, working hours, hostile partners and statements',
    args: vitest('unit', ...WHOLE_IN_TEST),
  },
  {
    name: 'limits',
    what: 'memory of everything, a warm start',
    args: vitest('mesh', 'test/mesh/limits.test.ts'),
  },
  {
    name: 'demo',
    what: 'all of the demo, in three minutes',
    args: vitest('mesh', 'test/mesh/demo.test.ts'),
    env: { DEMO_SHARE: '1' },
  },
  {
    name: 'fuzz',
    what: '200,000 requests and 30 minutes of Schemathesis',
    args: ['test/fuzz/main.ts', '--requests=200000'],
  },
];

const asked = process.argv.slice(2);
const names = [...new Set(RUNS.map(({ name }) => name))];
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no ${unknown.join(', ')}; there are ${names.join(', ')}.\n`);
  process.exit(2);
}
if ((await settlePackages()) === 'failed') process.exit(1);

/** @type {{ run: Run, code: number, minutes: string }[]} */
const outcomes = [];
for (const run of RUNS.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  process.stdout.write(`\n${run.name}: ${run.what}\n$ node ${run.args.join(' ')}\n`);
  const began = performance.now();
  const code = await execute(run);
  outcomes.push({ run, code, minutes: ((performance.now() - began) / 60_000).toFixed(1) });
}
process.stdout.write('\n');
for (const { run, code, minutes } of outcomes)
  process.stdout.write(`  ${code === 0 ? '✓' : '✗'} ${run.name}: ${run.what}, ${minutes} min\n`);
process.exit(outcomes.some(({ code }) => code !== 0) ? 1 : 0);

/**
 * @param {Run} run
 * @returns {Promise<number>}
 */
function execute({ args, env = {} }) {
  return new Promise((resolve) => {
    const child = spawn('node', args, { cwd: root, env: { ...withBinaries(), ...env }, stdio: 'inherit' });
    child.once('error', () => resolve(1));
    const end = passSignalsTo(child);
    child.once('close', (code) => {
      end();
      resolve(code ?? 1);
    });
  });
}
