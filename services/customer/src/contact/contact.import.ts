import type { BulkTarget } from '@pelagic/capabilities/job/bulk-target';
import type { ImportTarget, RowKey } from '@pelagic/capabilities/job/import-target';
import { tidy } from '@pelagic/capabilities/record/tidy';
import type { Contact } from '@pelagic/proto/crm/customer/v1/contact';
import { sql } from 'kysely';
import type { CustomerService } from '../customer-service.ts';
import { findByKeys } from '../matching/find.ts';
import { customerLookup } from '../matching/lookups.ts';
import { bringBackContact, createContact, removeContact, updateContact } from './contact.handlers.ts';
import { contact } from './contact.ts';

const asContact = (message: object): Contact => message as unknown as Contact;

/** A person is known by customer and name: phones of a switchboard are shared. */
const keysOf = (message: object): RowKey[] => {
  const { customerId = '', name = '' } = message as Partial<Contact>;
  return customerId && name ? [{ kind: 'customer_name', value: `${customerId}/${tidy(name).toLowerCase()}` }] : [];
};

export const contactImport = (service: CustomerService): ImportTarget => ({
  noun: 'contact',
  fields: [
    {
      field: 'name',
      labels: {
        zh: ['姓名', '联系人', '名称', '联系人姓名', '联系人名称', '名字'],
        en: ['Name', 'Contact', 'Contact name', 'Full name', 'Contact person'],
      },
      required: true,
      matchKey: true,
    },
    {
      field: 'customerId',
      labels: {
        zh: ['客户', '客户名称', '公司', '公司名称', '企业名称', '单位', '单位名称', '所属客户', '所属公司'],
        en: ['Customer', 'Company', 'Account', 'Customer name', 'Company name', 'Account name'],
      },
      required: true,
      lookup: customerLookup,
    },
    { field: 'title' },
    { field: 'departmentName', labels: { zh: ['部门', '所在部门'], en: ['Department'] } },
    { field: 'phones' },
    { field: 'emails' },
    { field: 'decisionRole', labels: { zh: ['决策角色'], en: ['Decision role', 'Role'] } },
    { field: 'primary', labels: { zh: ['首要联系人', '主联系人'], en: ['Primary'] } },
    { field: 'birthday', labels: { zh: ['生日'], en: ['Birthday'] } },
    { field: 'note' },
    { field: 'externalId', matchKey: true },
    { field: 'createTime', history: true },
  ],
  keys: keysOf,
  keyFields: { customer_name: ['customerId', 'name'] },
  find: async (tx, keys) => {
    const [customerId = '', ...names] = keys.find(({ kind }) => kind === 'customer_name')?.value.split('/') ?? [];
    const name = names.join('/');
    const { rows } = customerId
      ? await sql<{
          id: string;
        }>`select id from contact where customer_id = ${customerId} and lower(name) = ${name} and delete_time is null limit 3`.execute(
          tx.sql,
        )
      : { rows: [] };
    const external = await findByKeys(
      tx,
      'contact',
      keys.filter(({ kind }) => kind === 'external'),
    );
    return [...new Set([...external, ...rows.map(({ id }) => id)])];
  },
  create: async (tx, message, caller) => (await createContact(service, tx, asContact(message), caller)).id,
  update: async (tx, id, message, mask, caller) => {
    await updateContact(
      tx,
      id,
      asContact({ ...message, version: 0 }),
      mask.filter((path) => path !== 'createTime'),
      caller,
    );
  },
});

export const contactBulk = (): BulkTarget => ({
  noun: contact,
  update: (tx, { id, version, caller }, message, mask) =>
    updateContact(tx, id, asContact({ ...message, version }), mask, caller),
  delete: (tx, { id, version, caller }) => removeContact(tx, id, caller, version),
  undelete: (tx, { id, caller }) => bringBackContact(tx, id, caller),
});
