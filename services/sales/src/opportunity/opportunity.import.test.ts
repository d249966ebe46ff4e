import { Opportunity } from '@pelagic/proto/crm/sales/v1/opportunity';
import type { Pipeline } from '@pelagic/proto/crm/sales/v1/pipeline';
import type { ImportTarget } from '@pelagic/capabilities/job/import-target';
import type { Message } from '@pelagic/capabilities/record/mapping';
import type { Caller } from '@pelagic/chassis/caller';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { runAs } from '@pelagic/chassis/testing/callers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { english, everything, startSalesService } from '../testing.ts';
import { opportunityImport } from './opportunity.import.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;

let started: Started;
let manager: Awaited<ReturnType<Started['person']>>;
let caller: Caller;
let pipeline: Pipeline;
let target: ImportTarget;

const history = { history: true };
const message = (fields: object) => Opportunity.fromJSON({ name: 'Deal', ...fields }) as unknown as Message;
const past = (createTime?: string): Caller => ({
  ...caller,
  imported: true,
  ...(createTime && { clock: new Date(createTime) }),
});
const create = (as: Caller, fields: object) =>
  runAs(as, () => started.database.transact((tx) => target.create(tx, message(fields), as, history)));
const update = (as: Caller, id: string, fields: object) =>
  runAs(as, () =>
    started.database.transact((tx) =>
      target.update(
        tx,
        id,
        message(fields),
        Object.keys(fields).filter((path) => path !== 'externalId'),
        as,
        history,
      ),
    ),
  );
const deal = async (id: string) => (await manager.deals.getOpportunity({ id })).opportunity!;
const stageId = (name: string) => pipeline.stages.find((stage) => stage.name === name)!.id;
const fieldError = (field: string, reason: string) => ({
  code: 'INVALID_ARGUMENT',
  fields: [{ field: `opportunity.${field}`, reason }],
});
const lookUp = (field: string, text: string, row: object = {}, as = caller) =>
  started.database.transact((tx) =>
    target.fields.find((each) => each.field === field)!.lookup!(text, {
      tx,
      caller: as,
      history: true,
      message: row as Message,
    }),
  );

beforeAll(async () => {
  started = await startSalesService();
  manager = await started.person({ permissions: everything('ALL') });
  caller = await started.callers.identify(manager.token);
  pipeline = (await manager.pipelines.createPipeline({ pipeline: english(), requestId: '' })).pipeline!;
  target = opportunityImport(started.service);
  await started.database.sql
    .insertInto('directory_rate')
    .values([
      { id: uuidv7(), currency: 'USD', from_date: '2016-01-01', rate: '6' },
      { id: uuidv7(), currency: 'USD', from_date: '2017-03-01', rate: '6.5' },
    ])
    .execute();
});
afterAll(() => started.stop());

describe('history', () => {
  it('comes in closed, with its own dates and the rate of the day it was closed', async () => {
    const id = await create(past('2016-10-19T16:00:00Z'), {
      externalId: '1C1I7A6R',
      amount: { amount: '1054', currency: 'USD' },
      state: 'OPPORTUNITY_STATE_WON',
      closeDate: '2017-03-01',
    });
    expect(await deal(id)).toMatchObject({
      externalId: '1C1I7A6R',
      state: 'OPPORTUNITY_STATE_WON',
      stageId: stageId('Won'),
      probability: 100,
      createDate: '2016-10-20',
      createTime: '2016-10-19T16:00:00.000Z',
      closeDate: '2017-03-01',
      stageTime: '2017-02-28T16:00:00.000Z',
      customerId: undefined,
      amount: { amount: '1054.00', baseAmount: '6851.00', rateDate: '2017-03-01' },
    });
    const [event] = await started.events(id);
    expect(event?.event).toMatchObject({
      type: 'crm.sales.opportunity.created.v1',
      imported: 'true',
      businessdate: '2016-10-20',
      time: '2016-10-19T16:00:00.000Z',
    });
    expect(await started.events(id)).toHaveLength(1);
  });

  it('keeps today’s gates quiet, but not what cannot be', async () => {
    expect(
      await deal(await create(past(), { stageId: stageId('Negotiation'), expectedCloseDate: '2020-01-01' })),
    ).toMatchObject({ state: 'OPPORTUNITY_STATE_OPEN', probability: 80, expectedCloseDate: '2020-01-01' });
    expect(
      await deal(
        await create(past('2020-01-01T00:00:00Z'), {
          state: 'OPPORTUNITY_STATE_LOST',
          closeDate: '2020-02-01',
          lostReason: 'Whatever they wrote',
        }),
      ),
    ).toMatchObject({ lostReason: 'Whatever they wrote', probability: 0 });
    await expect(create(past(), { stageId: stageId('Lost') })).rejects.toMatchObject(
      fieldError('closeDate', 'REQUIRED'),
    );
    await expect(create(past(), { stageId: stageId('Lost'), closeDate: '2999-01-01' })).rejects.toMatchObject(
      fieldError('closeDate', 'DATE_IN_FUTURE'),
    );
    await expect(
      create(past('2020-05-05T00:00:00Z'), { stageId: stageId('Lost'), closeDate: '2020-05-04' }),
    ).rejects.toMatchObject(fieldError('closeDate', 'CLOSED_BEFORE_CREATED'));
    await expect(
      create(past('2020-01-01T00:00:00Z'), { stageId: stageId('Won'), closeDate: '2020-02-01' }),
    ).rejects.toMatchObject(fieldError('amount', 'REQUIRED'));
    await expect(create(past(), { closeDate: '2020-02-01' })).rejects.toMatchObject(
      fieldError('closeDate', 'NOT_CLOSED'),
    );
    await expect(
      create(past(), { stageId: stageId('Won'), state: 'OPPORTUNITY_STATE_LOST', closeDate: '2020-02-01' }),
    ).rejects.toMatchObject(fieldError('state', 'STATE_OF_STAGE'));
  });

  it('that comes again tells only what is new', async () => {
    const row = { externalId: 'again', amount: { amount: '100' }, stageId: stageId('Won'), closeDate: '2020-02-01' };
    const id = await create(past('2020-01-01T00:00:00Z'), row);
    await update(past(), id, row);
    expect((await deal(id)).version).toBe(1);
    await update(past(), id, { ...row, stageId: stageId('Lost'), lostReason: 'Changed their mind' });
    expect(await deal(id)).toMatchObject({
      version: 2,
      state: 'OPPORTUNITY_STATE_LOST',
      closeDate: '2020-02-01',
      lostReason: 'Changed their mind',
    });
    await update(past(), id, { stageId: stageId('Proposal') });
    expect(await deal(id)).toMatchObject({
      version: 3,
      state: 'OPPORTUNITY_STATE_OPEN',
      closeDate: undefined,
      lostReason: '',
    });
    expect((await started.events(id)).map(({ subject }) => subject.split('.')[3])).toEqual([
      'created',
      'lost',
      'reopened',
    ]);
  });

  it('may belong to somebody who left', async () => {
    const left = await started.person({ permissions: {} });
    await started.database.sql
      .updateTable('directory_employee')
      .set({ state: 'EMPLOYEE_STATE_LEFT' })
      .where('id', '=', left.id)
      .execute();
    expect((await deal(await create(past(), { ownerId: left.id }))).ownerId).toBe(left.id);
    await expect(create(caller, { ownerId: left.id })).rejects.toMatchObject(
      fieldError('ownerId', 'EMPLOYEE_NOT_ACTIVE'),
    );
  });
});

describe('an import without history', () => {
  it('obeys the gates and brings nothing in closed', async () => {
    await expect(create(caller, { stageId: stageId('Proposal') })).rejects.toMatchObject(
      fieldError('customerId', 'REQUIRED_BY_STAGE'),
    );
    await expect(create(caller, { stageId: stageId('Won'), amount: { amount: '1' } })).rejects.toMatchObject(
      fieldError('stageId', 'CLOSED_IS_HISTORY'),
    );
    const id = await create(caller, { stageId: stageId('Needs confirmed') });
    expect(await deal(id)).toMatchObject({ probability: 30, createDate: expect.stringMatching(/^20/) });
    await expect(update(caller, id, { stageId: stageId('Proposal') })).rejects.toMatchObject(
      fieldError('customerId', 'REQUIRED_BY_STAGE'),
    );
    await update(caller, id, { note: 'Read in the file', ownerId: manager.id, stageId: stageId('Contact made') });
    expect(await deal(id)).toMatchObject({ note: 'Read in the file', probability: 10, version: 3 });
  });

  it('names no customer that the person may not see', async () => {
    const seller = await started.person({ permissions: { ...everything('OWN'), 'customer.read': 'OWN' } });
    const as = await started.callers.identify(seller.token);
    const [hers, other] = [
      started.customer({ name: 'Hers', ownerId: seller.id }),
      started.customer({ name: 'Not hers' }),
    ];
    expect((await deal(await create(as, { customerId: hers }))).customerId).toBe(hers);
    await expect(create(as, { customerId: other })).rejects.toMatchObject(fieldError('customerId', 'UNKNOWN_CUSTOMER'));
  });
});

describe('what a row means', () => {
  it('is found by names', async () => {
    const customerId = started.customer({ name: 'Isdom' });
    const id = await create(caller, { name: 'Isdom GTX', customerId });
    expect((await lookUp('customerId', ' ISDOM ')).map((found) => found.id)).toEqual([customerId]);
    expect((await lookUp('pipelineId', 'standard sales')).map((found) => found.id)).toEqual([pipeline.id]);
    expect((await lookUp('stageId', 'won')).map((found) => found.id)).toEqual([stageId('Won')]);
    expect((await lookUp('stageId', 'won', { pipelineId: pipeline.id })).map((found) => found.id)).toEqual([
      stageId('Won'),
    ]);
    expect(await lookUp('stageId', 'Prospecting')).toEqual([]);
    const find = (fields: object) => started.database.transact((tx) => target.find(tx, target.keys(message(fields))));
    expect(await find({ name: ' isdom gtx', customerId })).toEqual([id]);
    expect(await find({ name: 'Isdom GTX' })).toEqual([]);
    const external = await create(caller, { externalId: 'X-1' });
    expect(await started.database.transact((tx) => target.find(tx, [{ kind: 'external', value: 'X-1' }]))).toEqual([
      external,
    ]);
  });

  it('is no customer by a name or number that is masked for the person', async () => {
    const customerId = started.customer({ name: 'Covered', number: 'C-77' });
    await create(caller, { customerId });
    const found = (...masked: string[]) => {
      const grant = { hidden: new Set<string>(), masked: new Set(masked), readOnly: new Set<string>() };
      const as = { ...caller, grants: { ...caller.grants!, fields: new Map([['customer', grant]]) } };
      return Promise.all(['covered', 'C-77'].map((text) => lookUp('customerId', text, {}, as)));
    };
    const hit = [expect.objectContaining({ id: customerId })];
    expect(await found()).toEqual([hit, hit]);
    expect(await found('name')).toEqual([[], hit]);
    expect(await found('number')).toEqual([hit, []]);
    const kinds = target.keys(message({ customerId })).map(({ kind }) => target.keyFields[kind]);
    expect(kinds).toEqual([['name', 'customerId']]);
  });
});
