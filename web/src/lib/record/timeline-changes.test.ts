import { expect, it } from 'vitest';
import type { Field } from '#lib/noun/field.ts';
import { daysInStage, isEcho, toldChanges } from './timeline-changes.ts';
import type { TimelineEntry } from './timeline.svelte.ts';

const entry = (event: string, changes: [string, unknown, unknown][], noun = 'opportunity'): TimelineEntry => ({
  id: 'e',
  event,
  noun,
  recordId: 'r',
  reason: '',
  title: '',
  content: '',
  activityKind: '',
  imported: false,
  changes: changes.map(([field, before, after]) => ({
    field,
    before: JSON.stringify(before),
    after: JSON.stringify(after),
  })),
});
const fields = ['stageId', 'amount'].map((key): Field => ({ key, kind: 'text', label: () => key }));

it('tells changes of known fields, and no sum that reads as it did', () => {
  const money = (rateDate: string) => ({ amount: '5', currency: 'CNY', rateDate });
  const won = entry('crm.sales.opportunity.won.v1', [
    ['stageId', 'a', 'b'],
    ['amount', money('2026-01-01'), money('2026-02-01')],
    ['stageTime', '2026-01-01T00:00:00Z', '2026-01-11T12:00:00Z'],
  ]);
  expect(toldChanges(won, fields).map(({ field, before, after }) => [field.key, before, after])).toEqual([
    ['stageId', 'a', 'b'],
  ]);
  expect(daysInStage(won)).toBe(10.5);
});

it('does not read out a whole new record', () => {
  expect(toldChanges(entry('crm.sales.opportunity.created.v1', [['stageId', null, 'a']]), fields)).toEqual([]);
});

it('knows what only repeats an activity', () => {
  const updated = 'crm.customer.customer.updated.v1';
  expect(
    isEcho(
      entry(
        updated,
        [
          ['lastContactTime', null, 'x'],
          ['nextContactDate', null, 'y'],
        ],
        'customer',
      ),
    ),
  ).toBe(true);
  expect(isEcho(entry(updated, [['nextContactDate', null, 'y']], 'customer'))).toBe(false);
  expect(
    isEcho(
      entry(
        updated,
        [
          ['lastContactTime', null, 'x'],
          ['name', 'a', 'b'],
        ],
        'customer',
      ),
    ),
  ).toBe(false);
});
