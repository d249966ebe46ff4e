import Building from '@lucide/svelte/icons/building';
import type { Schemas } from '#lib/api/client.ts';
import { resource } from '#lib/api/resource.ts';
import type { Field } from '#lib/noun/field.ts';
import type { Noun } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { customerActions } from './actions.ts';

export type Customer = Schemas['Customer'];

export const customers = resource<Customer>('customer', 'customer', '/v1/customers', 'customers');

const FIELDS: Field[] = [
  { key: 'name', kind: 'text', label: m.customer_name, required: true, maxLength: 200, sortable: true, width: 240 },
  {
    key: 'kind',
    kind: 'choice',
    label: m.customer_kind,
    prefix: 'CUSTOMER_KIND_',
    width: 90,
    options: () => [
      { value: 'CUSTOMER_KIND_COMPANY', label: m.customer_company() },
      { value: 'CUSTOMER_KIND_PERSON', label: m.customer_person() },
    ],
  },
  { key: 'shortName', kind: 'text', label: m.short_name, maxLength: 100, sortable: true, width: 120 },
  { key: 'taxId', kind: 'text', label: m.tax_id, maxLength: 40, width: 180 },
  { key: 'phones', kind: 'phones', label: m.phones, maxLength: 5, width: 150 },
  { key: 'emails', kind: 'emails', label: m.emails, maxLength: 5, width: 200 },
  { key: 'industry', kind: 'text', label: m.industry, maxLength: 60, sortable: true, width: 110 },
  { key: 'region', kind: 'text', label: m.region, maxLength: 60, sortable: true, width: 110 },
  { key: 'level', kind: 'text', label: m.customer_level, maxLength: 60, sortable: true, width: 90 },
  { key: 'size', kind: 'text', label: m.customer_size, maxLength: 60, sortable: true, width: 110 },
  { key: 'source', kind: 'text', label: m.source, maxLength: 60, sortable: true, width: 110 },
  { key: 'ownerId', kind: 'record', noun: 'employee', label: m.owner, readOnly: true, width: 140 },
  { key: 'departmentId', kind: 'record', noun: 'department', label: m.department, readOnly: true },
  { key: 'parentId', kind: 'record', noun: 'customer', label: m.parent_customer, width: 180 },
  { key: 'nextContactDate', kind: 'date', due: true, label: m.next_contact_date, sortable: true, width: 120 },
  { key: 'lastContactTime', kind: 'time', label: m.last_contact_time, readOnly: true, sortable: true, width: 130 },
  { key: 'address', kind: 'text', label: m.address, maxLength: 500, wide: true, width: 240 },
  { key: 'website', kind: 'url', label: m.website, maxLength: 300, width: 180 },
  { key: 'leadId', kind: 'record', noun: 'lead', label: m.from_lead, readOnly: true, filterable: false },
  { key: 'number', kind: 'text', label: m.record_number, readOnly: true, sortable: true, width: 150 },
  { key: 'creatorId', kind: 'record', noun: 'employee', label: m.creator, readOnly: true, width: 140 },
  { key: 'createTime', kind: 'time', label: m.create_time, readOnly: true, sortable: true, width: 130 },
  { key: 'updateTime', kind: 'time', label: m.update_time, readOnly: true, sortable: true, width: 130 },
  { key: 'note', kind: 'textarea', label: m.note, maxLength: 4000, width: 260 },
];

export const customer: Noun<Customer> = {
  resource: customers,
  path: '/customers',
  icon: Building,
  plural: m.customers,
  createLabel: m.customer_create,
  purpose: m.customer_purpose,
  title: ({ name }) => name,
  fields: FIELDS,
  columns: [
    'industry',
    'region',
    'level',
    'phones',
    'ownerId',
    'nextContactDate',
    'lastContactTime',
    'createTime',
    'tagIds',
  ],
  form: [
    'name',
    'kind',
    'shortName',
    'taxId',
    'phones',
    'emails',
    'industry',
    'region',
    'level',
    'size',
    'source',
    'website',
    'parentId',
    'nextContactDate',
    'address',
    'note',
  ],
  groups: [
    { label: m.group_contact, keys: ['name', 'kind', 'shortName', 'taxId', 'phones', 'emails', 'website', 'address'] },
    {
      label: m.group_classification,
      keys: ['industry', 'region', 'level', 'size', 'source', 'parentId', 'nextContactDate', 'note'],
    },
    {
      label: m.group_record,
      keys: ['number', 'ownerId', 'departmentId', 'lastContactTime', 'leadId', 'creatorId', 'createTime', 'updateTime'],
    },
  ],
  actions: customerActions,
};
