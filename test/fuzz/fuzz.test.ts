import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHouse, type House } from './house.ts';
import { faultText, loggedFaults, tell } from './report.ts';
import { fuzz, type Outcome } from './run.ts';
import { OPERATIONS } from './schema.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
/** So many for each operation of the document that most of them come to do something. */
const EACH = 18;
const SHARES = { rest: OPERATIONS.length * EACH, grpc: 1_100, figures: 350, events: 250 };

let house: House;
let outcome: Outcome;

beforeAll(async () => {
  house = await openHouse(SEED);
  outcome = await fuzz(house, SEED, SHARES);
  tell(outcome);
}, 600_000);
afterAll(() => house?.enterprise.stop());

it('whatever is sent is done, or refused with its reason and field; nothing breaks', () => {
  const logged = outcome.faults.length ? loggedFaults(house.enterprise.mesh) : [];
  expect([...outcome.faults.map(faultText), ...logged]).toEqual([]);
  expect(outcome.requests).toBeGreaterThanOrEqual(5_000);
});

it('every operation of the document is asked, most of them do something, and rules are met', () => {
  const { operations, done } = outcome.parts['rest'] as { operations: number; done: number };
  expect(operations).toBe(OPERATIONS.length);
  expect(done).toBeGreaterThan(OPERATIONS.length * 0.6);
  expect(outcome.rules).toBeGreaterThan(outcome.requests * 0.2);
});
