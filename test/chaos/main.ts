import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { WITHOUT_PAGES } from '../../deploy/local/processes.ts';
import { BUGS } from './bugs.ts';
import type { Difference } from './difference.ts';
import { runOutage, type Away } from './outage.ts';
import { drawPlan, type Plan } from './plan.ts';
import { figuresOf, pageOf, table, trialsTable } from './report.ts';
import { runPlan } from './run.ts';
import { tryBug, type Trial } from './seed-bug.ts';
import { foundWorld, type World } from './world.ts';

const { values: asked } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    faults: { type: 'string', default: '200' },
    writes: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '900' },
    writers: { type: 'string', default: '12' },
    pause: { type: 'string', default: '30' },
    plan: { type: 'string' },
    bugs: { type: 'string' },
    away: { type: 'string' },
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '100' },
    pairs: { type: 'string', default: '3' },
    out: { type: 'string', default: 'reports' },
    read: { type: 'string' },
    to: { type: 'string' },
  },
});

const say = (line: string): void => console.log(line);

const planOf = (world: World, seed: number): Plan =>
  asked.plan
    ? (JSON.parse(readFileSync(asked.plan, 'utf8')) as Plan)
    : drawPlan({
        seed,
        faults: Number(asked.faults),
        seconds: Number(asked.seconds),
        pauseMs: Number(asked.pause) * 1_000,
        nodes: WITHOUT_PAGES,
        lines: [...world.lines.keys()],
      });

/** True when nothing differs. */
const runSeed = async (seed: number): Promise<boolean> => {
  say(`seed ${seed}: everything starts`);
  const world = await foundWorld();
  try {
    const plan = planOf(world, seed);
    mkdirSync(asked.out, { recursive: true });
    writeFileSync(join(asked.out, `chaos-${seed}.plan.json`), JSON.stringify(plan, null, 2));
    const writesMin = Number(asked.writes);
    const run = await runPlan({
      world,
      plan,
      writers: Number(asked.writers),
      spacingMs: Math.max(20, (Number(asked.writers) * plan.seconds * 1_000) / (writesMin * 1.2)),
      writesMin,
      drainMaxMs: 300_000,
      say,
    });
    const figures = figuresOf(run);
    writeFileSync(join(asked.out, `chaos-${seed}.json`), JSON.stringify(figures, null, 2));
    writeFileSync(join(asked.out, `chaos-${seed}.html`), pageOf(run));
    say(table(run));
    return run.verdict.differences.length === 0;
  } finally {
    await world.stop();
  }
};

/** Each bug's way to light without the bug, then with it. True when the first find nothing and the second the bug. */
const runBugs = async (names: string[]): Promise<boolean> => {
  const bugs = BUGS.filter(({ name }) => names.includes('all') || names.includes(name));
  if (!bugs.length) throw new Error(`Bugs are ${BUGS.map(({ name }) => name).join(', ')} or all.`);
  const world = await foundWorld();
  const trials: Trial[] = [];
  const before: Difference[] = [];
  try {
    for (const planted of [false, true]) {
      for (const bug of bugs) {
        say(`${planted ? 'with' : 'without'} ${bug.name}: ${bug.says}`);
        const seed = Number(asked.seed) + trials.length;
        const trial = await tryBug({ world, bug, planted, seed, before, drainMaxMs: planted ? 15_000 : 180_000, say });
        trials.push(trial);
        before.push(...trial.found);
        say(trial.caughtBy ? `caught: ${trial.caughtBy.check}: ${trial.caughtBy.what}` : `${trial.found.length} found`);
      }
    }
  } finally {
    await world.stop();
  }
  mkdirSync(asked.out, { recursive: true });
  writeFileSync(join(asked.out, 'chaos-bugs.json'), JSON.stringify(trials, null, 2));
  say(trialsTable(trials));
  return trials.every(({ planted, caughtBy, found }) => (planted ? caughtBy : !found.length));
};

/** True when nothing differs. The figures are for whoever reads them: they depend on the machine. */
const runAway = async (away: Away): Promise<boolean> => {
  const world = await foundWorld();
  try {
    const [minutes, rate, pairs] = [Number(asked.minutes), Number(asked.rate), Number(asked.pairs)];
    const outage = await runOutage({ world, away, minutes, rate, pairs, say });
    mkdirSync(asked.out, { recursive: true });
    writeFileSync(join(asked.out, `outage-${away}.json`), JSON.stringify(outage, null, 2));
    const median = outage.ratios.toSorted((a, b) => a - b)[Math.floor(pairs / 2)];
    say(
      `without ${away} p95 is ${median} times as long (median of ${pairs} pairs); ${outage.events} events, ${outage.differences} differences`,
    );
    return outage.differences === 0;
  } finally {
    await world.stop();
  }
};

if (asked.read) {
  const { readClickhouse } = await import('./read-clickhouse.ts');
  await readClickhouse(asked.read, asked.to!);
} else if (asked.away) {
  if (asked.away !== 'nats' && asked.away !== 'analytics')
    throw new Error('nats or analytics (ClickHouse) can be away.');
  process.exitCode = (await runAway(asked.away)) ? 0 : 1;
} else if (asked.bugs) {
  process.exitCode = (await runBugs(asked.bugs.split(','))) ? 0 : 1;
} else {
  let clean = true;
  for (let place = 0; place < Number(asked.seeds); place += 1) {
    clean = (await runSeed(Number(asked.seed) + place)) && clean;
  }
  process.exitCode = clean ? 0 : 1;
}
