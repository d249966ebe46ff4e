import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { closeChannels } from '@pelagic/chassis/client';
import { caughtBy } from './catch.ts';
import { foundForOracle } from './enterprise.ts';
import { sentenceOf, totalOf } from './ledger.ts';
import { MUTANTS } from './mutants.ts';
import { consult } from './run.ts';
import { foundWorld, FULL, SMALL } from './world.ts';

const HELP = `Asks the product and the oracle who may see and do what, in an enterprise that keeps changing.

  --seed=1           the same seed founds the same enterprise and does the same to it
  --decisions=100000 rounds go on until so many comparisons were made
  --steps=           or until so many things have happened
  --each=8           what happens between two rounds of questions
  --small            the enterprise of the test
  --out=reports      where the figures go`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    decisions: { type: 'string', default: '100000' },
    steps: { type: 'string' },
    each: { type: 'string', default: '8' },
    small: { type: 'boolean', default: false },
    out: { type: 'string', default: 'reports' },
    help: { type: 'boolean', default: false },
  },
});

const run = async (): Promise<void> => {
  const began = performance.now();
  const seed = Number(values.seed);
  const house = await foundForOracle();
  try {
    const world = await foundWorld(house, seed, values.small ? SMALL : FULL);
    const { counts, found, steps } = await consult(world, {
      decisions: Number(values.decisions),
      ...(values.steps && { steps: Number(values.steps) }),
      stepsEach: Number(values.each),
      say: (text) => console.info(text),
    });
    const seconds = Math.round((performance.now() - began) / 1_000);
    const paths = Object.fromEntries([...counts].toSorted(([a], [b]) => a.localeCompare(b)));
    console.table(paths);
    console.info(
      `seed ${seed}: ${totalOf(counts)} decisions after ${steps.length} steps in ${seconds} s, ${found.length} differences`,
    );
    for (const difference of found) console.info(`after step ${difference.step}: ${sentenceOf(difference)}`);
    mkdirSync(values.out, { recursive: true });
    const report = { seed, seconds, decisions: totalOf(counts), paths, steps, differences: found };
    writeFileSync(join(values.out, `oracle-${seed}.json`), JSON.stringify(report, undefined, 2));
    if (found.length) process.exitCode = 1;
    for (const mutant of MUTANTS) {
      const difference = await caughtBy(world, mutant);
      console.info(`${mutant.name}: ${difference ? sentenceOf(difference) : 'nobody saw it'}`);
      if (!difference) process.exitCode = 1;
    }
  } finally {
    await house.stop();
    closeChannels();
  }
};

if (values.help) console.info(HELP);
else await run();
