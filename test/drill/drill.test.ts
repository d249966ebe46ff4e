import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Enterprise } from '../mesh/enterprise.ts';
import { drillAll, foundForDrill, tellStory } from './drill.ts';

const ROWS = 100;

let house: Enterprise;

beforeAll(async () => {
  house = await foundForDrill();
  await tellStory(house, 2 * ROWS);
});
afterAll(() => house?.stop());

it('what is lost in a stream, in ClickHouse or with a whole store is found and put back, and nothing happens twice', async () => {
  const { drilled, before, after } = await drillAll(house, { rows: ROWS, byItself: false });
  console.table(drilled);
  expect(drilled.map(({ drill, equal }) => `${drill}: ${equal}`)).toEqual(drilled.map(({ drill }) => `${drill}: true`));
  expect(after).toEqual(before);
}, 600_000);
