import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { tidyName } from '@pelagic/capabilities/record/tidy';
import { normalizeEmail, normalizePhone } from '@pelagic/capabilities/record/reachable';
import { companyKey, normalizeTaxId, unique } from '../matching/normalize.ts';
import type { MatchKey } from '../matching/match-key.ts';

export type CustomerRow = RecordRow & {
  number: string;
  name: string;
  kind: 'CUSTOMER_KIND_COMPANY' | 'CUSTOMER_KIND_PERSON';
  tax_id: string;
  phones: string[];
  emails: string[];
  parent_id: string | null;
  owner_id: string;
  department_id: string | null;
  next_contact_date: string | null;
  last_contact_time: string | null;
  lead_id: string | null;
  shares: unknown[];
};

export const customer = defineNoun({
  noun: 'customer',
  search: { open: ['name', 'short_name', 'number'], guarded: ['phones', 'emails', 'tax_id'] },
});

export const normalizeCustomer = (row: CustomerRow): void => {
  row.name = tidyName(row.name, 'customer.name');
  row.tax_id = normalizeTaxId(row.tax_id ?? '');
  row.phones = unique((row.phones ?? []).map((phone, index) => normalizePhone(phone, `customer.phones[${index}]`)));
  row.emails = unique((row.emails ?? []).map((email, index) => normalizeEmail(email, `customer.emails[${index}]`)));
  if (!row.kind || (row.kind as string) === 'CUSTOMER_KIND_UNSPECIFIED') row.kind = 'CUSTOMER_KIND_COMPANY';
};

/** A tax number and the name of a company can be had once; phones and mails only warn, since people share them. */
export const customerKeys = ({ kind, name, tax_id, phones, emails }: CustomerRow): MatchKey[] => [
  { kind: 'company', value: companyKey(name), blocking: kind === 'CUSTOMER_KIND_COMPANY' },
  { kind: 'tax_id', value: tax_id, blocking: true },
  ...phones.map((value) => ({ kind: 'phone' as const, value, blocking: false })),
  ...emails.map((value) => ({ kind: 'email' as const, value, blocking: false })),
];
