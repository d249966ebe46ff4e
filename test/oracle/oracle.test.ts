import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Enterprise } from '../mesh/enterprise.ts';
import { caughtBy } from './catch.ts';
import { foundForOracle } from './enterprise.ts';
import { sentenceOf, totalOf } from './ledger.ts';
import { MUTANTS } from './mutants.ts';
import { consult } from './run.ts';
import { foundWorld, SMALL, type World } from './world.ts';

const SEED = 1;
/** Of a machine that does other things too. */
const TIMEOUT_MS = 300_000;

let house: Enterprise;
let world: World;

beforeAll(async () => {
  house = await foundForOracle();
  world = await foundWorld(house, SEED, SMALL);
});
afterAll(() => house?.stop());

it('product and oracle agree on who sees and does what', { timeout: TIMEOUT_MS }, async () => {
  const { counts, found, steps } = await consult(world, { decisions: 5_000, stepsEach: 6 });
  console.info(`oracle: seed ${SEED}, ${totalOf(counts)} decisions after ${steps.length} steps`);
  expect(found.map(sentenceOf)).toEqual([]);
  expect(totalOf(counts)).toBeGreaterThanOrEqual(5_000);
});

/** The others take longer, or a quiet machine: `npm run oracle` tries them all. */
const QUICK = 2;

describe('the oracle sees', () => {
  it.each(MUTANTS.slice(0, QUICK))('that $name', { timeout: TIMEOUT_MS }, async (mutant) => {
    const difference = await caughtBy(world, mutant);
    expect(difference && sentenceOf(difference), 'nobody saw it').toBeTruthy();
  });
});
