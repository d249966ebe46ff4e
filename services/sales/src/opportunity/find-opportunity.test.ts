import { uuidv7 } from '@pelagic/chassis/outbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIST } from '../testing.ts';
import { fieldError, openSelling, type Person, type Selling } from './testing.ts';

let selling: Selling;
let started: Selling['started'];
let manager: Person;

const create: Selling['createBy'] = (...args) => selling.createBy(...args);
const update: Selling['update'] = (...args) => selling.update(...args);

beforeAll(async () => {
  selling = await openSelling();
  ({ started, manager } = selling);
});
afterAll(() => started.stop());

describe('finding deals', () => {
  it('obeys the scope, and a share opens one', async () => {
    const seller = await started.person({
      permissions: { 'opportunity.create': 'OWN', 'opportunity.read': 'OWN', 'opportunity.update': 'OWN' },
    });
    const mate = await started.person({ permissions: { 'opportunity.read': 'OWN', 'opportunity.update': 'OWN' } });
    const deal = await create(seller, { name: 'Only hers' });
    await expect(mate.deals.getOpportunity({ id: deal.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await manager.deals.shareOpportunity({
      id: deal.id,
      shares: [{ employeeId: mate.id, access: 'SHARE_ACCESS_READ' }],
      version: 0,
    });
    expect((await mate.deals.listOpportunities(LIST)).opportunities.map(({ id }) => id)).toEqual([deal.id]);
    await expect(update(mate, deal.id, { note: 'x' })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('finds and sorts by the customer’s name where the person may see the customer', async () => {
    const mate = await started.person({ permissions: { 'opportunity.read': 'ALL', 'customer.read': 'OWN' } });
    const theirs = started.customer({ name: '深蓝海洋科技有限公司', ownerId: mate.id }, manager);
    const other = started.customer({ name: '深蓝渔业', shortName: 'DBF' }, manager);
    const [first, second] = [
      await create(manager, { name: 'First', customerId: theirs }),
      await create(manager, { name: 'Second', customerId: other }),
    ];
    const found = async (person: Person, list: object) =>
      (await person.deals.listOpportunities({ ...LIST, ...list })).opportunities.map(({ id }) => id);
    expect(await found(manager, { query: '深蓝' })).toEqual([second.id, first.id]);
    expect(await found(mate, { query: '深蓝' })).toEqual([first.id]);
    const blind = await started.person({
      permissions: { 'opportunity.read': 'ALL', 'customer.read': 'ALL' },
      fields: { customer: { hidden: ['shortName'] } },
    });
    expect(await found(manager, { query: 'DBF' })).toEqual([second.id]);
    expect(await found(blind, { query: 'DBF' })).toEqual([]);
    expect(await found(blind, { query: '渔业' })).toEqual([second.id]);
    expect(await found(manager, { filter: 'customer.name:"渔业"' })).toEqual([second.id]);
    expect(await found(mate, { filter: 'customer.name:"渔业"' })).toEqual([]);
    expect(await found(manager, { filter: 'customer.name:"深蓝"', orderBy: 'customer.name desc' })).toEqual([
      second.id,
      first.id,
    ]);
  });

  it('compares amounts by their worth, and hides them with their parts', async () => {
    const name = `Amounts ${uuidv7()}`;
    await create(manager, { name, amount: { amount: '10', currency: 'USD' } });
    await create(manager, { name, amount: { amount: '50', currency: 'CNY' } });
    const amounts = async (person: Person, list: object) =>
      (await person.deals.listOpportunities({ ...LIST, query: name, ...list })).opportunities.map(
        ({ amount }) => amount?.amount,
      );
    expect(await amounts(manager, { orderBy: 'amount desc' })).toEqual(['10.00', '50.00']);
    expect(await amounts(manager, { filter: 'amount > 60' })).toEqual(['10.00']);
    expect(await amounts(manager, { filter: 'amount.currency = "CNY" AND amount.amount <= 50' })).toEqual(['50.00']);
    const blind = await started.person({
      permissions: { 'opportunity.read': 'ALL' },
      fields: { opportunity: { hidden: ['amount'] } },
    });
    expect(await amounts(blind, {})).toEqual([undefined, undefined]);
    for (const filter of ['amount > 60', 'amount.currency = "CNY"'])
      await expect(amounts(blind, { filter })).rejects.toMatchObject({ fields: [{ reason: 'UNKNOWN_FIELD' }] });
    await expect(amounts(blind, { orderBy: 'amount.amount' })).rejects.toMatchObject({
      fields: [{ reason: 'BAD_ORDER' }],
    });
    const reader = await started.person({
      permissions: { 'opportunity.update': 'ALL', 'opportunity.read': 'ALL' },
      fields: { opportunity: { readOnly: ['amount'] } },
    });
    const { opportunities } = await manager.deals.listOpportunities({ ...LIST, query: name });
    await expect(
      update(reader, opportunities[0]!.id, { amount: { amount: '1' } }, ['amount.amount']),
    ).rejects.toMatchObject(fieldError('amount', 'FIELD_NOT_WRITABLE'));
  });
});
