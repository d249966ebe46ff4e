import FileSignature from '@lucide/svelte/icons/file-signature';
import type { Schemas } from '#lib/api/client.ts';
import { resource } from '#lib/api/resource.ts';
import type { Choice, Field } from '#lib/noun/field.ts';
import type { Noun } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { contractActions } from './actions.ts';

export type Contract = Schemas['Contract'];
export type ContractState = Exclude<Contract['state'], 'CONTRACT_STATE_UNSPECIFIED'>;

export const contracts = resource<Contract>('sales', 'contract', '/v1/contracts', 'contracts');

const STATES: Record<ContractState, () => Choice> = {
  CONTRACT_STATE_DRAFT: () => ({ value: 'CONTRACT_STATE_DRAFT', label: m.contract_draft(), tone: 'neutral' }),
  CONTRACT_STATE_IN_APPROVAL: () => ({
    value: 'CONTRACT_STATE_IN_APPROVAL',
    label: m.contract_in_approval(),
    tone: 'wait',
  }),
  CONTRACT_STATE_EFFECTIVE: () => ({
    value: 'CONTRACT_STATE_EFFECTIVE',
    label: m.contract_effective(),
    tone: 'accent',
  }),
  CONTRACT_STATE_COMPLETED: () => ({ value: 'CONTRACT_STATE_COMPLETED', label: m.contract_completed(), tone: 'ok' }),
  CONTRACT_STATE_VOID: () => ({ value: 'CONTRACT_STATE_VOID', label: m.contract_void(), tone: 'bad' }),
};

export const contractState = (state: Contract['state']): Choice => STATES[state as ContractState]();

const FIELDS: Field[] = [
  { key: 'name', kind: 'text', label: m.contract_name, required: true, maxLength: 200, sortable: true, width: 240 },
  { key: 'customerId', kind: 'record', noun: 'customer', label: m.customer, required: true, width: 200 },
  { key: 'amount', kind: 'money', label: m.contract_amount, sortable: true, width: 130 },
  { key: 'discount', kind: 'money', label: m.contract_discount, sortable: true, width: 120 },
  {
    key: 'state',
    kind: 'choice',
    label: m.state,
    prefix: 'CONTRACT_STATE_',
    readOnly: true,
    sortable: true,
    width: 90,
    options: () => Object.values(STATES).map((choice) => choice()),
  },
  { key: 'signDate', kind: 'date', label: m.sign_date, sortable: true, width: 120 },
  { key: 'startDate', kind: 'date', label: m.start_date, sortable: true, width: 120 },
  { key: 'endDate', kind: 'date', label: m.end_date, sortable: true, width: 120 },
  { key: 'effectiveDate', kind: 'date', label: m.effective_date, readOnly: true, sortable: true, width: 120 },
  { key: 'contactId', kind: 'record', noun: 'contact', label: m.contact, width: 140 },
  { key: 'ourSigner', kind: 'text', label: m.our_signer, maxLength: 60, width: 120 },
  { key: 'customerSigner', kind: 'text', label: m.customer_signer, maxLength: 60, width: 120 },
  { key: 'opportunityId', kind: 'record', noun: 'opportunity', label: m.opportunity, readOnly: true, width: 200 },
  { key: 'submitterId', kind: 'record', noun: 'employee', label: m.submitter, readOnly: true, width: 140 },
  { key: 'decisionReason', kind: 'text', label: m.decision_reason, readOnly: true, filterable: false, width: 200 },
  { key: 'voidReason', kind: 'text', label: m.void_reason, readOnly: true, filterable: false, width: 200 },
  { key: 'ownerId', kind: 'record', noun: 'employee', label: m.owner, readOnly: true, width: 140 },
  { key: 'departmentId', kind: 'record', noun: 'department', label: m.department, readOnly: true },
  { key: 'number', kind: 'text', label: m.record_number, readOnly: true, sortable: true, width: 170 },
  { key: 'creatorId', kind: 'record', noun: 'employee', label: m.creator, readOnly: true, width: 140 },
  { key: 'createTime', kind: 'time', label: m.create_time, readOnly: true, sortable: true, width: 130 },
  { key: 'updateTime', kind: 'time', label: m.update_time, readOnly: true, sortable: true, width: 130 },
  { key: 'note', kind: 'textarea', label: m.note, maxLength: 4000, width: 260 },
];

export const contract: Noun<Contract> = {
  resource: contracts,
  path: '/contracts',
  icon: FileSignature,
  plural: m.contracts,
  createLabel: m.contract_create,
  purpose: m.contract_purpose,
  title: ({ name }) => name,
  fields: FIELDS,
  columns: ['number', 'customerId', 'amount', 'state', 'signDate', 'endDate', 'ownerId', 'tagIds'],
  form: [
    'name',
    'customerId',
    'amount',
    'contactId',
    'signDate',
    'startDate',
    'endDate',
    'ourSigner',
    'customerSigner',
    'note',
  ],
  groups: [
    { label: m.group_contract, keys: ['name', 'customerId', 'contactId', 'opportunityId', 'note'] },
    { label: m.group_money, keys: ['amount', 'discount'] },
    { label: m.group_term, keys: ['signDate', 'startDate', 'endDate', 'ourSigner', 'customerSigner'] },
    { label: m.group_approval, keys: ['submitterId', 'effectiveDate', 'decisionReason', 'voidReason'] },
    { label: m.group_record, keys: ['number', 'ownerId', 'departmentId', 'creatorId', 'createTime', 'updateTime'] },
  ],
  actions: contractActions,
};
