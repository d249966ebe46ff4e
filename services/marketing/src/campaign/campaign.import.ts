import type { Campaign } from '@pelagic/proto/crm/marketing/v1/campaign';
import type { BulkTarget } from '@pelagic/capabilities/job/bulk-target';
import type { ImportTarget } from '@pelagic/capabilities/job/import-target';
import { deleteRecord } from '@pelagic/capabilities/record/records';
import type { Tx } from '@pelagic/chassis/database';
import { invalidField } from '@pelagic/chassis/problem';
import { sql } from 'kysely';
import type { MarketingService } from '../marketing-service.ts';
import { campaign, type CampaignRow } from './campaign.ts';
import { KINDS } from './campaign.wordings.ts';
import { bringBackCampaign, createCampaign, giveCampaign, updateCampaign } from './write-campaign.ts';

const asCampaign = (message: object): Campaign => message as unknown as Campaign;

const find = async (tx: Tx, keys: { kind: string; value: string }[]): Promise<string[]> => {
  const values = (kind: string) => keys.filter((key) => key.kind === kind).map(({ value }) => value);
  const { rows } = await sql<{ id: string }>`
    select id from campaign where delete_time is null and (external_id <> '' and external_id = any(${values('external')}::text[])
      or lower(name) = any(${values('name')}::text[])) limit 10`.execute(tx.sql);
  return rows.map(({ id }) => id);
};

/** Campaigns as files bring them, known by the id they were imported with or by their name. */
export const campaignImport = (service: MarketingService): ImportTarget => ({
  noun: 'campaign',
  fields: [
    {
      field: 'name',
      labels: { zh: ['名称', '活动名称', '市场活动'], en: ['Name', 'Campaign', 'Campaign name'] },
      required: true,
      matchKey: true,
    },
    { field: 'kind', required: true, words: KINDS },
    { field: 'budget' },
    { field: 'expectedRevenue' },
    { field: 'startDate' },
    { field: 'endDate' },
    { field: 'ownerId' },
    { field: 'note' },
    { field: 'externalId', matchKey: true },
    { field: 'createTime', history: true },
  ],
  keys: (message) => [{ kind: 'name', value: asCampaign(message).name.trim().toLowerCase() }],
  keyFields: { name: ['name'] },
  find,
  findsMany: true,
  create: async (tx, message, caller) => (await createCampaign(service, tx, asCampaign(message), caller)).id,
  update: async (tx, id, message, mask, caller) => {
    const fields = mask.filter((path) => path !== 'ownerId' && path !== 'createTime');
    if (fields.length) await updateCampaign(service, tx, id, asCampaign({ ...message, version: 0 }), fields, caller);
    if (mask.includes('ownerId')) await giveCampaign(service, tx, id, asCampaign(message).ownerId, caller);
  },
});

/** Campaigns as bulk edits and transfers change them, each by itself. */
export const campaignBulk = (service: MarketingService): BulkTarget => ({
  noun: campaign,
  update: (tx, { id, version, caller }, message, mask) =>
    updateCampaign(service, tx, id, asCampaign({ ...message, version }), mask, caller),
  assign: (tx, { id, version, caller, deleted = false }, ownerId, reason) => {
    if (!ownerId) throw invalidField('ownerId', 'REQUIRED', 'A campaign always has an owner.');
    return giveCampaign(service, tx, id, ownerId, caller, { version, reason, deleted });
  },
  delete: (tx, { id, version, caller }) => deleteRecord<CampaignRow>(tx, campaign, id, caller, version),
  undelete: (tx, { id, caller }, ownerId) => bringBackCampaign(service, tx, id, ownerId, caller),
});
