import type { RecordRow } from '@pelagic/capabilities/record/records';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import { tidy, tidyName } from '@pelagic/capabilities/record/tidy';
import { invalidField, refused } from '@pelagic/chassis/problem';
import { normalizeEmail, normalizePhone } from '@pelagic/capabilities/record/reachable';
import { unique } from '../matching/normalize.ts';
import type { MatchKey } from '../matching/match-key.ts';

export type LeadState =
  `LEAD_STATE_${'NEW' | 'ASSIGNED' | 'CONTACTING' | 'QUALIFIED' | 'CONVERTED' | 'INVALID' | 'RECYCLED'}`;

export type LeadRow = RecordRow & {
  number: string;
  name: string;
  company: string;
  title: string;
  phones: string[];
  emails: string[];
  state: LeadState;
  state_reason: string;
  source: string;
  address: string;
  owner_id: string | null;
  department_id: string | null;
  next_contact_date: string | null;
  last_contact_time: string | null;
  customer_id: string | null;
  contact_id: string | null;
  opportunity_id: string | null;
  campaign_id: string | null;
  custom: Record<string, unknown>;
  tag_ids: string[];
  shares: unknown[];
};

export const lead = defineNoun({
  noun: 'lead',
  search: { open: ['name', 'company', 'number'], guarded: ['phones', 'emails'] },
});

/** Trims names, writes phones as E.164 and mails in lower case, each once. Refuses a lead that nobody could reach. */
export const normalizeLead = (row: LeadRow): void => {
  row.name = tidyName(row.name, 'lead.name');
  row.company = tidy(row.company ?? '');
  row.phones = unique((row.phones ?? []).map((phone, index) => normalizePhone(phone, `lead.phones[${index}]`)));
  row.emails = unique((row.emails ?? []).map((email, index) => normalizeEmail(email, `lead.emails[${index}]`)));
  if (!row.phones.length && !row.emails.length) {
    throw invalidField('lead.phones', 'PHONE_OR_EMAIL_REQUIRED', 'A lead needs a phone number or a mail address.');
  }
};

/** A lead that became a customer is history: read only. */
export const refuseConverted = ({ state }: LeadRow): void => {
  if (state === 'LEAD_STATE_CONVERTED')
    throw refused('LEAD_CONVERTED', 'This lead has been converted and cannot be changed any more.');
};

/** States that wait for no further contact; what was given up may be taken up again. */
export const ENDED: LeadState[] = ['LEAD_STATE_CONVERTED', 'LEAD_STATE_INVALID', 'LEAD_STATE_RECYCLED'];

/** With a lead that was given up nobody promises to be in touch. */
export const refusePromise = (state: LeadState, field: string): void => {
  if (ENDED.includes(state))
    throw invalidField(
      field,
      'LEAD_GIVEN_UP',
      'This lead was given up: take it up again before you promise a next contact.',
    );
};

/** A converted lead is followed up where it went. */
export const checkFollowUp = (state: LeadState, promises: boolean): void => {
  if (state === 'LEAD_STATE_CONVERTED')
    throw refused('LEAD_FOLLOWED_ELSEWHERE', 'This lead has been converted: log follow-ups on its customer or deal.');
  if (promises) refusePromise(state, 'activity.nextContactDate');
};

/** Which states may follow; conversion and assignment have rpcs of their own. */
const NEXT: Record<LeadState, LeadState[]> = {
  LEAD_STATE_NEW: ['LEAD_STATE_CONTACTING', 'LEAD_STATE_INVALID', 'LEAD_STATE_RECYCLED'],
  LEAD_STATE_ASSIGNED: ['LEAD_STATE_CONTACTING', 'LEAD_STATE_QUALIFIED', 'LEAD_STATE_INVALID', 'LEAD_STATE_RECYCLED'],
  LEAD_STATE_CONTACTING: ['LEAD_STATE_QUALIFIED', 'LEAD_STATE_INVALID', 'LEAD_STATE_RECYCLED'],
  LEAD_STATE_QUALIFIED: ['LEAD_STATE_CONTACTING', 'LEAD_STATE_INVALID', 'LEAD_STATE_RECYCLED'],
  LEAD_STATE_INVALID: ['LEAD_STATE_CONTACTING'],
  LEAD_STATE_RECYCLED: ['LEAD_STATE_CONTACTING'],
  LEAD_STATE_CONVERTED: [],
};

export const moveLead = (row: LeadRow, state: LeadState, reason: string): void => {
  refuseConverted(row);
  if (row.state === state) return;
  if (!NEXT[row.state].includes(state))
    throw refused('LEAD_STATE_NOT_NEXT', 'A lead in this state cannot move there.', {
      params: { from: row.state, to: state },
    });
  const ending = state === 'LEAD_STATE_INVALID' || state === 'LEAD_STATE_RECYCLED';
  if (ending && !reason.trim()) throw invalidField('reason', 'REQUIRED', 'Say why the lead is given up.');
  row.state = state;
  row.state_reason = ending ? reason.trim() : '';
  if (ending) row.next_contact_date = null;
};

/**
 * Gives the lead to an owner with the department they sit in; none puts it back, its department stays. A converted one
 * changes hands too: who leaves hands over everything.
 */
export const assignLead = (row: LeadRow, owner: { id: string; departmentId: string } | undefined): void => {
  if (!owner) refuseConverted(row);
  row.owner_id = owner?.id ?? null;
  if (owner) row.department_id = owner.departmentId;
  if (owner && row.state === 'LEAD_STATE_NEW') row.state = 'LEAD_STATE_ASSIGNED';
  if (!owner && row.state === 'LEAD_STATE_ASSIGNED') row.state = 'LEAD_STATE_NEW';
};

/** A lead never blocks: two people may bring the same one. */
export const leadKeys = ({ phones, emails }: LeadRow): MatchKey[] => [
  ...phones.map((value) => ({ kind: 'phone' as const, value, blocking: false })),
  ...emails.map((value) => ({ kind: 'email' as const, value, blocking: false })),
];
