import Megaphone from '@lucide/svelte/icons/megaphone';
import type { Schemas } from '#lib/api/client.ts';
import { resource } from '#lib/api/resource.ts';
import type { Choice, Field } from '#lib/noun/field.ts';
import type { Noun } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { campaignActions } from './actions.ts';

export type Campaign = Schemas['Campaign'];
export type CampaignState = Exclude<Campaign['state'], 'CAMPAIGN_STATE_UNSPECIFIED'>;

export const campaigns = resource<Campaign>('marketing', 'campaign', '/v1/campaigns', 'campaigns');

const STATES: Record<CampaignState, () => Choice> = {
  CAMPAIGN_STATE_PLANNED: () => ({ value: 'CAMPAIGN_STATE_PLANNED', label: m.campaign_planned(), tone: 'wait' }),
  CAMPAIGN_STATE_RUNNING: () => ({ value: 'CAMPAIGN_STATE_RUNNING', label: m.campaign_running(), tone: 'accent' }),
  CAMPAIGN_STATE_PAUSED: () => ({ value: 'CAMPAIGN_STATE_PAUSED', label: m.campaign_paused(), tone: 'risk' }),
  CAMPAIGN_STATE_DONE: () => ({ value: 'CAMPAIGN_STATE_DONE', label: m.campaign_done(), tone: 'ok' }),
  CAMPAIGN_STATE_ARCHIVED: () => ({ value: 'CAMPAIGN_STATE_ARCHIVED', label: m.campaign_archived(), tone: 'neutral' }),
};

export const campaignState = (state: Campaign['state']): Choice => STATES[state as CampaignState]();

const KINDS = (): Choice[] => [
  { value: 'CAMPAIGN_KIND_EMAIL', label: m.campaign_kind_email() },
  { value: 'CAMPAIGN_KIND_SMS', label: m.campaign_kind_sms() },
  { value: 'CAMPAIGN_KIND_SOCIAL', label: m.campaign_kind_social() },
  { value: 'CAMPAIGN_KIND_CONTENT', label: m.campaign_kind_content() },
  { value: 'CAMPAIGN_KIND_EVENT', label: m.campaign_kind_event() },
  { value: 'CAMPAIGN_KIND_ADVERTISING', label: m.campaign_kind_advertising() },
  { value: 'CAMPAIGN_KIND_PHONE', label: m.campaign_kind_phone() },
  { value: 'CAMPAIGN_KIND_OTHER', label: m.campaign_kind_other() },
];

const FIELDS: Field[] = [
  { key: 'name', kind: 'text', label: m.campaign_name, required: true, maxLength: 200, sortable: true, width: 240 },
  {
    key: 'kind',
    kind: 'choice',
    label: m.campaign_kind,
    prefix: 'CAMPAIGN_KIND_',
    required: true,
    sortable: true,
    width: 110,
    options: KINDS,
  },
  {
    key: 'state',
    kind: 'choice',
    label: m.state,
    prefix: 'CAMPAIGN_STATE_',
    readOnly: true,
    sortable: true,
    width: 100,
    options: () => Object.values(STATES).map((choice) => choice()),
  },
  { key: 'budget', kind: 'money', label: m.budget, sortable: true, width: 130 },
  { key: 'plannedCost', kind: 'money', label: m.planned_cost, readOnly: true, sortable: true, width: 130 },
  { key: 'actualCost', kind: 'money', label: m.actual_cost, readOnly: true, sortable: true, width: 130 },
  { key: 'expectedRevenue', kind: 'money', label: m.expected_revenue, sortable: true, width: 130 },
  { key: 'startDate', kind: 'date', label: m.start_date, sortable: true, width: 120 },
  { key: 'endDate', kind: 'date', label: m.end_date, sortable: true, width: 120 },
  { key: 'ownerId', kind: 'record', noun: 'employee', label: m.owner, readOnly: true, width: 140 },
  { key: 'departmentId', kind: 'record', noun: 'department', label: m.department, readOnly: true },
  { key: 'number', kind: 'text', label: m.record_number, readOnly: true, sortable: true, width: 150 },
  { key: 'creatorId', kind: 'record', noun: 'employee', label: m.creator, readOnly: true, width: 140 },
  { key: 'createTime', kind: 'time', label: m.create_time, readOnly: true, sortable: true, width: 130 },
  { key: 'updateTime', kind: 'time', label: m.update_time, readOnly: true, sortable: true, width: 130 },
  { key: 'note', kind: 'textarea', label: m.note, maxLength: 4000, width: 260 },
];

export const campaign: Noun<Campaign> = {
  resource: campaigns,
  path: '/campaigns',
  icon: Megaphone,
  plural: m.campaigns,
  createLabel: m.campaign_create,
  purpose: m.campaign_purpose,
  title: ({ name }) => name,
  fields: FIELDS,
  columns: ['kind', 'state', 'startDate', 'endDate', 'budget', 'actualCost', 'ownerId'],
  form: ['name', 'kind', 'startDate', 'endDate', 'budget', 'expectedRevenue', 'note'],
  groups: [
    { label: m.group_campaign, keys: ['name', 'kind', 'startDate', 'endDate', 'note'] },
    { label: m.group_money, keys: ['budget', 'plannedCost', 'actualCost', 'expectedRevenue'] },
    { label: m.group_record, keys: ['number', 'ownerId', 'departmentId', 'creatorId', 'createTime', 'updateTime'] },
  ],
  actions: campaignActions,
};
