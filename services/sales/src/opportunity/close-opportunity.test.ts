import { Opportunity } from '@pelagic/proto/crm/sales/v1/opportunity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everything } from '../testing.ts';
import { fieldErrors, openSelling, type Person, type Selling } from './testing.ts';

let selling: Selling;
let started: Selling['started'];
let manager: Person;
let customerId: string;

const stage: Selling['stage'] = (...args) => selling.stage(...args);
const create: Selling['create'] = (...args) => selling.create(...args);
const move: Selling['move'] = (...args) => selling.move(...args);
const stays: Selling['stays'] = (id) => selling.stays(id);
const verbs: Selling['verbs'] = (id) => selling.verbs(id);

beforeAll(async () => {
  selling = await openSelling();
  ({ started, manager, customerId } = selling);
});
afterAll(() => started.stop());

describe('closing a deal', () => {
  it('is won with customer and amount, today, at the rate of today', async () => {
    const { id } = await create({
      probability: 60,
      probabilityReason: 'Sure',
      amount: { amount: '10', currency: 'USD', rateDate: '2020-05-01' },
    });
    await expect(move(id, 'Won')).rejects.toMatchObject(fieldErrors(['opportunity.customerId', 'REQUIRED_BY_STAGE']));
    const won = await move(id, 'Won', { fields: { customerId }, closeNote: 'Framework signed' });
    expect(won).toMatchObject({
      state: 'OPPORTUNITY_STATE_WON',
      probability: 100,
      probabilityReason: '',
      closeNote: 'Framework signed',
      lastStageId: stage('Contact made').id,
      closeDate: won.createDate,
    });
    expect(won.amount).toEqual({ amount: '10.00', currency: 'USD', baseAmount: '70.00', rateDate: won.closeDate });
    expect(await verbs(id)).toEqual(['created', 'won']);
    const [, closing] = await stays(id);
    expect(closing).toMatchObject({ stageName: 'Won', durationSeconds: '0' });
    await expect(move(id, 'Lost', { lostReason: 'Other' })).rejects.toMatchObject({ reason: 'OPPORTUNITY_CLOSED' });
    const settled = manager.deals.updateOpportunity({
      id,
      opportunity: Opportunity.fromJSON({ amount: { amount: '11', currency: 'USD' } }),
      updateMask: ['amount'],
    });
    await expect(settled).rejects.toMatchObject({ reason: 'OPPORTUNITY_CLOSED' });
    // Another day's rate would be another worth.
    const write = (amount: object) =>
      manager.deals.updateOpportunity({ id, opportunity: Opportunity.fromJSON({ amount }), updateMask: ['amount'] });
    await expect(write({ amount: '10', currency: 'USD', rateDate: '2020-05-01' })).rejects.toMatchObject({
      reason: 'OPPORTUNITY_CLOSED',
    });
    expect((await write({ amount: '10', currency: 'USD' })).opportunity).toMatchObject({ version: 2 });
    expect(
      (
        await manager.deals.updateOpportunity({
          id,
          opportunity: Opportunity.fromJSON({ note: 'Party' }),
          updateMask: ['note'],
        })
      ).opportunity?.note,
    ).toBe('Party');
  });

  it('is not won without an amount', async () => {
    const { id } = await create({ customerId });
    await expect(move(id, 'Won')).rejects.toMatchObject(fieldErrors(['opportunity.amount', 'REQUIRED_BY_STAGE']));
  });

  it('is lost for a reason of the pipeline, which nothing else has', async () => {
    const { id } = await create();
    await expect(move(id, 'Lost')).rejects.toMatchObject(fieldErrors(['lostReason', 'REQUIRED_BY_STAGE']));
    await expect(move(id, 'Lost', { lostReason: 'Bad weather' })).rejects.toMatchObject(
      fieldErrors(['lostReason', 'UNKNOWN_VALUE']),
    );
    await expect(move(id, 'Needs confirmed', { lostReason: 'Other', closeNote: 'x' })).rejects.toMatchObject(
      fieldErrors(['lostReason', 'ONLY_WHEN_LOST'], ['closeNote', 'ONLY_WHEN_CLOSED']),
    );
    expect(await move(id, 'Lost', { lostReason: 'No budget' })).toMatchObject({
      state: 'OPPORTUNITY_STATE_LOST',
      lostReason: 'No budget',
      probability: 0,
    });
    const { id: none } = await create();
    expect(await move(none, 'Invalid')).toMatchObject({ state: 'OPPORTUNITY_STATE_INVALID', probability: 0 });
    expect(await verbs(none)).toEqual(['created', 'invalidated']);
  });

  it('is undone by reopening, with the right and a reason', async () => {
    const { id } = await create();
    await move(id, 'Needs confirmed');
    await move(id, 'Lost', { lostReason: 'Other', closeNote: 'Quiet' });
    const seller = await started.person({ permissions: { 'opportunity.read': 'ALL', 'opportunity.update': 'ALL' } });
    await expect(seller.deals.reopenOpportunity({ id, reason: 'They called', version: 0 })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    await expect(manager.deals.reopenOpportunity({ id, reason: ' ', version: 0 })).rejects.toMatchObject(
      fieldErrors(['reason', 'REQUIRED']),
    );
    const { opportunity } = await manager.deals.reopenOpportunity({ id, reason: 'They called', version: 3 });
    expect(opportunity).toMatchObject({
      state: 'OPPORTUNITY_STATE_OPEN',
      stageId: stage('Needs confirmed').id,
      closeDate: undefined,
      lostReason: '',
      closeNote: '',
      lastStageId: undefined,
      probability: 30,
    });
    await expect(manager.deals.reopenOpportunity({ id, reason: 'Again', version: 0 })).rejects.toMatchObject({
      reason: 'OPPORTUNITY_OPEN',
    });
    expect(await verbs(id)).toEqual(['created', 'moved', 'lost', 'reopened']);
  });

  it('tells the reason of its loss by no stay to whom it is covered, also after it was reopened', async () => {
    const { id } = await create();
    await move(id, 'Needs confirmed', { reason: 'They asked' });
    await move(id, 'Lost', { reason: 'No budget', lostReason: 'No budget' });
    await manager.deals.reopenOpportunity({ id, reason: 'They called', version: 0 });
    const reasons = async (fields: { masked?: string[]; hidden?: string[] }) => {
      const reader = await started.person({ permissions: everything('ALL'), fields: { opportunity: fields } });
      return (await reader.deals.listStageStays({ id })).stays.map(({ reason }) => reason);
    };
    expect(await reasons({})).toEqual(['', 'They asked', 'No budget', 'They called']);
    for (const covered of [{ masked: ['lostReason'] }, { hidden: ['lostReason'] }])
      expect(await reasons(covered)).toEqual(['', 'They asked', '', 'They called']);
  });
});
