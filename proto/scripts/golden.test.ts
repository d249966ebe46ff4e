import { expect, test } from 'vitest';
import { contract } from '../src/contract.ts';
import { sampleEvent } from '../src/sample.ts';
import { mergeGolden } from './golden.ts';

test('the same contract gives the same golden', () => {
  const event = contract.events.get('crm.customer.lead.created.v1')!;
  expect(sampleEvent(contract, event)).toEqual(sampleEvent(contract, event));
});

test('a golden grows with its message and keeps what it says', () => {
  const problems: string[] = [];
  const present = { lead: { name: 'As it was' }, list: [{ a: 1 }, { a: 2 }], before: { anything: 1 } };
  const fresh = { lead: { name: 'Name', company: 'Company' }, list: [{ a: 0, b: 0 }], before: { name: 'x' } };
  expect(mergeGolden(present, fresh, 'event', problems)).toEqual({
    lead: { name: 'As it was', company: 'Company' },
    list: [
      { a: 1, b: 0 },
      { a: 2, b: 0 },
    ],
    before: { anything: 1 },
  });
  expect(problems).toEqual([]);
});

test('a field that is gone is a problem', () => {
  const problems: string[] = [];
  mergeGolden({ lead: { name: 'Name', company: 'Company' } }, { lead: { name: 'Name' } }, 'event', problems);
  expect(problems).toEqual(['event.lead.company is gone from the contract.']);
});
