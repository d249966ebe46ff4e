import { forgetDefinitions } from '@pelagic/capabilities/custom-field/definitions';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everything, LIST } from '../testing.ts';
import { fieldError, openSelling, type Person, type Selling } from './testing.ts';

let selling: Selling;
let started: Selling['started'];
let manager: Person;

const DAY_MS = 86_400_000;
const day = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
const create: Selling['createBy'] = (...args) => selling.createBy(...args);
const update: Selling['update'] = (...args) => selling.update(...args);

beforeAll(async () => {
  selling = await openSelling();
  ({ started, manager } = selling);
});
afterAll(() => started.stop());

describe('entering a deal', () => {
  it('has an external id of its own, which the recycle bin gives free', async () => {
    const taken = { code: 'ALREADY_EXISTS', reason: 'EXTERNAL_ID_TAKEN' };
    const first = await create(manager, { externalId: 'crm:7' });
    await expect(create(manager, { externalId: 'crm:7' })).rejects.toMatchObject(taken);
    await manager.deals.deleteOpportunity({ id: first.id, version: 0 });
    await create(manager, { externalId: 'crm:7' });
    await expect(manager.deals.undeleteOpportunity({ id: first.id })).rejects.toMatchObject(taken);
  });

  it('begins in the first stage of the default pipeline, is numbered and told of', async () => {
    const deal = await create(manager, {
      name: '  年度框架 ',
      amount: { amount: '1000.5', currency: 'USD' },
      expectedCloseDate: day(30),
    });
    expect(deal).toMatchObject({
      name: '年度框架',
      state: 'OPPORTUNITY_STATE_OPEN',
      probability: 10,
      ownerId: manager.id,
      departmentId: manager.departmentId,
      version: 1,
      pipelineRevision: 1,
    });
    expect(deal.amount).toEqual({
      amount: '1000.50',
      currency: 'USD',
      baseAmount: '7003.50',
      rateDate: deal.createDate,
    });
    expect(deal.number).toMatch(/^OPP-\d{4}-\d{6}$/);
    const [told] = await started.events(deal.id);
    expect(told).toMatchObject({
      subject: 'crm.sales.opportunity.created.v1',
      event: {
        sequence: '1',
        data: { opportunity: { id: deal.id, amount: { baseAmount: '7003.50' }, createDate: deal.createDate } },
      },
    });
  });

  it('refuses what cannot be, naming the field', async () => {
    await expect(create(manager, { amount: { amount: '-5' } })).rejects.toMatchObject(
      fieldError('amount.amount', 'NEGATIVE'),
    );
    await expect(create(manager, { expectedCloseDate: day(-3) })).rejects.toMatchObject(
      fieldError('expectedCloseDate', 'DATE_IN_PAST'),
    );
    await expect(create(manager, { amount: { amount: '5', currency: 'EUR' } })).rejects.toMatchObject(
      fieldError('amount.currency', 'NO_EXCHANGE_RATE'),
    );
    await expect(create(manager, { probability: 55 })).rejects.toMatchObject(
      fieldError('probabilityReason', 'REQUIRED'),
    );
    await expect(create(manager, { pipelineId: uuidv7() })).rejects.toMatchObject(
      fieldError('pipelineId', 'UNKNOWN_PIPELINE'),
    );
    await expect(create(manager, { name: '   ' })).rejects.toMatchObject(fieldError('name', 'REQUIRED'));
    await expect(create(manager, { closeDate: day(-1) })).rejects.toMatchObject(fieldError('closeDate', 'OUTPUT_ONLY'));
    await expect(create(manager, { contacts: [{ contactId: uuidv7() }] })).rejects.toMatchObject(
      fieldError('contacts[0].contactId', 'UNKNOWN_CONTACT'),
    );
  });

  it('knows a customer that was made a moment ago, and none that the person may not see', async () => {
    const mine = started.customer({ name: '蓝海科技' }, manager);
    expect((await create(manager, { customerId: mine })).customerId).toBe(mine);
    const foreign = started.customer({ name: 'Foreign' });
    await expect(create(manager, { customerId: foreign })).rejects.toMatchObject(
      fieldError('customerId', 'UNKNOWN_CUSTOMER'),
    );
    await expect(create(manager, { customerId: uuidv7() })).rejects.toMatchObject(
      fieldError('customerId', 'UNKNOWN_CUSTOMER'),
    );
    const gone = started.customer({ name: 'Gone', deleteTime: new Date().toISOString() }, manager);
    await expect(create(manager, { customerId: gone })).rejects.toMatchObject(
      fieldError('customerId', 'CUSTOMER_DELETED'),
    );
  });

  it('gives a deal to somebody else only with the right to assign', async () => {
    const seller = await started.person({ permissions: { 'opportunity.create': 'OWN', 'opportunity.read': 'OWN' } });
    await expect(create(seller, { ownerId: manager.id })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const given = await create(manager, { ownerId: seller.id });
    expect(given).toMatchObject({ ownerId: seller.id, departmentId: seller.departmentId, creatorId: manager.id });
    await expect(create(manager, { ownerId: uuidv7() })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(create(manager, { departmentId: uuidv7() })).rejects.toMatchObject(
      fieldError('departmentId', 'DEPARTMENT_OF_OWNER'),
    );
  });

  it('gives 100 at once 100 numbers', async () => {
    const deals = await Promise.all(
      Array.from({ length: 100 }, () => create(manager, { amount: { amount: '1', currency: 'USD' } })),
    );
    expect(new Set(deals.map(({ number }) => number)).size).toBe(100);
  });
});

describe('a deal of a conversion', () => {
  it('is made once under the id that was allocated for it', async () => {
    const id = uuidv7();
    const leadId = started.customer({}, manager);
    const made = await Promise.all(
      Array.from({ length: 10 }, () =>
        create(manager, { name: 'From a lead' }, { id, leadId, requestId: `conversion/${id}` }),
      ),
    );
    expect(new Set(made.map((deal) => `${deal.id} ${deal.version} ${deal.leadId}`))).toEqual(
      new Set([`${id} 1 ${leadId}`]),
    );
    expect((await create(manager, { name: 'Asked again without a request id' }, { id, leadId })).name).toBe(
      'From a lead',
    );
    expect(await started.events(id)).toHaveLength(1);
  });

  it('does not answer a record that is another’s or deleted', async () => {
    const { id } = await create(manager);
    const seller = await started.person({ permissions: { 'opportunity.create': 'OWN', 'opportunity.read': 'OWN' } });
    await expect(create(seller, {}, { id })).rejects.toMatchObject({ code: 'ALREADY_EXISTS', reason: 'ID_TAKEN' });
    await manager.deals.deleteOpportunity({ id, version: 0 });
    await expect(create(manager, {}, { id })).rejects.toMatchObject({ code: 'ALREADY_EXISTS', reason: 'ID_TAKEN' });
    await expect(create(manager, {}, { leadId: uuidv7() })).rejects.toMatchObject({
      fields: [{ field: 'leadId', reason: 'UNKNOWN_LEAD' }],
    });
    await expect(create(manager, {}, { id: 'deal-1' })).rejects.toMatchObject({
      fields: [{ field: 'id', reason: 'BAD_FORMAT' }],
    });
  });

  it('takes those of the lead’s custom fields that it has and its maker may write, and minds no others', async () => {
    const time = new Date();
    for (const [slug, kind] of [
      ['region', 'TEXT'],
      ['score', 'NUMBER'],
      ['secret', 'TEXT'],
    ])
      await started.database.sql
        .insertInto('custom_field')
        .values({
          noun: 'opportunity',
          slug,
          label: slug,
          kind: `CUSTOM_FIELD_KIND_${kind}`,
          version: 1,
          create_time: time,
          update_time: time,
        })
        .execute();
    forgetDefinitions('opportunity');
    const custom = { region: { text: 'east' }, score: { text: 'high' }, secret: { text: 'x' }, unknown: { text: 'y' } };
    const maker = await started.person({
      permissions: everything('ALL'),
      fields: { opportunity: { readOnly: ['custom.secret'] } },
    });
    const customerId = started.customer({ name: 'Carried' }, maker);
    const leadId = started.customer({}, maker);
    expect((await create(maker, { custom, customerId }, { leadId })).custom).toEqual({
      region: { value: { $case: 'text', value: 'east' } },
    });
    await expect(create(maker, { custom, customerId })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('can be asked about before its customer is there', async () => {
    const leadId = started.customer({}, manager);
    const asked = await create(manager, { customerId: uuidv7() }, { leadId, validateOnly: true });
    await expect(manager.deals.getOpportunity({ id: asked.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(create(manager, { customerId: uuidv7() }, { leadId })).rejects.toMatchObject(
      fieldError('customerId', 'UNKNOWN_CUSTOMER'),
    );
  });
});

describe('changing a deal', () => {
  it('tells the fields before, and nothing when nothing changed', async () => {
    const contactId = started.customer({}, manager);
    const deal = await create(manager, { amount: { amount: '10' } });
    const fields = {
      amount: { amount: '20.00', currency: 'CNY' },
      contacts: [{ contactId, role: 'Buyer' }],
      nextStep: 'Call',
    };
    expect(await update(manager, deal.id, fields)).toMatchObject({
      version: 2,
      amount: { amount: '20.00', baseAmount: '20.00' },
      contacts: [{ contactId, role: 'Buyer' }],
    });
    expect((await update(manager, deal.id, fields)).version).toBe(2);
    expect((await started.events(deal.id)).map(({ event }) => event.data.before)).toEqual([
      undefined,
      { amount: deal.amount, contacts: [], nextStep: '' },
    ]);
    expect((await update(manager, deal.id, { amount: undefined }, ['amount'])).amount).toBeUndefined();
    expect((await update(manager, deal.id, { amount: { amount: '7' } }, ['amount.amount'])).amount?.amount).toBe(
      '7.00',
    );
  });

  it('lets one of two win who save the same version', async () => {
    const deal = await create(manager);
    const saves = await Promise.allSettled(
      ['one', 'two'].map((nextStep) => update(manager, deal.id, { nextStep, version: 1 }, ['nextStep'])),
    );
    expect(saves.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(saves.find((save) => save.status === 'rejected')?.reason).toMatchObject({
      code: 'ABORTED',
      params: { version: '2' },
    });
  });

  it('has a probability of its own only with a reason', async () => {
    const deal = await create(manager, { probability: 60, probabilityReason: 'They asked for a contract' });
    expect(deal.probability).toBe(60);
    expect(await update(manager, deal.id, { probability: 70 })).toMatchObject({
      probability: 70,
      probabilityReason: 'They asked for a contract',
    });
    await expect(update(manager, deal.id, { probability: 65, probabilityReason: '' })).rejects.toMatchObject(
      fieldError('probabilityReason', 'REQUIRED'),
    );
    expect(await update(manager, deal.id, { probabilityReason: '' })).toMatchObject({
      probability: 10,
      probabilityReason: '',
    });
    expect(await update(manager, deal.id, { probability: 10 })).toMatchObject({ probability: 10, version: 3 });
  });

  it('changes owner by assigning and pipeline by moving', async () => {
    const deal = await create(manager);
    const seller = await started.person({ permissions: {} });
    await expect(update(manager, deal.id, { ownerId: seller.id })).rejects.toMatchObject(
      fieldError('ownerId', 'USE_ASSIGN'),
    );
    await expect(update(manager, deal.id, { pipelineId: uuidv7() })).rejects.toMatchObject(
      fieldError('pipelineId', 'USE_MOVE'),
    );
    await expect(update(manager, deal.id, { expectedCloseDate: day(-2) })).rejects.toMatchObject(
      fieldError('expectedCloseDate', 'DATE_IN_PAST'),
    );
    const { opportunity } = await manager.deals.assignOpportunity({
      id: deal.id,
      ownerId: seller.id,
      version: 1,
      reason: 'Her region',
    });
    expect(opportunity).toMatchObject({ ownerId: seller.id, departmentId: seller.departmentId, version: 2 });
    expect((await started.events(deal.id)).at(-1)).toMatchObject({
      subject: 'crm.sales.opportunity.assigned.v1',
      event: { reason: 'Her region', data: { before: { ownerId: manager.id } } },
    });
  });

  it('goes to the recycle bin and back', async () => {
    const deal = await create(manager);
    await manager.deals.deleteOpportunity({ id: deal.id, version: 1 });
    expect(
      (await manager.deals.listOpportunities({ ...LIST, deleted: true, filter: `id = "${deal.id}"` })).opportunities,
    ).toHaveLength(1);
    await expect(update(manager, deal.id, { note: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await manager.deals.undeleteOpportunity({ id: deal.id })).opportunity).toMatchObject({
      id: deal.id,
      deleteTime: undefined,
      version: 3,
    });
    expect((await started.events(deal.id)).map(({ subject }) => subject.split('.')[3])).toEqual([
      'created',
      'deleted',
      'restored',
    ]);
  });
});
