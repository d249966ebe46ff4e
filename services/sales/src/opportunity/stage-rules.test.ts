import { describe, expect, it } from 'vitest';
import { standardPipeline } from '../pipeline/default-pipeline.ts';
import type { Process } from '../pipeline/pipeline.queries.ts';
import type { OpportunityRow } from './opportunity.ts';
import { fieldsAsked, itemsAsked, mayFollow, missingFields, passGates, stateIn } from './stage-rules.ts';

const process: Process = { pipelineId: 'p', revision: 1, stages: standardPipeline('en').stages };
const [contact, needs, proposal, negotiation, won, lost, invalid] = process.stages as [
  Process['stages'][0],
  Process['stages'][0],
  Process['stages'][0],
  Process['stages'][0],
  Process['stages'][0],
  Process['stages'][0],
  Process['stages'][0],
];
const row = (fields: Partial<OpportunityRow> = {}): OpportunityRow =>
  ({
    state: 'OPPORTUNITY_STATE_OPEN',
    customer_id: null,
    amount: null,
    lost_reason: '',
    contacts: [],
    checked_items: [],
    custom: {},
    ...fields,
  }) as unknown as OpportunityRow;

describe('where a deal may go', () => {
  it('is the next stage, any earlier one, and every way to close it', () => {
    const from = (stage: typeof contact) =>
      process.stages.filter((to) => to !== stage && mayFollow(process, stage, to)).map(({ name }) => name);
    expect(from(contact)).toEqual(['Needs confirmed', 'Won', 'Lost', 'Invalid']);
    expect(from(proposal)).toEqual(['Contact made', 'Needs confirmed', 'Negotiation', 'Won', 'Lost', 'Invalid']);
  });

  it('is what the stage names, when it names any', () => {
    const strict = {
      ...process,
      stages: process.stages.map((stage) =>
        stage === contact ? { ...stage, nextStageIds: [proposal.id, lost.id] } : stage,
      ),
    };
    const [first] = strict.stages as [typeof contact];
    expect(strict.stages.filter((to) => mayFollow(strict, first, to)).map(({ name }) => name)).toEqual([
      'Proposal',
      'Lost',
    ]);
  });

  it('makes of it what the stage says', () => {
    expect([negotiation, won, lost, invalid].map(stateIn)).toEqual([
      'OPPORTUNITY_STATE_OPEN',
      'OPPORTUNITY_STATE_WON',
      'OPPORTUNITY_STATE_LOST',
      'OPPORTUNITY_STATE_INVALID',
    ]);
  });
});

describe('what a stage asks for', () => {
  it('holds from it on, whatever was passed over', () => {
    expect(fieldsAsked(process, needs)).toEqual([]);
    expect(fieldsAsked(process, proposal)).toEqual(['customer_id']);
    expect(fieldsAsked(process, negotiation)).toEqual(['customer_id']);
    expect(fieldsAsked(process, won)).toEqual(['customer_id', 'amount']);
    expect(fieldsAsked(process, lost)).toEqual(['lost_reason']);
    expect(fieldsAsked(process, invalid)).toEqual([]);
  });

  it('is told all at once', () => {
    expect(() => passGates(row(), process, contact, won)).toThrow(
      expect.objectContaining({
        fields: [
          expect.objectContaining({ field: 'opportunity.customerId' }),
          expect.objectContaining({ field: 'opportunity.amount' }),
        ],
      }),
    );
    expect(missingFields(row(), ['lost_reason', 'custom.budget', 'contacts']).map(({ field }) => field)).toEqual([
      'lostReason',
      'opportunity.custom.budget',
      'opportunity.contacts',
    ]);
    expect(
      missingFields(row({ custom: { budget: { number: '0' } }, amount: '0.0000' }), ['custom.budget', 'amount']),
    ).toEqual([]);
  });

  it('includes the checklists of the stages that are left behind, forward only', () => {
    const item = (text: string) => ({ id: text, text });
    const listed = {
      ...process,
      stages: process.stages.map((stage, index) => ({ ...stage, checklist: index < 3 ? [item(`item ${index}`)] : [] })),
    };
    const [first, , third] = listed.stages as [typeof contact, typeof contact, typeof contact];
    const asked = (from: number, to: number) =>
      itemsAsked(listed, listed.stages[from], listed.stages[to]!).map(({ id }) => id);
    expect(asked(0, 1)).toEqual(['item 0']);
    expect(asked(0, 4)).toEqual(['item 0', 'item 1', 'item 2']);
    expect(asked(2, 0)).toEqual([]);
    expect(asked(2, 5)).toEqual([]);
    expect(() => passGates(row({ checked_items: ['item 0'] }), listed, first, third)).toThrow(
      expect.objectContaining({
        fields: expect.arrayContaining([
          expect.objectContaining({ reason: 'ITEM_NOT_CHECKED', params: { id: 'item 1', text: 'item 1' } }),
        ]),
      }),
    );
  });
});
