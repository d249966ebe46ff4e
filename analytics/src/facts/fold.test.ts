import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { opportunity } from '../cubes/opportunity.ts';
import { byRecord, foldFact, foldMovements, type Change } from './fold.ts';

const change = (version: number, more: Partial<Record<string, unknown>> = {}): Change => ({
  ...{
    id: 'a',
    version,
    part: 1,
    date: `2026-01-${String(version).padStart(2, '0')}`,
    time: `2026-01-${String(version).padStart(2, '0')} 00:00:00.000`,
  },
  ...{
    state: 'OPEN',
    step: 's1',
    stage_id: 's1',
    pipeline_id: 'p',
    owner_id: 'ann',
    department_id: 'd',
    amount: '1',
    weighted_amount: '1',
    ...more,
  },
});

const history = [
  change(1),
  change(2, { step: 's2', stage_id: 's2' }),
  change(3, { step: 's2', stage_id: 's2', owner_id: 'bob' }),
  change(4, { step: 'won', state: 'WON', owner_id: 'bob' }),
  change(5, { step: 'won', state: 'WON', owner_id: 'cat' }),
];
const only = (changes: Change[]): Change[] => byRecord(changes)[0]!;

describe('facts', () => {
  it('credit who had the record at first and when its state last changed', () => {
    expect(foldFact(opportunity, opportunity.columns, only(history))).toMatchObject({
      ...{
        version: 5,
        owner_id: 'cat',
        create_owner_id: 'ann',
        state_owner_id: 'bob',
        state_date: '2026-01-04',
        steps: ['s1', 's2', 'won'],
      },
    });
  });

  it('do not depend on the order in which changes are found', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(history, { minLength: 5 }), (changes) => {
        expect(foldFact(opportunity, opportunity.columns, only(changes))).toEqual(
          foldFact(opportunity, opportunity.columns, history),
        );
      }),
    );
  });
});

describe('movements', () => {
  it('take away what was and add what is', () => {
    const rows = foldMovements(opportunity, only(history), 1).map(
      ({ version, sign, moved, step, other_step: other, owner_id: owner, enter_time: entered }) => [
        version,
        sign,
        moved,
        step,
        other,
        owner,
        String(entered).slice(8, 10),
      ],
    );
    expect(rows).toEqual([
      [1, 1, 1, 's1', '', 'ann', '01'],
      [2, -1, 1, 's1', 's2', 'ann', '01'],
      [2, 1, 1, 's2', 's1', 'ann', '02'],
      [3, -1, 1, 's2', 's2', 'ann', '02'],
      [3, 1, 1, 's2', 's2', 'bob', '02'],
      [4, -1, 1, 's2', 'won', 'bob', '02'],
      [4, 1, 1, 'won', 's2', 'bob', '04'],
      [5, -1, 1, 'won', 'won', 'bob', '04'],
      [5, 1, 1, 'won', 'won', 'cat', '04'],
    ]);
  });

  it('add up to what stood on every day, from wherever they are written anew', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            stage: fc.constantFrom('s1', 's2', 's3'),
            owner: fc.constantFrom('ann', 'bob'),
            amount: fc.integer({ min: 0, max: 9 }),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        fc.nat(8),
        (states, late) => {
          const changes = states.map(({ stage, owner, amount }, index) =>
            change(index + 1, { stage_id: stage, step: stage, owner_id: owner, amount: String(amount) }),
          );
          // One event comes late: the rows written without it are replaced from its version on.
          const without = changes.filter((_, index) => index !== late);
          const stored = new Map<string, Record<string, unknown>>();
          const store = (rows: Record<string, unknown>[]) =>
            rows.forEach((row) => stored.set(`${row['version']}/${row['sign']}`, row));
          if (without.length) store(foldMovements(opportunity, only(without), 1));
          store(foldMovements(opportunity, only(changes), Math.min(late + 1, changes.length)));
          const rows = [...stored.values()].filter((row) => row['moved']);
          const place = (row: Record<string, unknown>) =>
            `${String(row['stage_id'])}/${String(row['owner_id'])}/${String(row['amount'])}`;
          for (const [index, last] of changes.entries()) {
            const day = last.date;
            const signs = new Map<string, number>();
            for (const row of rows.filter(({ date }) => String(date) <= day))
              signs.set(place(row), (signs.get(place(row)) ?? 0) + Number(row['sign']));
            expect([index, [...signs].filter(([, count]) => count !== 0)]).toEqual([index, [[place(last), 1]]]);
            const standing = rows.filter(
              ({ sign, date, until }) => sign === 1 && String(date) <= day && day < String(until),
            );
            expect([index, standing.map(place)]).toEqual([index, [place(last)]]);
          }
        },
      ),
    );
  });
});
