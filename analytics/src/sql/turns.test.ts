import { expect, it } from 'vitest';
import { openTurns } from './turns.ts';

const RUNNING_MAX = 2;

const staying = new AbortController().signal;
const settled = async (work: Promise<unknown>): Promise<boolean> =>
  Promise.race([work.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);

it('lets so many run at once and the others in the order in which they came', async () => {
  const turns = openTurns(RUNNING_MAX);
  const running = await Promise.all(
    Array.from({ length: RUNNING_MAX }, (_, index) => turns.take(`p${index}`, staying)),
  );
  const [first, second] = [turns.take('a', staying), turns.take('b', staying)];
  expect([await settled(first), await settled(second)]).toEqual([false, false]);
  running[0]!();
  expect([await settled(first), await settled(second)]).toEqual([true, false]);
  (await first)();
  expect(await settled(second)).toBe(true);
});

it('turns one person away who has several, and nobody else', async () => {
  const turns = openTurns(RUNNING_MAX);
  const own = Array.from({ length: 4 }, () => turns.take('a', staying));
  await expect(turns.take('a', staying)).rejects.toMatchObject({ reason: 'SQL_QUEUE_FULL_FOR_YOU' });
  const other = turns.take('b', staying);
  (await own[0]!)();
  const again = turns.take('a', staying);
  expect(await settled(other)).toBe(false);
  expect(await settled(again)).toBe(false);
});

it('turns everybody away when too many wait', async () => {
  const turns = openTurns(RUNNING_MAX);
  for (let index = 0; index < RUNNING_MAX + 60; index += 1) void turns.take(`p${index}`, staying);
  await expect(turns.take('late', staying)).rejects.toMatchObject({ reason: 'SQL_QUEUE_FULL' });
});

it('gives the place of who has gone to the next', async () => {
  const turns = openTurns(RUNNING_MAX);
  const [one] = await Promise.all(Array.from({ length: RUNNING_MAX }, (_, index) => turns.take(`p${index}`, staying)));
  const going = new AbortController();
  const gone = turns.take('a', going.signal);
  const next = turns.take('b', staying);
  going.abort();
  await expect(gone).rejects.toMatchObject({ code: 'CANCELLED' });
  one!();
  expect(await settled(next)).toBe(true);
});
