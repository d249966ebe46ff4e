import ContactRound from '@lucide/svelte/icons/contact-round';
import type { Schemas } from '#lib/api/client.ts';
import { resource } from '#lib/api/resource.ts';
import type { Field } from '#lib/noun/field.ts';
import type { Noun } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { contactActions } from './actions.ts';

export type Contact = Schemas['Contact'];

export const contacts = resource<Contact>('customer', 'contact', '/v1/contacts', 'contacts');

const FIELDS: Field[] = [
  { key: 'name', kind: 'text', label: m.contact_name, required: true, maxLength: 100, sortable: true, width: 160 },
  { key: 'customerId', kind: 'record', noun: 'customer', label: m.customer, required: true, width: 220 },
  { key: 'title', kind: 'text', label: m.job_title, maxLength: 100, sortable: true, width: 140 },
  { key: 'departmentName', kind: 'text', label: m.department, maxLength: 100, sortable: true, width: 130 },
  { key: 'phones', kind: 'phones', label: m.phones, maxLength: 5, width: 150 },
  { key: 'emails', kind: 'emails', label: m.emails, maxLength: 5, width: 210 },
  { key: 'decisionRole', kind: 'text', label: m.decision_role, maxLength: 60, sortable: true, width: 120 },
  { key: 'primary', kind: 'boolean', label: m.contact_primary, width: 90 },
  { key: 'birthday', kind: 'date', label: m.birthday, width: 110 },
  { key: 'ownerId', kind: 'record', noun: 'employee', label: m.owner, readOnly: true, width: 140 },
  { key: 'leadId', kind: 'record', noun: 'lead', label: m.from_lead, readOnly: true, filterable: false },
  { key: 'number', kind: 'text', label: m.record_number, readOnly: true, sortable: true, width: 150 },
  { key: 'creatorId', kind: 'record', noun: 'employee', label: m.creator, readOnly: true, width: 140 },
  { key: 'createTime', kind: 'time', label: m.create_time, readOnly: true, sortable: true, width: 130 },
  { key: 'updateTime', kind: 'time', label: m.update_time, readOnly: true, sortable: true, width: 130 },
  { key: 'note', kind: 'textarea', label: m.note, maxLength: 4000, width: 260 },
];

export const contact: Noun<Contact> = {
  resource: contacts,
  path: '/contacts',
  icon: ContactRound,
  plural: m.contacts,
  createLabel: m.contact_create,
  purpose: m.contact_purpose,
  title: ({ name }) => name,
  fields: FIELDS,
  columns: ['customerId', 'title', 'departmentName', 'phones', 'emails', 'decisionRole', 'ownerId'],
  form: [
    'name',
    'customerId',
    'title',
    'departmentName',
    'phones',
    'emails',
    'decisionRole',
    'birthday',
    'primary',
    'note',
  ],
  groups: [
    { label: m.group_contact, keys: ['name', 'customerId', 'title', 'departmentName', 'phones', 'emails'] },
    { label: m.group_classification, keys: ['decisionRole', 'primary', 'birthday', 'note'] },
    { label: m.group_record, keys: ['number', 'ownerId', 'leadId', 'creatorId', 'createTime', 'updateTime'] },
  ],
  actions: contactActions,
};
