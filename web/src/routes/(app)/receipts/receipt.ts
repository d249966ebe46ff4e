import Banknote from '@lucide/svelte/icons/banknote';
import type { Schemas } from '#lib/api/client.ts';
import { resource } from '#lib/api/resource.ts';
import type { Choice, Field } from '#lib/noun/field.ts';
import type { Noun } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { receiptActions } from './actions.ts';

export type Receipt = Schemas['Receipt'];
type Known<T extends string> = Exclude<T, `${string}_UNSPECIFIED`>;

export const receipts = resource<Receipt>('sales', 'receipt', '/v1/receipts', 'receipts');

const STATES: Record<Known<Receipt['state']>, () => Choice> = {
  RECEIPT_STATE_BOOKED: () => ({ value: 'RECEIPT_STATE_BOOKED', label: m.receipt_booked(), tone: 'ok' }),
  RECEIPT_STATE_PARTLY_REFUNDED: () => ({
    value: 'RECEIPT_STATE_PARTLY_REFUNDED',
    label: m.receipt_partly_refunded(),
    tone: 'risk',
  }),
  RECEIPT_STATE_REFUNDED: () => ({ value: 'RECEIPT_STATE_REFUNDED', label: m.receipt_refunded(), tone: 'neutral' }),
  RECEIPT_STATE_REVERSED: () => ({ value: 'RECEIPT_STATE_REVERSED', label: m.receipt_reversed(), tone: 'bad' }),
};

const KINDS: Record<Known<Receipt['kind']>, () => Choice> = {
  RECEIPT_KIND_RECEIPT: () => ({ value: 'RECEIPT_KIND_RECEIPT', label: m.receipt_kind_receipt() }),
  RECEIPT_KIND_REFUND: () => ({ value: 'RECEIPT_KIND_REFUND', label: m.receipt_kind_refund(), tone: 'risk' }),
  RECEIPT_KIND_REVERSAL: () => ({ value: 'RECEIPT_KIND_REVERSAL', label: m.receipt_kind_reversal(), tone: 'bad' }),
};

const METHODS: Record<Known<Receipt['method']>, () => string> = {
  RECEIPT_METHOD_TRANSFER: m.receipt_method_transfer,
  RECEIPT_METHOD_CHEQUE: m.receipt_method_cheque,
  RECEIPT_METHOD_CASH: m.receipt_method_cash,
  RECEIPT_METHOD_ONLINE: m.receipt_method_online,
  RECEIPT_METHOD_OTHER: m.receipt_method_other,
};

export const receiptState = (state: Receipt['state']): Choice | undefined => STATES[state as keyof typeof STATES]?.();
export const receiptKind = (kind: Receipt['kind']): Choice | undefined => KINDS[kind as keyof typeof KINDS]?.();

const FIELDS: Field[] = [
  { key: 'number', kind: 'text', label: m.record_number, readOnly: true, sortable: true, width: 160 },
  {
    key: 'contractId',
    kind: 'record',
    noun: 'contract',
    label: m.contract,
    required: true,
    immutable: true,
    width: 220,
  },
  { key: 'customerId', kind: 'record', noun: 'customer', label: m.customer, readOnly: true, width: 180 },
  {
    key: 'kind',
    kind: 'choice',
    label: m.receipt_kind,
    prefix: 'RECEIPT_KIND_',
    readOnly: true,
    sortable: true,
    width: 80,
    options: () => Object.values(KINDS).map((choice) => choice()),
  },
  {
    key: 'amount',
    kind: 'money',
    label: m.receipt_amount,
    required: true,
    immutable: true,
    sortable: true,
    width: 130,
  },
  { key: 'receiveDate', kind: 'date', label: m.receipt_date, immutable: true, sortable: true, width: 120 },
  {
    key: 'method',
    kind: 'choice',
    label: m.receipt_method,
    prefix: 'RECEIPT_METHOD_',
    required: true,
    sortable: true,
    width: 100,
    options: () => Object.entries(METHODS).map(([value, label]) => ({ value, label: label() })),
  },
  {
    key: 'state',
    kind: 'choice',
    label: m.state,
    prefix: 'RECEIPT_STATE_',
    readOnly: true,
    sortable: true,
    width: 100,
    options: () => Object.values(STATES).map((choice) => choice()),
  },
  { key: 'returned', kind: 'money', label: m.receipt_returned, readOnly: true, sortable: true, width: 120 },
  { key: 'bankRef', kind: 'text', label: m.bank_ref, maxLength: 100, sortable: true, width: 150 },
  { key: 'payer', kind: 'text', label: m.payer, help: m.payer_help, maxLength: 200, sortable: true, width: 160 },
  { key: 'reason', kind: 'text', label: m.return_reason, readOnly: true, filterable: false, width: 200 },
  { key: 'returnsId', kind: 'record', noun: 'receipt', label: m.receipt_of, readOnly: true, width: 160 },
  { key: 'ownerId', kind: 'record', noun: 'employee', label: m.owner, readOnly: true, width: 140 },
  { key: 'departmentId', kind: 'record', noun: 'department', label: m.department, readOnly: true },
  { key: 'creatorId', kind: 'record', noun: 'employee', label: m.creator, readOnly: true, width: 140 },
  { key: 'createTime', kind: 'time', label: m.create_time, readOnly: true, sortable: true, width: 130 },
  { key: 'updateTime', kind: 'time', label: m.update_time, readOnly: true, sortable: true, width: 130 },
  { key: 'note', kind: 'textarea', label: m.note, maxLength: 4000, width: 260 },
];

export const receipt: Noun<Receipt> = {
  resource: receipts,
  path: '/receipts',
  icon: Banknote,
  plural: m.receipts,
  createLabel: m.receipt_create,
  purpose: m.receipt_purpose,
  title: ({ number }) => number,
  fields: FIELDS,
  columns: ['contractId', 'customerId', 'kind', 'amount', 'receiveDate', 'method', 'state', 'ownerId'],
  form: ['contractId', 'amount', 'receiveDate', 'method', 'bankRef', 'payer', 'note'],
  defaults: () => ({ method: 'RECEIPT_METHOD_TRANSFER' }),
  groups: [
    { label: m.group_receipt, keys: ['contractId', 'customerId', 'kind', 'amount', 'receiveDate', 'returned'] },
    { label: m.group_bank, keys: ['method', 'bankRef', 'payer', 'reason', 'returnsId', 'note'] },
    { label: m.group_record, keys: ['number', 'ownerId', 'departmentId', 'creatorId', 'createTime', 'updateTime'] },
  ],
  actions: receiptActions,
};
