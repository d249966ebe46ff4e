import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Enterprise } from '../mesh/enterprise.ts';
import { foundForOracle } from './enterprise.ts';
import { sentenceOf, totalOf } from './ledger.ts';
import { consult } from './run.ts';
import { foundWorld, SMALL } from './world.ts';

const SEED = Number(process.env['ORACLE_SEED'] ?? 1);

let house: Enterprise;

beforeAll(async () => {
  house = await foundForOracle();
});
afterAll(() => house?.stop());

it('product and oracle agree on who sees and does what', async () => {
  const world = await foundWorld(house, SEED, SMALL);
  const { counts, found, steps } = await consult(world, {
    decisions: 5_000,
    stepsEach: 5,
    say: (text) => console.info(text),
  });
  console.info(`oracle: seed ${SEED}, ${steps.length} steps, ${totalOf(counts)} decisions`, Object.fromEntries(counts));
  expect(found.map(sentenceOf)).toEqual([]);
});
