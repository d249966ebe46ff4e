import type { Caller } from '@pelagic/chassis/caller';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { runAs, type TestPerson } from '@pelagic/chassis/testing/callers';
import { Share } from '@pelagic/proto/crm/common/v1/common';
import { Contact } from '@pelagic/proto/crm/customer/v1/contact';
import { Customer } from '@pelagic/proto/crm/customer/v1/customer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everything, LIST, startCustomerService } from '../testing.ts';
import { matchRequester } from '../matching/match-requester.ts';
import { contactImport } from './contact.import.ts';

type Started = Awaited<ReturnType<typeof startCustomerService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let manager: Person;

const NEW = { requestId: '', validateOnly: false };
const NOT_FOUND = { code: 'NOT_FOUND' };
const UNKNOWN = { fields: [{ field: 'contact.customerId', reason: 'UNKNOWN_CUSTOMER' }] };

const hire = (rights: Partial<TestPerson> = {}) => started.person({ permissions: everything('OWN'), ...rights });
const companyOf = async (person: Person, name: string) =>
  (await person.customers.createCustomer({ ...NEW, customer: Customer.fromJSON({ name }) })).customer!.id;
const add = async (person: Person, fields: object) =>
  (await person.contacts.createContact({ ...NEW, contact: Contact.fromJSON(fields) })).contact!;
const change = async (person: Person, id: string, fields: object) =>
  (
    await person.contacts.updateContact({
      id,
      contact: Contact.fromJSON(fields),
      updateMask: Object.keys(fields).filter((field) => field !== 'version'),
    })
  ).contact!;
const read = async (person: Person, id: string) => (await person.contacts.getContact({ id })).contact!;
const share = (customerId: string, employeeId: string, access: string) =>
  manager.customers.shareCustomer({
    id: customerId,
    shares: [Share.fromJSON({ employeeId, access })],
    version: 0,
  });

beforeAll(async () => {
  started = await startCustomerService();
  manager = await hire({ permissions: everything('ALL') });
});
afterAll(() => started.stop());

describe('a contact', () => {
  it('belongs to a customer that the caller may change, and has its owner and department', async () => {
    const [seller, stranger] = [await hire(), await hire()];
    const customerId = await companyOf(seller, '甲公司');
    const fields = {
      name: ' 李 雷 ',
      customerId,
      phones: ['138 0013 8000', '13800138000'],
      emails: ['Li@Example.com'],
    };
    const contact = await add(seller, fields);
    expect(contact).toMatchObject({
      name: '李 雷',
      phones: ['+8613800138000'],
      emails: ['li@example.com'],
      ownerId: seller.id,
      departmentId: seller.departmentId,
    });
    expect(contact.number).not.toBe('');
    await expect(add(seller, { name: 'Ann' })).rejects.toMatchObject({
      fields: [{ field: 'contact.customerId', reason: 'REQUIRED' }],
    });
    await expect(add(stranger, fields)).rejects.toMatchObject(UNKNOWN);
    await expect(add(seller, { ...fields, customerId: uuidv7() })).rejects.toMatchObject(UNKNOWN);
    await expect(add(seller, { ...fields, phones: ['12'] })).rejects.toMatchObject({
      fields: [{ field: 'contact.phones[0]', reason: 'BAD_FORMAT' }],
    });
  });

  it('is seen with its customer and goes along when that is given away, each told', async () => {
    const [seller, next] = [await hire(), await hire()];
    const customerId = await companyOf(seller, '乙公司');
    const { id } = await add(seller, { name: '李雷', customerId });
    await expect(read(next, id)).rejects.toMatchObject(NOT_FOUND);
    await manager.customers.assignCustomer({ id: customerId, ownerId: next.id, version: 0, reason: '交接' });
    expect(await read(next, id)).toMatchObject({ ownerId: next.id, departmentId: next.departmentId });
    await expect(read(seller, id)).rejects.toMatchObject(NOT_FOUND);
    expect((await seller.contacts.listContacts(LIST)).contacts).toEqual([]);
    const events = await started.events(id);
    expect(events.map(({ subject, version }) => [subject, version])).toEqual([
      ['crm.customer.contact.created.v1', 1],
      ['crm.customer.contact.updated.v1', 2],
    ]);
    expect(events[1]?.event.data).toMatchObject({ contact: { ownerId: next.id }, before: { ownerId: seller.id } });
  });

  it('is read by whom its customer is shared with, changed only when that is for writing, and gone with the share', async () => {
    const mate = await hire();
    const customerId = await companyOf(manager, '丙公司');
    const { id } = await add(manager, { name: '韩梅梅', customerId });
    await share(customerId, mate.id, 'SHARE_ACCESS_READ');
    expect((await read(mate, id)).name).toBe('韩梅梅');
    await expect(change(mate, id, { title: '经理' })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await share(customerId, mate.id, 'SHARE_ACCESS_WRITE');
    expect((await change(mate, id, { title: '经理' })).title).toBe('经理');
    await manager.customers.shareCustomer({ id: customerId, shares: [], version: 0 });
    await expect(read(mate, id)).rejects.toMatchObject(NOT_FOUND);
  });

  it('moves to another customer that the caller may change, and to its owner', async () => {
    const [seller, other] = [await hire(), await hire()];
    const [from, to] = [await companyOf(seller, '丁公司'), await companyOf(other, '戊公司')];
    const { id } = await add(seller, { name: '赵雷', customerId: from });
    await expect(change(seller, id, { customerId: to })).rejects.toMatchObject(UNKNOWN);
    expect(await change(manager, id, { customerId: to })).toMatchObject({ customerId: to, ownerId: other.id });
    await expect(read(seller, id)).rejects.toMatchObject(NOT_FOUND);
    expect((await read(other, id)).departmentId).toBe(other.departmentId);
  });

  it('hides what the role hides and masks what it masks, which then finds nothing and is not written', async () => {
    const customerId = await companyOf(manager, '己公司');
    const fields = { name: '钱枫', customerId, phones: ['13900000007'], note: '秘密' };
    const { id } = await add(manager, fields);
    const clerk = await hire({
      permissions: everything('ALL'),
      fields: { contact: { masked: ['phones'], hidden: ['note'] } },
    });
    expect(await read(clerk, id)).toMatchObject({ phones: ['+86139****0007'], note: '' });
    const found = async (person: Person, query: string) =>
      (await person.contacts.listContacts({ ...LIST, query })).contacts.map((contact) => contact.id);
    expect([await found(manager, '139000000'), await found(clerk, '139000000')]).toEqual([[id], []]);
    await expect(change(clerk, id, { phones: ['13900000008'] })).rejects.toMatchObject({
      fields: [{ field: 'contact.phones', reason: 'FIELD_NOT_WRITABLE' }],
    });
  });
});

it('is whom a mail address or number belongs to, where it belongs to one alone', async () => {
  const [one, other] = [await companyOf(manager, '远洋'), await companyOf(manager, '近海')];
  const known = await add(manager, {
    name: '韩梅梅',
    customerId: one,
    emails: ['han@one.example'],
    phones: ['13900000001'],
  });
  await add(manager, { name: '前台甲', customerId: one, phones: ['13900000002'] });
  await add(manager, { name: '前台乙', customerId: other, phones: ['13900000002'] });
  await manager.customers.createCustomer({
    ...NEW,
    customer: Customer.fromJSON({ name: '总机', phones: ['13900000003'] }),
  });
  const found = (reach: object) => matchRequester(started.database.sql, { phone: '', email: '', ...reach });
  const nobody = { customerId: undefined, contactId: undefined };
  expect(await found({ email: 'han@one.example' })).toEqual({ customerId: one, contactId: known.id });
  expect(await found({ phone: '+8613900000002' })).toEqual(nobody);
  expect(await found({ phone: '+8613900000003' })).toMatchObject({ customerId: expect.any(String) });
  expect(await found({})).toEqual(nobody);
  await manager.contacts.deleteContact({ id: known.id, version: 0 });
  expect(await found({ email: 'han@one.example' })).toEqual(nobody);
});

describe('the recycle bin', () => {
  it('takes a contact and gives it back, each told; nobody changes it there', async () => {
    const customerId = await companyOf(manager, '庚公司');
    const { id, version } = await add(manager, { name: '孙莉', customerId });
    await expect(manager.contacts.deleteContact({ id, version: version + 1 })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    await manager.contacts.deleteContact({ id, version });
    const listed = async (deleted: boolean) =>
      (await manager.contacts.listContacts({ ...LIST, filter: `customer_id = "${customerId}"`, deleted })).contacts.map(
        (contact) => contact.id,
      );
    expect([await listed(false), await listed(true)]).toEqual([[], [id]]);
    await expect(change(manager, id, { title: 'x' })).rejects.toMatchObject(NOT_FOUND);
    await manager.contacts.undeleteContact({ id });
    expect([await listed(false), await listed(true)]).toEqual([[id], []]);
    expect((await started.events(id)).map(({ subject }) => subject.split('.')[3])).toEqual([
      'created',
      'deleted',
      'restored',
    ]);
  });

  it('takes contacts out of sight with their customer, and back', async () => {
    const customerId = await companyOf(manager, '辛公司');
    const { id } = await add(manager, { name: '周杰', customerId });
    await manager.customers.deleteCustomer({ id: customerId, version: 0 });
    await expect(read(manager, id)).rejects.toMatchObject(NOT_FOUND);
    await manager.customers.undeleteCustomer({ id: customerId });
    expect((await read(manager, id)).version).toBe(1);
  });
});

describe('a row of an import', () => {
  it('is the person of that name at that customer, or who has its external id, among the living', async () => {
    const [one, two] = [await companyOf(manager, '壬公司'), await companyOf(manager, '癸公司')];
    const target = contactImport(started.service);
    const caller: Caller = await started.callers.identify(manager.token);
    const enter = (fields: object) =>
      runAs(caller, () =>
        started.database.transact((tx) =>
          target.create(tx, Contact.fromJSON(fields) as never, caller, { history: false }),
        ),
      );
    const find = (fields: object) =>
      started.database.transact((tx) => target.find(tx, target.keys(Contact.fromJSON(fields) as never)));
    const ann = await enter({ name: 'Ann Lee', customerId: one, phones: ['13800000001'], externalId: 'P-1' });
    expect(await find({ name: ' ann  LEE ', customerId: one })).toEqual([ann]);
    expect(await find({ name: 'Ann Lee', customerId: two })).toEqual([]);
    // A switchboard's phone is nobody's.
    expect(await find({ name: 'Bob', customerId: one, phones: ['13800000001'] })).toEqual([]);
    const slashed = await enter({ name: 'Ann/Bob', customerId: one });
    expect(await find({ name: 'ann/bob', customerId: one })).toEqual([slashed]);
    expect(await find({ name: 'Ann Lee/Bob', customerId: one })).toEqual([]);
    const external = (value: string) =>
      started.database.transact((tx) => target.find(tx, [{ kind: 'external', value }]));
    expect([await external('P-1'), await external('P-2')]).toEqual([[ann], []]);
    await manager.contacts.deleteContact({ id: ann, version: 0 });
    expect([await external('P-1'), await find({ name: 'Ann Lee', customerId: one })]).toEqual([[], []]);
  });
});
