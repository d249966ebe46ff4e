import { Opportunity } from '@pelagic/proto/crm/sales/v1/opportunity';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { english, everything, moveOf, newDeal } from '../testing.ts';
import { fieldErrors, openSelling, type Person, type Selling } from './testing.ts';

let selling: Selling;
let started: Selling['started'];
let manager: Person;
let customerId: string;

const stage: Selling['stage'] = (...args) => selling.stage(...args);
const create: Selling['create'] = (...args) => selling.create(...args);
const moveTo: Selling['moveTo'] = (...args) => selling.moveTo(...args);
const move: Selling['move'] = (...args) => selling.move(...args);
const stays: Selling['stays'] = (id) => selling.stays(id);
const verbs: Selling['verbs'] = (id) => selling.verbs(id);

beforeAll(async () => {
  selling = await openSelling();
  ({ started, manager, customerId } = selling);
});
afterAll(() => started.stop());

describe('moving a deal', () => {
  it('goes one stage forward or any back, keeps the stays and tells each move', async () => {
    const { id } = await create();
    expect(await move(id, 'Needs confirmed', { reason: 'Met twice' })).toMatchObject({
      stageId: stage('Needs confirmed').id,
      probability: 30,
      version: 2,
    });
    expect(await move(id, 'Contact made')).toMatchObject({ probability: 10 });
    await expect(move(id, 'Negotiation')).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      reason: 'STAGE_NOT_NEXT',
      params: { from: 'Contact made', to: 'Negotiation' },
    });
    expect(
      (await stays(id)).map(({ stageName, reason, leaveTime, moverId }) => [
        stageName,
        reason,
        leaveTime !== undefined,
        moverId,
      ]),
    ).toEqual([
      ['Contact made', '', true, manager.id],
      ['Needs confirmed', 'Met twice', true, manager.id],
      ['Contact made', '', false, manager.id],
    ]);
    const moved = (await started.events(id))[1];
    expect(moved).toMatchObject({
      subject: 'crm.sales.opportunity.moved.v1',
      event: { reason: 'Met twice', data: { before: { stageId: stage('Contact made').id, probability: 10 } } },
    });
  });

  it('needs the customer from the proposal on, who may come along, and keeps it', async () => {
    const { id } = await create();
    await move(id, 'Needs confirmed');
    const missing = fieldErrors(['opportunity.customerId', 'REQUIRED_BY_STAGE']);
    await expect(move(id, 'Proposal', { validateOnly: true })).rejects.toMatchObject(missing);
    await expect(move(id, 'Proposal')).rejects.toMatchObject(missing);
    await expect(move(id, 'Proposal', { fields: { customerId: uuidv7() } })).rejects.toMatchObject(
      fieldErrors(['opportunity.customerId', 'UNKNOWN_CUSTOMER']),
    );
    expect(await move(id, 'Proposal', { fields: { customerId }, validateOnly: true })).toMatchObject({
      probability: 50,
    });
    expect((await manager.deals.getOpportunity({ id })).opportunity).toMatchObject({
      probability: 30,
      customerId: undefined,
    });
    expect(await move(id, 'Proposal', { fields: { customerId } })).toMatchObject({ customerId, version: 3 });
    const empty = manager.deals.updateOpportunity({
      id,
      opportunity: Opportunity.fromJSON({}),
      updateMask: ['customer_id'],
    });
    await expect(empty).rejects.toMatchObject(missing);
    const here = {
      ...moveOf(id, stage('Proposal').id),
      opportunity: Opportunity.fromJSON({}),
      updateMask: ['customer_id'],
    };
    await expect(manager.deals.moveOpportunity(here)).rejects.toMatchObject(missing);
    await move(id, 'Contact made');
    expect(
      (
        await manager.deals.updateOpportunity({
          id,
          opportunity: Opportunity.fromJSON({}),
          updateMask: ['customer_id'],
        })
      ).opportunity?.customerId,
    ).toBeUndefined();
  });

  it('lets one of a hundred win, and tells the others the version', async () => {
    const { id } = await create();
    const moves = await Promise.allSettled(
      Array.from({ length: 100 }, () => move(id, 'Needs confirmed', { version: 1 })),
    );
    expect(moves.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const lost of moves.filter((each) => each.status === 'rejected'))
      expect(lost.reason).toMatchObject({ code: 'ABORTED', reason: 'VERSION_STALE', params: { version: '2' } });
    expect(await verbs(id)).toEqual(['created', 'moved']);
    expect(await stays(id)).toHaveLength(2);
    expect((await move(id, 'Needs confirmed')).version).toBe(2);
  });

  it('is refused without the right to change the deal', async () => {
    const { id } = await create();
    const reader = await started.person({ permissions: { 'opportunity.read': 'ALL', 'opportunity.update': 'OWN' } });
    await expect(moveTo(id, stage('Needs confirmed').id, {}, reader)).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    await expect(moveTo(id, uuidv7())).rejects.toMatchObject(fieldErrors(['stageId', 'UNKNOWN_STAGE']));
  });
});

describe('checklists', () => {
  it('hold a deal back until every item is ticked, those of skipped stages too', async () => {
    const item = (text: string) => ({ id: uuidv7(), text });
    const stages = english().stages.map((each, index) => ({
      ...each,
      requiredFields: [],
      checklist: index < 2 ? [item(`Item ${index}`)] : [],
    }));
    stages[0]!.nextStageIds = [stages[2]!.id, stages[5]!.id];
    const listed = (
      await manager.pipelines.createPipeline({
        pipeline: english({ name: 'Listed', default: false, stages }),
        requestId: '',
      })
    ).pipeline!;
    const { id } = await create({ pipelineId: listed.id });
    await expect(moveTo(id, stages[1]!.id)).rejects.toMatchObject({ reason: 'STAGE_NOT_NEXT' });
    await expect(moveTo(id, stages[2]!.id)).rejects.toMatchObject(
      fieldErrors(['opportunity.checkedItems', 'ITEM_NOT_CHECKED'], ['opportunity.checkedItems', 'ITEM_NOT_CHECKED']),
    );
    const check = (itemIds: string[]) => manager.deals.checkOpportunityItems({ id, itemIds, version: 0 });
    await expect(check([uuidv7()])).rejects.toMatchObject(fieldErrors(['itemIds[0]', 'UNKNOWN_ITEM']));
    await check(stages.slice(0, 2).flatMap(({ checklist }) => checklist.map((each) => each.id)));
    expect(await moveTo(id, stages[2]!.id)).toMatchObject({ stageId: stages[2]!.id });
  });
});

describe('a pipeline that changed meanwhile', () => {
  it('lets a deal follow its own revision until it moves to a stage that came later', async () => {
    const first = (
      await manager.pipelines.createPipeline({ pipeline: english({ name: 'Changing', default: false }), requestId: '' })
    ).pipeline!;
    const [staying, following] = [await create({ pipelineId: first.id }), await create({ pipelineId: first.id })];
    const trial = { ...english().stages[1]!, name: 'Trial' };
    const stages = [first.stages[0]!, trial, ...first.stages.slice(2)];
    const { pipeline: second } = await manager.pipelines.updatePipeline({
      id: first.id,
      pipeline: { ...english({ name: 'Changing', default: false, stages }), version: 1 },
    });
    expect(await moveTo(staying.id, stage('Needs confirmed', first).id)).toMatchObject({
      pipelineRevision: 1,
      probability: 30,
    });
    expect(await moveTo(following.id, stage('Trial', second).id)).toMatchObject({ pipelineRevision: 2 });
    await expect(moveTo(following.id, stage('Needs confirmed', first).id)).rejects.toMatchObject(
      fieldErrors(['stageId', 'UNKNOWN_STAGE']),
    );
  });

  it('is left for an open stage of another one, but not to be closed there', async () => {
    const other = (
      await manager.pipelines.createPipeline({
        pipeline: english({ name: 'Other way', default: false }),
        requestId: '',
      })
    ).pipeline!;
    const { id } = await create();
    await expect(moveTo(id, stage('Invalid', other).id)).rejects.toMatchObject({ reason: 'STAGE_NOT_NEXT' });
    await expect(moveTo(id, stage('Negotiation', other).id)).rejects.toMatchObject(
      fieldErrors(['opportunity.customerId', 'REQUIRED_BY_STAGE']),
    );
    expect(await moveTo(id, stage('Needs confirmed', other).id)).toMatchObject({
      pipelineId: other.id,
      pipelineRevision: 1,
      probability: 30,
    });
  });
});

describe('time', () => {
  it('is that of the injected clock', async () => {
    const seed = await started.person({ permissions: everything('ALL') }, { clock: new Date('2025-03-31T17:00:00Z') });
    const { opportunity } = await seed.deals.createOpportunity(
      newDeal({ name: 'Then', expectedCloseDate: '2025-04-01' }),
    );
    // One o'clock in Shanghai, of the next day.
    expect(opportunity).toMatchObject({ createDate: '2025-04-01', createTime: '2025-03-31T17:00:00.000Z' });
    expect(opportunity?.number).toMatch(/^OPP-2025-/);
    const later = started.clients(
      (
        await started.callers.token(
          { id: seed.id, permissions: everything('ALL') },
          { clock: new Date('2025-04-03T17:00:00Z') },
        )
      ).token,
    );
    await later.deals.moveOpportunity(moveOf(opportunity!.id, stage('Invalid').id));
    expect((await later.deals.listStageStays({ id: opportunity!.id })).stays[0]).toMatchObject({
      durationSeconds: String(3 * 86_400),
    });
    expect((await started.events(opportunity!.id)).at(-1)?.event).toMatchObject({
      businessdate: '2025-04-04',
      data: { opportunity: { closeDate: '2025-04-04' } },
    });
  });
});
