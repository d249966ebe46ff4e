import type { Difference } from './difference.ts';
import type { Run } from './run.ts';

const WIDTH = 1_100;
const LEFT = 150;
const LANE = 16;
const COLORS: Record<string, string> = {
  kill: '#b3261e',
  step: '#d9480f',
  pause: '#5f3dc4',
  restart: '#1971c2',
  line: '#e8890c',
  quota: '#087f5b',
  ok: '#37b24d',
  fail: '#868e96',
  unknown: '#f08c00',
  lost: '#b3261e',
  doubled: '#5f3dc4',
  disordered: '#e8890c',
};

const text = (x: number, y: number, words: string): string => `<text x="${x}" y="${y}" font-size="11">${words}</text>`;

const svg = (height: number, parts: string[]): string =>
  `<svg viewBox="0 0 ${WIDTH} ${height}" xmlns="http://www.w3.org/2000/svg">${parts.join('')}</svg>`;

const keyTo = (names: string[]): string =>
  `<p>${names.map((name) => `<span style="color:${COLORS[name] ?? '#1b2733'}">■ ${name}</span>`).join(' &nbsp; ')}</p>`;

/** Faults as bars, a lane for each target. */
const timeline = ({ done }: Run, x: (ms: number) => number): string => {
  const lanes = [...new Set(done.map(({ fault }) => fault.target))].toSorted();
  const bars = done.map(({ fault, from, to }) => {
    const y = lanes.indexOf(fault.target) * LANE + 4;
    return `<rect x="${x(from)}" y="${y}" width="${Math.max(3, x(to) - x(from))}" height="${LANE - 6}" fill="${COLORS[fault.kind]}"/>`;
  });
  const names = lanes.map((lane, at) => text(0, at * LANE + 13, lane));
  return `<h2>Faults</h2>${keyTo(['kill', 'step', 'pause', 'restart', 'line', 'quota'])}${svg(lanes.length * LANE + 8, [...names, ...bars])}`;
};

/** Answers per slice of time, stacked. */
const answers = ({ history: { ops } }: Run, x: (ms: number) => number, endMs: number): string => {
  const slices = 120;
  const slice = endMs / slices;
  const counts = Array.from({ length: slices }, () => ({ ok: 0, unknown: 0, fail: 0 }));
  for (const { ended, outcome } of ops)
    counts[Math.min(slices - 1, Math.max(0, Math.floor(ended / slice)))]![outcome] += 1;
  const most = Math.max(1, ...counts.map(({ ok, fail, unknown }) => ok + fail + unknown));
  const bars = counts.flatMap((count, at) => {
    let y = 120;
    return (['ok', 'unknown', 'fail'] as const).map((outcome) => {
      const height = (count[outcome] / most) * 110;
      y -= height;
      return `<rect x="${x(at * slice)}" y="${y}" width="${Math.max(1, x(slice) - x(0) - 1)}" height="${height}" fill="${COLORS[outcome]}"/>`;
    });
  });
  return `<h2>Answers</h2>${keyTo(['ok', 'unknown', 'fail'])}${svg(124, [text(0, 12, `${most} a slice`), ...bars])}`;
};

/** What was lost, doubled or out of order, at the time at which it had been written. */
const losses = ({ verdict, beganAt }: Run, x: (ms: number) => number): string => {
  const kinds: Difference['kind'][] = ['lost', 'doubled', 'disordered', 'unequal', 'foreign', 'stuck'];
  const marks = verdict.differences.map(({ kind, at, place }) => {
    const y = kinds.indexOf(kind) * LANE + 10;
    const shape = place === 'prefix' ? '◀' : place === 'postfix' ? '▶' : '●';
    return `<text x="${at === undefined ? LEFT - 14 : x(at - beganAt)}" y="${y + 3}" font-size="9" fill="${COLORS[kind] ?? '#1b2733'}">${shape}</text>`;
  });
  const names = kinds.map((kind, at) => {
    const count = verdict.differences.filter((difference) => difference.kind === kind).length;
    return text(0, at * LANE + 13, `${kind}: ${count}`);
  });
  return `<h2>Losses</h2><p>When what differs had been written; ◀ before everything that is there, ● in the middle, ▶ after it.</p>${svg(kinds.length * LANE + 8, [...names, ...marks])}`;
};

/** What happened when. */
export const plots = (run: Run): string => {
  const endMs = Math.max(1, ...run.history.ops.map(({ ended }) => ended), ...run.done.map(({ to }) => to));
  const x = (ms: number): number => LEFT + (Math.max(0, ms) / endMs) * (WIDTH - LEFT - 10);
  return [timeline(run, x), answers(run, x, endMs), losses(run, x)].join('');
};
