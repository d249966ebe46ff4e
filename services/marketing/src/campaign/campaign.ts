import type { Campaign, CampaignStage, CostLine } from '@pelagic/proto/crm/marketing/v1/campaign';
import type { Money } from '@pelagic/proto/crm/common/v1/common';
import { invalidField, refused } from '@pelagic/chassis/problem';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { tidyName } from '@pelagic/capabilities/record/tidy';
import { sql } from 'kysely';

export type CampaignState = `CAMPAIGN_STATE_${'PLANNED' | 'RUNNING' | 'PAUSED' | 'DONE' | 'ARCHIVED'}`;

export type CampaignRow = RecordRow & {
  number: string;
  name: string;
  kind: string;
  state: CampaignState;
  budget: Money | null;
  expected_revenue: Money | null;
  start_date: string | null;
  end_date: string | null;
  stages: CampaignStage[];
  cost_lines: CostLine[];
  planned_cost: Money | null;
  actual_cost: Money | null;
  note: string;
  owner_id: string;
  department_id: string;
  external_id: string;
  custom: Record<string, unknown>;
  shares: unknown[];
};

export const campaign = defineNoun({ noun: 'campaign', search: { open: ['name', 'number'], guarded: [] } });

export const campaignMessage = (row: CampaignRow): Campaign =>
  campaign.mapping.toMessage(row as unknown as Row) as unknown as Campaign;

/** The name without blanks around it; an end not before the start. */
export const tidyCampaign = (row: CampaignRow): void => {
  row.name = tidyName(row.name, 'campaign.name');
  if (row.start_date && row.end_date && row.end_date < row.start_date)
    throw invalidField('campaign.endDate', 'END_BEFORE_START', 'A campaign cannot end before it begins.');
};

/** What is over can be taken up again; what is archived only by going back to done. */
const NEXT: Record<CampaignState, CampaignState[]> = {
  CAMPAIGN_STATE_PLANNED: ['CAMPAIGN_STATE_RUNNING', 'CAMPAIGN_STATE_ARCHIVED'],
  CAMPAIGN_STATE_RUNNING: ['CAMPAIGN_STATE_PAUSED', 'CAMPAIGN_STATE_DONE'],
  CAMPAIGN_STATE_PAUSED: ['CAMPAIGN_STATE_RUNNING', 'CAMPAIGN_STATE_DONE'],
  CAMPAIGN_STATE_DONE: ['CAMPAIGN_STATE_RUNNING', 'CAMPAIGN_STATE_ARCHIVED'],
  CAMPAIGN_STATE_ARCHIVED: ['CAMPAIGN_STATE_DONE'],
};

export const moveCampaign = (row: CampaignRow, state: CampaignState): void => {
  if (row.state === state) return;
  if (!NEXT[row.state].includes(state))
    throw refused('CAMPAIGN_STATE_NOT_NEXT', 'A campaign in this state cannot move there.', {
      params: { from: row.state, to: state },
    });
  row.state = state;
};

/** An archived campaign is settled. */
export const refuseArchived = ({ state }: CampaignRow): void => {
  if (state === 'CAMPAIGN_STATE_ARCHIVED')
    throw refused('CAMPAIGN_ARCHIVED', 'This campaign is archived. Take it back to done first.');
};

/** What goes along when its owner moves; what is archived stays where it was made. */
export const isLive = sql<boolean>`state <> 'CAMPAIGN_STATE_ARCHIVED'`;
