import { outcomes } from './history.ts';
import { describe } from './plan.ts';
import { plots } from './plots.ts';
import type { Run } from './run.ts';
import type { Trial } from './seed-bug.ts';
import { acknowledgedIn, writesIn } from './writers.ts';

/** Differences that are written out; more of a kind say nothing new. */
const LISTED_MAX = 200;

const countsOf = (items: string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(items, (item) => item)].map(([item, same]) => [item, same.length]));

/** What was run and found, as data. */
export const figuresOf = (run: Run) => {
  const { plan, history, done, verdict } = run;
  return {
    seed: plan.seed,
    faults: plan.faults.length,
    faultsByKind: countsOf(plan.faults.map(({ kind }) => kind)),
    writes: writesIn(history.ops),
    acknowledged: acknowledgedIn(history.ops),
    asked: history.ops.length,
    outcomes: outcomes(history.ops),
    reasons: countsOf(
      history.ops.flatMap(({ kind, outcome, status, reason }) =>
        outcome === 'ok' ? [] : [`${kind}: ${status} ${reason}`],
      ),
    ),
    events: verdict.events,
    twiceInStream: verdict.twiceInStream,
    writingSeconds: Math.round(run.writingMs / 1_000),
    healSeconds: run.healMs / 1_000,
    drainSeconds: run.drainMs / 1_000,
    memoryMb: run.memoryMb,
    checks: verdict.findings.map(({ check, compared, differences }) => ({
      check,
      compared,
      differences: differences.length,
    })),
    kinds: countsOf(verdict.differences.map(({ kind, place }) => (place ? `${kind} ${place}` : kind))),
    differences: verdict.differences.slice(0, LISTED_MAX),
    did: done.map(({ fault, from, to, note }) => ({ what: describe(fault), from, to, note })),
    verdict: verdict.differences.length ? 'different' : 'clean',
  };
};

const columns = (rows: string[][]): string => {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows
    .map((row) => row.map((cell, at) => (at ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!))).join('  '))
    .join('\n');
};

/** For the terminal. */
export const table = (run: Run): string => {
  const figures = figuresOf(run);
  const writes = Object.entries(figures.outcomes).map(([kind, { ok, fail, unknown }]) => [
    kind,
    ...[ok, fail, unknown].map(String),
  ]);
  const checks = figures.checks.map(({ check, compared, differences }) => [
    check,
    ...[compared, differences].map(String),
  ]);
  const listed = figures.differences.slice(0, 20).map(({ check, kind, what }) => `  ${check}: ${kind}: ${what}`);
  return [
    columns([['write', 'ok', 'refused', 'unknown'], ...writes]),
    columns([['check', 'compared', 'differences'], ...checks]),
    ...listed,
    `seed ${figures.seed}: ${figures.faults} faults, ${figures.writes} writes, ${figures.acknowledged} acknowledged, ${figures.events} events, ` +
      `${figures.twiceInStream} twice in a stream, drained in ${figures.drainSeconds} s: ${figures.verdict}`,
  ].join('\n\n');
};

/** Which bugs were seen, beside the same without them. */
export const trialsTable = (trials: Trial[]): string =>
  columns([
    ['bug', 'without it', 'with it', 'seen by', 'seconds'],
    ...trials
      .filter(({ planted }) => planted)
      .map(({ bug, found, caughtBy, tookMs }) => [
        bug,
        String(trials.find((trial) => trial.bug === bug && !trial.planted)?.found.length ?? '-'),
        String(found.length),
        caughtBy?.check ?? 'nothing',
        (tookMs / 1_000).toFixed(0),
      ]),
  ]);

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const grid = (heads: string[], rows: (string | number)[][]): string =>
  `<table><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${escape(String(cell))}</td>`).join('')}</tr>`)
    .join('')}</table>`;

const STYLE = `body{font:14px system-ui,sans-serif;margin:2rem;max-width:75rem;color:#1b2733}
table{border-collapse:collapse;margin:1rem 0}td,th{border-bottom:1px solid #d6dde4;padding:.2rem .8rem;text-align:left}
td:not(:first-child){font-variant-numeric:tabular-nums}svg{width:100%;height:auto}h2{margin-top:2rem}
.clean{color:#0a7d4b}.different{color:#b3261e}`;

/** One page that needs nothing else. */
export const pageOf = (run: Run): string => {
  const figures = figuresOf(run);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Chaos, seed ${figures.seed}</title><style>${STYLE}</style>
<h1>Chaos, seed ${figures.seed}: <span class="${figures.verdict}">${figures.verdict}</span></h1>
<p>${figures.faults} faults in ${figures.writes} writes, ${figures.acknowledged} of them acknowledged (${figures.asked} requests; each row of an import is a write),
${figures.events} events, ${figures.twiceInStream} of them twice in a stream. Healed in ${figures.healSeconds} s, drained in ${figures.drainSeconds} s.</p>
${plots(run)}
<h2>Writes</h2>${grid(
    ['kind', 'ok', 'refused', 'unknown'],
    Object.entries(figures.outcomes).map(([kind, { ok, fail, unknown }]) => [kind, ok, fail, unknown]),
  )}
<h2>Checks</h2>${grid(
    ['check', 'compared', 'differences'],
    figures.checks.map(({ check, compared, differences }) => [check, compared, differences]),
  )}
<h2>Differences</h2>${grid(
    ['check', 'kind', 'what'],
    figures.differences.map(({ check, kind, place, what }) => [check, place ? `${kind} (${place})` : kind, what]),
  )}
<h2>Faults</h2>${grid(
    ['from', 'to', 'what', 'note'],
    figures.did.map(({ from, to, what, note }) => [`${from} ms`, `${to} ms`, what, note]),
  )}
</html>
`;
};
