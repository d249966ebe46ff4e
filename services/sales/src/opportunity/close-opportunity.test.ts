import { Opportunity } from '@pelagic/proto/crm/sales/v1/opportunity';
import type { Pipeline, Stage } from '@pelagic/proto/crm/sales/v1/pipeline';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { english, everything, moveOf, newDeal, startSalesService, type Along } from '../testing.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let manager: Person;
let pipeline: Pipeline;
let customerId: string;

const stage = (name: string): Stage => pipeline.stages.find((each) => each.name === name)!;
const create = async (fields: object = {}) => (await manager.deals.createOpportunity(newDeal(fields))).opportunity!;
const moveTo = async (id: string, stageId: string, along: Along = {}, person = manager) =>
  (await person.deals.moveOpportunity(moveOf(id, stageId, along))).opportunity!;
const move = (id: string, name: string, along: Along = {}) => moveTo(id, stage(name).id, along);
const fields = (...errors: [string, string][]) => ({
  code: 'INVALID_ARGUMENT',
  fields: errors.map(([field, reason]) => ({ field, reason })),
});
const subjects = async (id: string) => (await started.events(id)).map(({ subject }) => subject.split('.')[3]);
const stays = async (id: string) => (await manager.deals.listStageStays({ id })).stays;

beforeAll(async () => {
  started = await startSalesService();
  manager = await started.person({ permissions: everything('ALL') });
  pipeline = (await manager.pipelines.createPipeline({ pipeline: english(), requestId: '' })).pipeline!;
  customerId = started.customer({ name: 'Blue Sea' }, manager);
  await started.database.sql
    .insertInto('directory_rate')
    .values({ id: uuidv7(), currency: 'USD', from_date: '2020-01-01', rate: '7' })
    .execute();
});
afterAll(() => started.stop());

describe('closing a deal', () => {
  it('is won with customer and amount, today, at the rate of today', async () => {
    const { id } = await create({
      probability: 60,
      probabilityReason: 'Sure',
      amount: { amount: '10', currency: 'USD', rateDate: '2020-05-01' },
    });
    await expect(move(id, 'Won')).rejects.toMatchObject(fields(['opportunity.customerId', 'REQUIRED_BY_STAGE']));
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
    expect(await subjects(id)).toEqual(['created', 'won']);
    const [, closing] = await stays(id);
    expect(closing).toMatchObject({ stageName: 'Won', durationSeconds: '0' });
    await expect(move(id, 'Lost', { lostReason: 'Other' })).rejects.toMatchObject({ reason: 'OPPORTUNITY_CLOSED' });
    const settled = manager.deals.updateOpportunity({
      id,
      opportunity: Opportunity.fromJSON({ amount: { amount: '11', currency: 'USD' } }),
      updateMask: ['amount'],
    });
    await expect(settled).rejects.toMatchObject({ reason: 'OPPORTUNITY_CLOSED' });
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
    await expect(move(id, 'Won')).rejects.toMatchObject(fields(['opportunity.amount', 'REQUIRED_BY_STAGE']));
  });

  it('is lost for a reason of the pipeline, which nothing else has', async () => {
    const { id } = await create();
    await expect(move(id, 'Lost')).rejects.toMatchObject(fields(['lostReason', 'REQUIRED_BY_STAGE']));
    await expect(move(id, 'Lost', { lostReason: 'Bad weather' })).rejects.toMatchObject(
      fields(['lostReason', 'UNKNOWN_VALUE']),
    );
    await expect(move(id, 'Needs confirmed', { lostReason: 'Other', closeNote: 'x' })).rejects.toMatchObject(
      fields(['lostReason', 'ONLY_WHEN_LOST'], ['closeNote', 'ONLY_WHEN_CLOSED']),
    );
    expect(await move(id, 'Lost', { lostReason: 'No budget' })).toMatchObject({
      state: 'OPPORTUNITY_STATE_LOST',
      lostReason: 'No budget',
      probability: 0,
    });
    const { id: none } = await create();
    expect(await move(none, 'Invalid')).toMatchObject({ state: 'OPPORTUNITY_STATE_INVALID', probability: 0 });
    expect(await subjects(none)).toEqual(['created', 'invalidated']);
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
      fields(['reason', 'REQUIRED']),
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
    expect(await subjects(id)).toEqual(['created', 'moved', 'lost', 'reopened']);
  });
});
