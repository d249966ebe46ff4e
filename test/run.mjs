// `npm test`: everything, on a fresh machine too. Any Node from 20 on runs it; what it starts runs in the Node of the
// packages. `npm test -- lint types` runs these stages only. Stops at the first stage that fails, with its output.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { passSignalsTo, root, wasInterrupted, withBinaries } from '../deploy/local/foreground.mjs';
import { settlePackages } from '../deploy/local/packages.mjs';
import { sideBySide, stages } from './stages.mjs';

/** @typedef {import('./stages.mjs').Stage} Stage */
/** @typedef {import('./stages.mjs').Step} Step */
/** @typedef {{ ok: boolean, output: string, passed: number, failed: number, skipped: number }} Outcome */

/** No step takes this long unless it hangs. */
const STEP_MAX_MS = 20 * 60_000;
/** For output that is still on its way when a step has ended. */
const LAST_WORDS_MS = 2_000;
const NAME_WIDTH = Math.max(...stages.map(({ name }) => name.length));
const scratch = mkdtempSync(join(tmpdir(), 'pelagic-test-'));

const code = await main(process.argv.slice(2));
rmSync(scratch, { recursive: true });
process.exit(code);

/** @param {string[]} asked */
async function main(asked) {
  const unknown = asked.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    process.stderr.write(
      `There is no stage ${unknown.join(', ')}; there are ${stages.map(({ name }) => name).join(', ')}.\n`,
    );
    return 2;
  }
  if ((await settlePackages()) === 'failed') return 1;
  const chosen = sideBySide(stages.filter(({ name }) => asked.length === 0 || asked.includes(name)));
  const startedAt = performance.now();
  const prepared = prepareAll(chosen);
  const total = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string | undefined} */
  let stoppedAt;
  for (const stage of chosen) {
    const outcome = await runStage(stage, prepared.get(stage));
    total.passed += outcome.passed;
    total.skipped += outcome.skipped;
    // A stage that is not made of tests, or could not run them, is one failure.
    total.failed += outcome.ok ? 0 : Math.max(outcome.failed, 1);
    if (outcome.ok) continue;
    stoppedAt = stage.name;
    break;
  }
  tellEnd(chosen, stoppedAt, total, performance.now() - startedAt);
  return stoppedAt === undefined ? 0 : 1;
}

/**
 * What stages need from outside is fetched while those before them run; one after the other, for apt-get lets in nobody else.
 * @param {Stage[]} chosen
 */
function prepareAll(chosen) {
  /** @type {Map<Stage, Promise<Record<string, string>>>} */
  const prepared = new Map();
  /** @type {Promise<unknown>} */
  let before = Promise.resolve();
  for (const stage of chosen) {
    if (!stage.prepare) continue;
    const mine = before.then(stage.prepare);
    prepared.set(stage, mine);
    // Its stage tells of it.
    before = mine.catch(() => {});
  }
  return prepared;
}

/**
 * One line: the stage, its steps, how long they took.
 * @param {Stage} stage
 * @param {Promise<Record<string, string>>} [prepared]
 * @returns {Promise<Outcome>}
 */
async function runStage(stage, prepared) {
  process.stdout.write(`  ${stage.name.padEnd(NAME_WIDTH)}  ${stage.steps.map(({ name }) => name).join(', ')} … `);
  const startedAt = performance.now();
  const outcome = await runSteps(stage, prepared);
  const { ok, passed, failed, skipped } = outcome;
  const counts = passed + failed + skipped > 0 ? `, ${countsOf(outcome)}` : '';
  process.stdout.write(`${ok ? '✓' : '✗'} ${seconds(performance.now() - startedAt)}${counts}\n`);
  if (!ok) process.stdout.write(`\n${outcome.output.trimEnd()}\n\n`);
  return outcome;
}

/**
 * @param {Stage} stage
 * @param {Promise<Record<string, string>>} [prepared]
 * @returns {Promise<Outcome>}
 */
async function runSteps({ steps }, prepared) {
  /** @type {Outcome[]} */
  const outcomes = [];
  try {
    const env = await prepared;
    for (const step of steps) {
      outcomes.push(await runStep(step, env));
      if (!outcomes.at(-1)?.ok) break;
    }
  } catch (error) {
    outcomes.push({ ok: false, output: /** @type {Error} */ (error).message, passed: 0, failed: 0, skipped: 0 });
  }
  /** @param {'passed' | 'failed' | 'skipped'} key */
  const sum = (key) => outcomes.reduce((all, outcome) => all + outcome[key], 0);
  return {
    ok: outcomes.every(({ ok }) => ok),
    output: outcomes.flatMap(({ ok, output }) => (ok ? [] : [output.trimEnd()])).join('\n\n'),
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: sum('skipped'),
  };
}

/**
 * @param {Step} step
 * @param {Record<string, string>} [env]
 * @returns {Promise<Outcome>}
 */
async function runStep({ name, command, tests }, env) {
  const report = join(scratch, `${name.replaceAll(' ', '-')}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const [file = '', ...args] = tests ? [...command, ...reporters] : command;
  const { code, output } = await execute(file, args, env);
  const counts = tests ? testsIn(report) : { passed: 0, failed: 0, skipped: 0 };
  return { ok: code === 0, output: `$ ${[file, ...args].join(' ')}\n${output}`, ...counts };
}

/**
 * @param {string} file
 * @param {string[]} args
 * @param {Record<string, string>} [more]
 * @returns {Promise<{ code: number, output: string }>}
 */
function execute(file, args, more) {
  const env = {
    ...withBinaries(),
    ...colours(),
    TURBO_TELEMETRY_DISABLED: '1',
    // The tests start hundreds of processes of the same code: each finds it compiled.
    NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compile'),
    ...more,
  };
  const child = spawn(file, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: STEP_MAX_MS });
  const end = passSignalsTo(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  /** @type {Promise<number>} */
  const ended = new Promise((done) => {
    child.once('error', (error) => {
      output += error.message;
      done(1);
    });
    child.once('exit', (code, signal) => {
      if (signal && !wasInterrupted())
        output += `\nIt was ended by ${signal}: longer than ${seconds(STEP_MAX_MS)}, or out of memory.`;
      // What it left behind may hold the pipes open for ever.
      child.once('close', () => done(code ?? 1));
      setTimeout(() => done(code ?? 1), LAST_WORDS_MS).unref();
    });
  });
  return ended.then((code) => ({ code, output })).finally(end);
}

/** The programs write into pipes; what they wrote goes on to a terminal, or to a log. */
function colours() {
  if (process.stdout.isTTY) return { FORCE_COLOR: '1' };
  return process.env['FORCE_COLOR'] ? {} : { NO_COLOR: '1' };
}

/**
 * What vitest counted; nothing when it did not come that far.
 * @param {string} report
 */
function testsIn(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  } catch {
    // Without a report nothing was counted, and the step's exit code says that it failed.
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

/**
 * @param {Stage[]} chosen
 * @param {string | undefined} stoppedAt
 * @param {{ passed: number, failed: number, skipped: number }} total
 * @param {number} tookMs
 */
function tellEnd(chosen, stoppedAt, total, tookMs) {
  const names = chosen.map(({ name }) => name);
  const notRun = stoppedAt === undefined ? [] : names.slice(names.indexOf(stoppedAt) + 1);
  const rest = notRun.length > 0 ? ` Not run: ${notRun.join(', ')}.` : '';
  process.stdout.write(
    `\n  ${stoppedAt === undefined ? 'All is well' : `${stoppedAt} failed`} after ${seconds(tookMs)}.${rest}\n\n`,
  );
  process.stdout.write(`${countsOf(total)}\n`);
}

/** @param {{ passed: number, failed: number, skipped: number }} counts */
function countsOf({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** @param {number} ms */
function seconds(ms) {
  const all = Math.round(ms / 1_000);
  return all < 60 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.floor(all / 60)} min ${all % 60} s`;
}
