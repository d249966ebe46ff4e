import Handshake from '@lucide/svelte/icons/handshake';
import type { Schemas } from '#lib/api/client.ts';
import { resource } from '#lib/api/resource.ts';
import type { Choice, Field } from '#lib/noun/field.ts';
import type { Noun } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { opportunityActions } from './actions.ts';
import { pipelines } from './pipelines.svelte.ts';

export type Opportunity = Schemas['Opportunity'];

export const opportunities = resource<Opportunity>('sales', 'opportunity', '/v1/opportunities', 'opportunities');

const STATES: Record<string, () => Choice> = {
  OPPORTUNITY_STATE_OPEN: () => ({
    value: 'OPPORTUNITY_STATE_OPEN',
    label: m.opportunity_state_open(),
    tone: 'accent',
  }),
  OPPORTUNITY_STATE_WON: () => ({ value: 'OPPORTUNITY_STATE_WON', label: m.opportunity_state_won(), tone: 'ok' }),
  OPPORTUNITY_STATE_LOST: () => ({ value: 'OPPORTUNITY_STATE_LOST', label: m.opportunity_state_lost(), tone: 'bad' }),
  OPPORTUNITY_STATE_INVALID: () => ({
    value: 'OPPORTUNITY_STATE_INVALID',
    label: m.opportunity_state_invalid(),
    tone: 'neutral',
  }),
};

export const opportunityState = (state: Opportunity['state']): Choice =>
  STATES[state]?.() ?? { value: state, label: state };

const FIELDS: Field[] = [
  { key: 'name', kind: 'text', label: m.opportunity_name, required: true, maxLength: 200, sortable: true, width: 240 },
  { key: 'customerId', kind: 'record', noun: 'customer', label: m.customer, width: 200 },
  { key: 'amount', kind: 'money', label: m.amount, sortable: true, width: 130 },
  {
    key: 'stageId',
    kind: 'choice',
    label: m.stage,
    readOnly: true,
    width: 120,
    options: () => pipelines.stageChoices(),
  },
  {
    key: 'state',
    kind: 'choice',
    label: m.state,
    prefix: 'OPPORTUNITY_STATE_',
    readOnly: true,
    sortable: true,
    width: 90,
    options: () => Object.values(STATES).map((choice) => choice()),
  },
  { key: 'probability', kind: 'number', unit: '%', label: m.probability, readOnly: true, sortable: true, width: 80 },
  { key: 'expectedCloseDate', kind: 'date', due: true, label: m.expected_close_date, sortable: true, width: 120 },
  { key: 'ownerId', kind: 'record', noun: 'employee', label: m.owner, readOnly: true, width: 140 },
  { key: 'departmentId', kind: 'record', noun: 'department', label: m.department, readOnly: true },
  {
    key: 'pipelineId',
    kind: 'choice',
    label: m.pipeline,
    immutable: true,
    width: 120,
    options: () => pipelines.active.map(({ id, name }) => ({ value: id, label: name })),
  },
  { key: 'source', kind: 'text', label: m.source, maxLength: 60, sortable: true, width: 110 },
  { key: 'competitor', kind: 'text', label: m.competitor, maxLength: 200, sortable: true, width: 140 },
  { key: 'nextStep', kind: 'text', label: m.next_step, maxLength: 500, wide: true, width: 200 },
  { key: 'stageTime', kind: 'time', label: m.stage_time, readOnly: true, sortable: true, width: 130 },
  { key: 'closeDate', kind: 'date', label: m.close_date, readOnly: true, sortable: true, width: 120 },
  { key: 'lostReason', kind: 'text', label: m.lost_reason, readOnly: true, width: 140 },
  { key: 'closeNote', kind: 'text', label: m.close_note, readOnly: true, filterable: false, width: 200 },
  { key: 'leadId', kind: 'record', noun: 'lead', label: m.from_lead, readOnly: true, filterable: false },
  { key: 'campaignId', kind: 'record', noun: 'campaign', label: m.campaign, readOnly: true, width: 180 },
  { key: 'number', kind: 'text', label: m.record_number, readOnly: true, sortable: true, width: 150 },
  { key: 'creatorId', kind: 'record', noun: 'employee', label: m.creator, readOnly: true, width: 140 },
  { key: 'createDate', kind: 'date', label: m.create_date, readOnly: true, sortable: true, width: 120 },
  { key: 'updateTime', kind: 'time', label: m.update_time, readOnly: true, sortable: true, width: 130 },
  { key: 'note', kind: 'textarea', label: m.note, maxLength: 4000, width: 260 },
];

export const opportunity: Noun<Opportunity> = {
  resource: opportunities,
  path: '/opportunities',
  icon: Handshake,
  plural: m.opportunities,
  createLabel: m.opportunity_create,
  purpose: m.opportunity_purpose,
  title: ({ name }) => name,
  fields: FIELDS,
  columns: [
    'customerId',
    'amount',
    'stageId',
    'state',
    'expectedCloseDate',
    'ownerId',
    'nextStep',
    'createDate',
    'tagIds',
  ],
  form: ['name', 'customerId', 'amount', 'expectedCloseDate', 'pipelineId', 'source', 'competitor', 'nextStep', 'note'],
  groups: [
    { label: m.group_deal, keys: ['name', 'customerId', 'amount', 'expectedCloseDate', 'probability', 'nextStep'] },
    { label: m.group_classification, keys: ['source', 'campaignId', 'competitor', 'pipelineId', 'note'] },
    { label: m.group_closing, keys: ['closeDate', 'lostReason', 'closeNote'] },
    {
      label: m.group_record,
      keys: ['number', 'ownerId', 'departmentId', 'stageTime', 'leadId', 'creatorId', 'createDate', 'updateTime'],
    },
  ],
  actions: opportunityActions,
};
