import { m } from '#lib/paraglide/messages.js';
import { saved } from '#lib/record/done.ts';
import { session } from '#lib/session.svelte.ts';
import { campaign as noun, campaigns, type Campaign } from './campaign.ts';

type Line = Campaign['costLines'][number];

/** What a sum is worth in the base currency is the service's to say. */
const asWritten = (sum: Line['planned']) => sum && { amount: sum.amount, currency: sum.currency };

const written = (lines: Line[]) =>
  lines.map(({ planned, actual, ...line }) => ({ ...line, planned: asWritten(planned), actual: asWritten(actual) }));

/** Stages and cost lines change with the campaign that they belong to, of the version that is shown. */
export async function change(campaign: Campaign, changes: Partial<Pick<Campaign, 'stages' | 'costLines'>>) {
  const { stages, costLines } = changes;
  const fields = { ...(stages && { stages }), ...(costLines && { costLines: written(costLines) }) };
  await saved(noun, await campaigns.update(campaign.id, fields, campaign.version), m.campaign_saved());
}

export const mayChange = ({ state, deleteTime }: Campaign): boolean =>
  session.can('campaign.update') && !deleteTime && state !== 'CAMPAIGN_STATE_ARCHIVED';
