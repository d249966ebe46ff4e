import type { ImportTarget } from '@pelagic/capabilities/job/import-target';
import type { Message } from '@pelagic/capabilities/record/mapping';
import { Contact } from '@pelagic/proto/crm/customer/v1/contact';
import { Customer } from '@pelagic/proto/crm/customer/v1/customer';
import { Lead } from '@pelagic/proto/crm/customer/v1/lead';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contactImport } from '../contact/contact.import.ts';
import { customerImport } from '../customer/customer.import.ts';
import { leadImport } from '../lead/lead.import.ts';
import { everything, startCustomerService } from '../testing.ts';
import { customerLookup } from './lookups.ts';

type Started = Awaited<ReturnType<typeof startCustomerService>>;

let started: Started;
let manager: Awaited<ReturnType<Started['person']>>;

beforeAll(async () => {
  started = await startCustomerService();
  manager = await started.person({ permissions: everything('ALL') });
});
afterAll(() => started.stop());

describe('what rows are known by', () => {
  it('names the fields that it is made of, so that a mask covers it', () => {
    const fieldsOf = ({ keys, keyFields }: ImportTarget, message: object) =>
      keys(message as Message).map(({ kind }) => keyFields[kind]);
    const reached = { phones: ['13800138000'], emails: ['ann@example.com'] };
    expect(fieldsOf(leadImport(started.service), Lead.fromJSON({ name: 'Ann', ...reached }))).toEqual([
      ['phones'],
      ['emails'],
    ]);
    const company = Customer.fromJSON({ name: 'Blue Sea', taxId: '91310000MA1FL0AB2C', ...reached });
    expect(fieldsOf(customerImport(started.service), company)).toEqual([['name'], ['taxId']]);
    const person = Contact.fromJSON({ name: 'Ann', customerId: uuidv7(), ...reached });
    expect(fieldsOf(contactImport(started.service), person)).toEqual([['customerId', 'name']]);
  });
});

describe('the customer that a cell means', () => {
  it('is found by name, number or external id, but by none that is masked for the person', async () => {
    const { customer } = await manager.customers.createCustomer({
      customer: Customer.fromJSON({ name: 'Covered Ltd', externalId: 'C-1' }),
      requestId: '',
      validateOnly: false,
    });
    const texts = ['covered ltd', customer!.number, 'C-1'];
    const found = async (masked: string[]) => {
      const { token } = await started.person({ permissions: everything('ALL'), fields: { customer: { masked } } });
      const caller = await started.callers.identify(token);
      return started.database.transact(async (tx) => {
        const counts: number[] = [];
        for (const text of texts)
          counts.push((await customerLookup(text, { tx, caller, message: {}, history: false })).length);
        return counts;
      });
    };
    expect(await found([])).toEqual([1, 1, 1]);
    expect(await found(['name'])).toEqual([0, 1, 1]);
    expect(await found(['number', 'externalId'])).toEqual([1, 0, 0]);
  });
});

describe('the department that a cell means', () => {
  it('is found by name or code, but by none that is masked for whoever imports', async () => {
    await started.database.sql
      .insertInto('directory_department')
      .values({ id: uuidv7(), name: '华东大区', code: 'EAST' })
      .execute();
    const found = async (masked: string[]) => {
      const { token } = await started.person({ permissions: everything('ALL'), fields: { department: { masked } } });
      const caller = await started.callers.identify(token);
      const named = (text: string) => started.service.directory.departmentNamed(text, caller);
      return Promise.all(['华东大区', 'east'].map(async (text) => (await named(text)).length));
    };
    expect(await found([])).toEqual([1, 1]);
    expect(await found(['name'])).toEqual([0, 1]);
    expect(await found(['name', 'code'])).toEqual([0, 0]);
  });
});

describe('the person that a cell means', () => {
  it('is found by name, login, mail or number, but by none that is masked for whoever imports', async () => {
    const person = { name: '方圆', login: 'fang.yuan', email: 'fang@example.com', employee_number: 'E-77' };
    await started.database.sql
      .insertInto('directory_employee')
      .values({ ...person, id: uuidv7(), department_id: uuidv7(), state: 'EMPLOYEE_STATE_ACTIVE', placements: '[]' })
      .execute();
    const found = async (masked: string[]) => {
      const { token } = await started.person({ permissions: everything('ALL'), fields: { employee: { masked } } });
      const caller = await started.callers.identify(token);
      const texts = Object.values(person);
      return Promise.all(texts.map(async (text) => (await started.service.directory.find(text, caller)).length));
    };
    expect(await found([])).toEqual([1, 1, 1, 1]);
    expect(await found(['email', 'login'])).toEqual([1, 0, 0, 1]);
    expect(await found(['name', 'login', 'email', 'employeeNumber'])).toEqual([0, 0, 0, 0]);
  });
});
