import Funnel from '@lucide/svelte/icons/funnel';
import type { Schemas } from '#lib/api/client.ts';
import { resource } from '#lib/api/resource.ts';
import type { Choice, Field } from '#lib/noun/field.ts';
import type { Noun } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { session } from '#lib/session.svelte.ts';
import { leadActions } from './actions.ts';

export type Lead = Schemas['Lead'];
/** The states there are; UNSPECIFIED is none. */
export type LeadState = Exclude<Lead['state'], 'LEAD_STATE_UNSPECIFIED'>;

export const leads = resource<Lead>('customer', 'lead', '/v1/leads', 'leads');

const STATES: Record<LeadState, () => Choice> = {
  LEAD_STATE_NEW: () => ({ value: 'LEAD_STATE_NEW', label: m.lead_state_new(), tone: 'neutral' }),
  LEAD_STATE_ASSIGNED: () => ({ value: 'LEAD_STATE_ASSIGNED', label: m.lead_state_assigned(), tone: 'wait' }),
  LEAD_STATE_CONTACTING: () => ({ value: 'LEAD_STATE_CONTACTING', label: m.lead_state_contacting(), tone: 'accent' }),
  LEAD_STATE_QUALIFIED: () => ({ value: 'LEAD_STATE_QUALIFIED', label: m.lead_state_qualified(), tone: 'ok' }),
  LEAD_STATE_CONVERTED: () => ({ value: 'LEAD_STATE_CONVERTED', label: m.lead_state_converted(), tone: 'ok' }),
  LEAD_STATE_INVALID: () => ({ value: 'LEAD_STATE_INVALID', label: m.lead_state_invalid(), tone: 'bad' }),
  LEAD_STATE_RECYCLED: () => ({ value: 'LEAD_STATE_RECYCLED', label: m.lead_state_recycled(), tone: 'neutral' }),
};

export const leadState = (state: Lead['state']): Choice => STATES[state as LeadState]();

/** Nobody waits to hear from it until it is taken up again. */
export const isGivenUp = ({ state }: Lead): boolean =>
  state === 'LEAD_STATE_INVALID' || state === 'LEAD_STATE_RECYCLED';

const FIELDS: Field[] = [
  { key: 'name', kind: 'text', label: m.lead_name, required: true, maxLength: 200, sortable: true, width: 200 },
  { key: 'company', kind: 'text', label: m.company, maxLength: 200, sortable: true, width: 220 },
  {
    key: 'state',
    kind: 'choice',
    label: m.state,
    prefix: 'LEAD_STATE_',
    readOnly: true,
    sortable: true,
    width: 110,
    options: () => Object.values(STATES).map((choice) => choice()),
  },
  { key: 'title', kind: 'text', label: m.job_title, maxLength: 100 },
  { key: 'phones', kind: 'phones', label: m.phones, maxLength: 5, width: 170 },
  { key: 'emails', kind: 'emails', label: m.emails, maxLength: 5, width: 210 },
  {
    key: 'ownerId',
    kind: 'record',
    noun: 'employee',
    label: m.owner,
    help: m.lead_owner_help,
    readOnly: true,
    width: 140,
  },
  { key: 'departmentId', kind: 'record', noun: 'department', label: m.department, readOnly: true },
  { key: 'nextContactDate', kind: 'date', due: true, label: m.next_contact_date, sortable: true, width: 120 },
  { key: 'lastContactTime', kind: 'time', label: m.last_contact_time, readOnly: true, sortable: true, width: 130 },
  { key: 'source', kind: 'text', label: m.source, maxLength: 60, sortable: true, width: 120 },
  { key: 'campaignId', kind: 'record', noun: 'campaign', label: m.campaign, width: 180 },
  { key: 'industry', kind: 'text', label: m.industry, maxLength: 60, sortable: true, width: 120 },
  { key: 'region', kind: 'text', label: m.region, maxLength: 60, sortable: true, width: 120 },
  { key: 'address', kind: 'text', label: m.address, maxLength: 500, wide: true, width: 240 },
  { key: 'website', kind: 'url', label: m.website, maxLength: 300, width: 180 },
  { key: 'number', kind: 'text', label: m.record_number, readOnly: true, sortable: true, width: 150 },
  { key: 'stateReason', kind: 'text', label: m.state_reason, readOnly: true, filterable: false },
  { key: 'creatorId', kind: 'record', noun: 'employee', label: m.creator, readOnly: true, width: 140 },
  { key: 'createTime', kind: 'time', label: m.create_time, readOnly: true, sortable: true, width: 130 },
  { key: 'updateTime', kind: 'time', label: m.update_time, readOnly: true, sortable: true, width: 130 },
  { key: 'note', kind: 'textarea', label: m.note, maxLength: 4000, width: 260 },
];

/** A lead that belongs to nobody is seen by department: who sees only people's leads keeps what they enter. */
const seesUnowned = (): boolean =>
  session.scopes('lead.read').some((scope) => scope === 'ALL' || scope.startsWith('DEPARTMENT'));

export const lead: Noun<Lead> = {
  resource: leads,
  path: '/leads',
  icon: Funnel,
  plural: m.leads,
  createLabel: m.lead_create,
  purpose: m.lead_purpose,
  title: ({ name }) => name,
  fields: FIELDS,
  columns: [
    'company',
    'state',
    'phones',
    'ownerId',
    'nextContactDate',
    'lastContactTime',
    'source',
    'createTime',
    'tagIds',
  ],
  form: [
    'name',
    'company',
    'title',
    'source',
    'campaignId',
    'phones',
    'emails',
    'industry',
    'region',
    'website',
    'nextContactDate',
    'address',
    'note',
    'ownerId',
  ],
  defaults: () => (seesUnowned() ? {} : { ownerId: session.view.employeeId }),
  groups: [
    { label: m.group_contact, keys: ['name', 'company', 'title', 'phones', 'emails', 'website', 'address'] },
    { label: m.group_classification, keys: ['source', 'campaignId', 'industry', 'region', 'nextContactDate', 'note'] },
    {
      label: m.group_record,
      keys: [
        'number',
        'ownerId',
        'departmentId',
        'stateReason',
        'lastContactTime',
        'creatorId',
        'createTime',
        'updateTime',
      ],
    },
  ],
  actions: leadActions,
};
