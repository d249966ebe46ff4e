import { forgetDefinitions } from '@pelagic/capabilities/custom-field/definitions';
import type { BulkTarget } from '@pelagic/capabilities/job/bulk-target';
import type { Message } from '@pelagic/capabilities/record/mapping';
import { followOwner } from '@pelagic/capabilities/transfer/follow-owner';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { runAs } from '@pelagic/chassis/testing/callers';
import { Opportunity } from '@pelagic/proto/crm/sales/v1/opportunity';
import type { Pipeline } from '@pelagic/proto/crm/sales/v1/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { english, everything, moveOf, newDeal, startSalesService } from '../testing.ts';
import { opportunityBulk } from './opportunity.bulk.ts';
import { isOpenDeal, opportunity } from './opportunity.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;

let started: Started;
let manager: Awaited<ReturnType<Started['person']>>;
let caller: Caller;
let pipeline: Pipeline;
let bulk: Required<BulkTarget>;

const create = async (fields: object = {}) => (await manager.deals.createOpportunity(newDeal(fields))).opportunity!;
const deal = async (id: string) => (await manager.deals.getOpportunity({ id })).opportunity!;
const run = <T>(work: (tx: Tx) => Promise<T>) => runAs(caller, () => started.database.transact(work));
const custom = (slug: string, kind: string) =>
  started.database.sql
    .insertInto('custom_field')
    .values({
      noun: 'opportunity',
      slug,
      label: slug,
      kind,
      version: 1,
      create_time: new Date(),
      update_time: new Date(),
    })
    .execute()
    .then(() => forgetDefinitions('opportunity'));

beforeAll(async () => {
  started = await startSalesService();
  manager = await started.person({ permissions: everything('ALL') });
  caller = await started.callers.identify(manager.token);
  pipeline = (await manager.pipelines.createPipeline({ pipeline: english(), requestId: '' })).pipeline!;
  bulk = opportunityBulk(started.service) as Required<BulkTarget>;
});
afterAll(() => started.stop());

describe('bulk edits', () => {
  it('bring back an open deal of somebody who has left only to another, and a closed one as it was', async () => {
    const leaver = await started.person({ permissions: everything('ALL') });
    const [open, over] = [await create({ ownerId: leaver.id }), await create({ ownerId: leaver.id })];
    const invalid = pipeline.stages.find(({ name }) => name === 'Invalid')!;
    await manager.deals.moveOpportunity(moveOf(over.id, invalid.id));
    for (const { id } of [open, over]) await manager.deals.deleteOpportunity({ id, version: 0 });
    await started.database.sql
      .updateTable('directory_employee')
      .set({ state: 'EMPLOYEE_STATE_LEFT' })
      .where('id', '=', leaver.id)
      .execute();
    const undelete = ({ id }: { id: string }, ownerId?: string) =>
      run((tx) => bulk.undelete(tx, { id, version: 0, caller }, ownerId));
    await expect(undelete(open)).rejects.toMatchObject({ fields: [{ field: 'ownerId', reason: 'OWNER_NOT_ACTIVE' }] });
    await undelete(open, manager.id);
    await undelete(over);
    expect([(await deal(open.id)).ownerId, (await deal(over.id)).ownerId]).toEqual([manager.id, leaver.id]);
  });

  it('change each deal under the rules that hold for one', async () => {
    const one = { ...(await create()), caller };
    const message = Opportunity.fromJSON({ source: 'Fair', customerId: uuidv7() }) as unknown as Message;
    await run((tx) => bulk.update(tx, one, message, ['source']));
    expect(await deal(one.id)).toMatchObject({ source: 'Fair', version: 2 });
    await expect(run((tx) => bulk.update(tx, one, message, ['source']))).rejects.toMatchObject({ code: 'ABORTED' });
    const unseen = run((tx) => bulk.update(tx, { ...one, version: 0 }, message, ['customerId']));
    await expect(unseen).rejects.toMatchObject({ fields: [{ field: 'opportunity.customerId' }] });
  });

  it('give, delete and restore', async () => {
    const one = { ...(await create()), version: 0, caller };
    const { id: ownerId } = await started.person({ permissions: {} });
    await run((tx) => bulk.assign(tx, one, ownerId, 'She takes over'));
    expect(await deal(one.id)).toMatchObject({ ownerId });
    await expect(run(async (tx) => bulk.assign(tx, one, undefined, ''))).rejects.toMatchObject({
      fields: [{ field: 'ownerId', reason: 'REQUIRED' }],
    });
    await run((tx) => bulk.delete(tx, one));
    const { id: heir } = await started.person({ permissions: {} });
    await run((tx) => bulk.assign(tx, { ...one, deleted: true }, heir, 'Out of the recycle bin too'));
    await run((tx) => bulk.undelete(tx, one, undefined));
    expect(await deal(one.id)).toMatchObject({ deleteTime: undefined, version: 5, ownerId: heir });
  });
});

describe('when the owner moves', () => {
  it('open deals go along, and closed ones stay where they were made', async () => {
    const [open, closed] = [await create(), await create()];
    await manager.deals.moveOpportunity(moveOf(closed.id, pipeline.stages[6]!.id));
    const departmentId = uuidv7();
    const following = followOwner({
      service: 'sales',
      database: started.database,
      nouns: [{ noun: opportunity, only: () => isOpenDeal }],
      queue: () => ({ send: async () => {} }),
    });
    const values = { employee_id: manager.id, version: 2, department_id: departmentId, move_time: new Date() };
    await started.database.sql.insertInto('follow_owner').values(values).execute();
    await following.work.run({ employeeId: manager.id }, new AbortController().signal);
    expect((await deal(open.id)).departmentId).toBe(departmentId);
    expect((await deal(closed.id)).departmentId).toBe(manager.departmentId);
    expect((await started.events(open.id)).at(-1)?.subject).toBe('crm.sales.opportunity.assigned.v1');
  });
});

describe('custom fields', () => {
  it('are checked, kept, and asked for by stages', async () => {
    await custom('budget', 'CUSTOM_FIELD_KIND_NUMBER');
    await expect(create({ custom: { budget: { text: 'much' } } })).rejects.toMatchObject({
      fields: [{ field: 'opportunity.custom.budget', reason: 'WRONG_TYPE' }],
    });
    const stages = english().stages.map((stage, index) =>
      index === 1 ? { ...stage, requiredFields: ['custom.budget'] } : stage,
    );
    const asking = english({ name: 'Asking', default: false, stages });
    const { pipeline: made } = await manager.pipelines.createPipeline({ pipeline: asking, requestId: '' });
    const { id } = await create({ pipelineId: made!.id });
    const next = stages[1]!.id;
    await expect(manager.deals.moveOpportunity(moveOf(id, next))).rejects.toMatchObject({
      fields: [{ field: 'opportunity.custom.budget', reason: 'REQUIRED_BY_STAGE' }],
    });
    const fields = { custom: { budget: { number: '5000' } } };
    const moved = await manager.deals.moveOpportunity({
      ...moveOf(id, next, { fields }),
      updateMask: ['custom.budget'],
    });
    expect(moved.opportunity).toMatchObject({
      stageId: next,
      custom: { budget: { value: { $case: 'number', value: '5000' } } },
    });
  });
});
