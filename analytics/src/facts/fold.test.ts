import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { opportunity } from '../cubes/opportunity.ts';
import { byRecord, foldFact, type Change } from './fold.ts';

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

/** The movements of a history, each with some of its columns. */
const moves = (changes: Change[], ...names: string[]): unknown[][] => {
  const fact = foldFact(opportunity, opportunity.columns, only(changes));
  const lists = names.map((name) => fact[`moves.${name}`] as unknown[]);
  return lists[0]!.map((_, index) => lists.map((list) => list[index]));
};

describe('movements', () => {
  it('say what stood from when until when, where it came from and where it went', () => {
    const day = (value: unknown) => String(value).slice(8, 10);
    expect(
      moves(
        history,
        'step',
        'from_step',
        'enters',
        'leaves',
        'owner_id',
        'date',
        'until',
        'enter_time',
        'leave_time',
      ).map(([step, from, enters, leaves, owner, date, until, entered, left]) => [
        ...[step, from, enters, leaves, owner],
        ...[date, until, entered, left].map(day),
      ]),
    ).toEqual([
      ['s1', '', 1, 1, 'ann', '01', '02', '01', '02'],
      ['s2', 's1', 1, 0, 'ann', '02', '03', '02', '03'],
      ['s2', 's2', 0, 1, 'bob', '03', '04', '02', '04'],
      ['won', 's2', 1, 0, 'bob', '04', '05', '04', '05'],
      ['won', 'won', 0, 0, 'cat', '05', '31', '04', '05'],
    ]);
  });

  it('are not made of what changes nothing that stands', () => {
    const renamed = change(6, { step: 'won', state: 'WON', owner_id: 'cat', name: 'Renamed' });
    expect(moves([...history, renamed], 'date', 'until')).toEqual(moves(history, 'date', 'until'));
  });

  it('say of every day the one thing that stood, whatever came late', () => {
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
        (states) => {
          const changes = states.map(({ stage, owner, amount }, index) =>
            change(index + 1, { stage_id: stage, step: stage, owner_id: owner, amount: String(amount) }),
          );
          const stood = moves(changes.toReversed(), 'date', 'until', 'stage_id', 'owner_id', 'amount');
          for (const last of changes) {
            const then = stood.filter(([date, until]) => String(date) <= last.date && last.date < String(until));
            expect(then.map((row) => row.slice(2))).toEqual([[last['stage_id'], last['owner_id'], last['amount']]]);
          }
        },
      ),
    );
  });
});
