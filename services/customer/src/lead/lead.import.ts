import type { BulkTarget } from '@pelagic/capabilities/job/bulk-target';
import type { ImportTarget } from '@pelagic/capabilities/job/import-target';
import type { Lead } from '@pelagic/proto/crm/customer/v1/lead';
import type { CustomerService } from '../customer-service.ts';
import { findByKeys } from '../matching/find.ts';
import { KEY_FIELDS } from '../matching/match-key.ts';
import { bringBackLead, createLead, giveLead, removeLead, updateLead } from './lead.handlers.ts';
import { lead, leadKeys, normalizeLead, type LeadRow } from './lead.ts';

const asLead = (message: object): Lead => message as unknown as Lead;

/** The normalised phones and mails of a row as they would be stored. */
const keysOf = (message: object) => {
  const row = structuredClone(message) as unknown as LeadRow;
  normalizeLead(row);
  return leadKeys(row).map(({ kind, value }) => ({ kind, value }));
};

export const leadImport = (service: CustomerService): ImportTarget => ({
  noun: 'lead',
  fields: [
    {
      field: 'name',
      labels: {
        zh: ['姓名', '线索名称', '名称', '线索', '联系人', '联系人姓名', '客户姓名', '名字'],
        en: ['Name', 'Lead', 'Lead name', 'Full name', 'Contact', 'Contact name', 'Contact person'],
      },
      required: true,
    },
    { field: 'company' },
    { field: 'title' },
    { field: 'phones', matchKey: true },
    { field: 'emails', matchKey: true },
    { field: 'source' },
    { field: 'industry' },
    { field: 'region' },
    { field: 'address' },
    { field: 'website' },
    { field: 'note' },
    { field: 'ownerId' },
    { field: 'nextContactDate' },
    { field: 'externalId', matchKey: true },
    { field: 'createTime', history: true },
  ],
  keys: keysOf,
  contradiction: 'name-decides',
  keyFields: KEY_FIELDS,
  find: (tx, keys) => findByKeys(tx, 'lead', keys),
  findsMany: true,
  create: async (tx, message, caller) => (await createLead(service, tx, asLead(message), caller)).id,
  update: async (tx, id, message, mask, caller) => {
    const fields = mask.filter((path) => path !== 'ownerId' && path !== 'createTime');
    if (fields.length) await updateLead(tx, id, asLead({ ...message, version: 0 }), fields, caller);
    if (mask.includes('ownerId')) await giveLead(service, tx, id, asLead(message).ownerId, caller);
  },
});

export const leadBulk = (service: CustomerService): BulkTarget => ({
  noun: lead,
  update: async (tx, { id, version, caller }, message, mask) => {
    const written = asLead({ ...message, version });
    await service.campaigns.check(written.campaignId, caller);
    return updateLead(tx, id, written, mask, caller);
  },
  assign: (tx, { id, version, caller, deleted = false }, ownerId, reason) =>
    giveLead(service, tx, id, ownerId, caller, { version, reason, deleted }),
  delete: (tx, { id, version, caller }) => removeLead(tx, id, caller, version),
  undelete: (tx, { id, caller }, ownerId) => bringBackLead(service, tx, id, ownerId, caller),
});
