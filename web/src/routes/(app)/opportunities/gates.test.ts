import { describe, expect, it } from 'vitest';
import { gateTo } from './gates.ts';
import type { Opportunity } from './opportunity.ts';
import type { Stage } from './pipelines.svelte.ts';

const stage = (id: string, category: string, more: Partial<Stage> = {}): Stage =>
  ({
    id,
    name: id,
    category: `STAGE_CATEGORY_${category}`,
    probability: 0,
    maxDays: 0,
    requiredFields: [],
    checklist: [],
    nextStageIds: [],
    guidance: '',
    ...more,
  }) as Stage;

const STAGES = [
  stage('find', 'PIPELINE', { checklist: [{ id: 'i1', text: '确认预算' }] }),
  stage('offer', 'BEST_CASE', { requiredFields: ['customer_id', 'custom.tier'] }),
  stage('sign', 'COMMIT', { requiredFields: ['expected_close_date'] }),
  stage('won', 'WON'),
  stage('lost', 'LOST'),
];

const deal = (more: Partial<Opportunity> = {}): Opportunity =>
  ({ stageId: 'find', state: 'OPPORTUNITY_STATE_OPEN', checkedItems: [], custom: {}, ...more }) as Opportunity;

describe('the way of a deal', () => {
  it('asks for the fields of the stage and the items of the one it leaves', () => {
    expect(gateTo(deal(), STAGES, 'offer')).toEqual({
      allowed: true,
      fields: ['customerId', 'custom.tier'],
      items: ['确认预算'],
    });
  });
  it('lets it pass when all is there', () => {
    const ready = deal({ checkedItems: ['i1'], customerId: 'c', custom: { tier: { text: 'a' } } as never });
    expect(gateTo(ready, STAGES, 'offer')).toEqual({ allowed: true, fields: [], items: [] });
  });
  it('goes one step forward, any step back, and to the end', () => {
    expect(gateTo(deal(), STAGES, 'sign').allowed).toBe(false);
    expect(gateTo(deal({ stageId: 'sign' }), STAGES, 'find').allowed).toBe(true);
    expect(gateTo(deal(), STAGES, 'lost').allowed).toBe(true);
  });
  it('asks a lost deal for its reason only, and a won one for everything', () => {
    expect(gateTo(deal(), STAGES, 'lost')).toMatchObject({ fields: ['lostReason'], items: [] });
    expect(gateTo(deal(), STAGES, 'won').fields).toEqual(['customerId', 'custom.tier', 'expectedCloseDate', 'amount']);
  });
  it('follows named successors where a stage has them', () => {
    const strict = STAGES.map((one) => (one.id === 'find' ? { ...one, nextStageIds: ['lost'] } : one));
    expect(gateTo(deal(), strict, 'offer').allowed).toBe(false);
    expect(gateTo(deal(), strict, 'lost').allowed).toBe(true);
  });
  it('stays where it is once it is closed', () => {
    expect(gateTo(deal({ state: 'OPPORTUNITY_STATE_WON', stageId: 'won' }), STAGES, 'find').allowed).toBe(false);
  });
});
