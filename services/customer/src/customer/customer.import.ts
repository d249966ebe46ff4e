import type { BulkTarget } from '@pelagic/capabilities/job/bulk-target';
import type { ImportTarget } from '@pelagic/capabilities/job/import-target';
import { invalidField } from '@pelagic/chassis/problem';
import type { Customer } from '@pelagic/proto/crm/customer/v1/customer';
import type { CustomerService } from '../customer-service.ts';
import { findByKeys } from '../matching/find.ts';
import { customerLookup } from '../matching/lookups.ts';
import { KEY_FIELDS } from '../matching/match-key.ts';
import {
  bringBackCustomer,
  createCustomer,
  giveCustomer,
  removeCustomer,
  updateCustomer,
} from './customer.handlers.ts';
import { customer, customerKeys, normalizeCustomer, type CustomerRow } from './customer.ts';

const asCustomer = (message: object): Customer => message as unknown as Customer;

/** A company is known by its tax number or name; what two people share (a phone) makes them not one. */
const keysOf = (message: object) => {
  const { taxId = '', ...rest } = message as Partial<Customer>;
  const row = { ...structuredClone(rest), tax_id: taxId } as unknown as CustomerRow;
  normalizeCustomer(row);
  return customerKeys(row)
    .filter(({ value, blocking }) => value && blocking)
    .map(({ kind, value }) => ({ kind, value }));
};

export const customerImport = (service: CustomerService): ImportTarget => ({
  noun: 'customer',
  fields: [
    {
      field: 'name',
      labels: {
        zh: ['客户名称', '公司名称', '名称', '客户', '公司', '企业名称', '单位名称', '客户全称', '公司全称', '全称'],
        en: ['Name', 'Customer', 'Account', 'Customer name', 'Account name', 'Company', 'Company name', 'Full name'],
      },
      required: true,
      matchKey: true,
    },
    {
      field: 'kind',
      words: {
        CUSTOMER_KIND_COMPANY: { zh: ['企业', '公司'], en: ['Company'] },
        CUSTOMER_KIND_PERSON: { zh: ['个人'], en: ['Person'] },
      },
    },
    { field: 'shortName', labels: { zh: ['简称'], en: ['Short name'] } },
    { field: 'taxId', labels: { zh: ['税号', '统一社会信用代码'], en: ['Tax ID', 'Tax number'] }, matchKey: true },
    { field: 'phones' },
    { field: 'emails' },
    { field: 'industry' },
    { field: 'region' },
    { field: 'address' },
    { field: 'website' },
    { field: 'size', labels: { zh: ['规模', '人员规模'], en: ['Size', 'Employees'] } },
    { field: 'level', labels: { zh: ['级别', '客户级别'], en: ['Level'] } },
    { field: 'source' },
    { field: 'note' },
    {
      field: 'parentId',
      labels: { zh: ['上级客户', '母公司'], en: ['Parent', 'Parent company', 'Subsidiary of'] },
      lookup: customerLookup,
      sameFile: true,
    },
    { field: 'ownerId' },
    { field: 'nextContactDate' },
    { field: 'externalId', matchKey: true },
    { field: 'createTime', history: true },
  ],
  keys: keysOf,
  keyFields: KEY_FIELDS,
  find: (tx, keys) => findByKeys(tx, 'customer', keys),
  findsMany: true,
  create: async (tx, message, caller) => (await createCustomer(service, tx, asCustomer(message), caller)).id,
  update: async (tx, id, message, mask, caller) => {
    const fields = mask.filter((path) => path !== 'ownerId' && path !== 'createTime');
    if (fields.length) await updateCustomer(tx, id, asCustomer({ ...message, version: 0 }), fields, caller);
    if (mask.includes('ownerId')) await giveCustomer(service, tx, id, asCustomer(message).ownerId, caller);
  },
});

export const customerBulk = (service: CustomerService): BulkTarget => ({
  noun: customer,
  update: (tx, { id, version, caller }, message, mask) =>
    updateCustomer(tx, id, asCustomer({ ...message, version }), mask, caller),
  assign: (tx, { id, version, caller, deleted = false }, ownerId, reason) => {
    if (!ownerId) throw invalidField('ownerId', 'REQUIRED', 'A customer has an owner.');
    return giveCustomer(service, tx, id, ownerId, caller, { version, reason, deleted });
  },
  delete: (tx, { id, version, caller }) => removeCustomer(tx, id, caller, version),
  undelete: (tx, { id, caller }, ownerId) => bringBackCustomer(service, tx, id, ownerId, caller),
});
