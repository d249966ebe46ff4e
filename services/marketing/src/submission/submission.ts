import type { FormSubmission } from '@pelagic/proto/crm/marketing/v1/lead_form';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { refused } from '@pelagic/chassis/problem';
import { keepsForms } from '../lead-form/lead-form.ts';

export type SubmissionState = `FORM_SUBMISSION_STATE_${'RECEIVED' | 'ACCEPTED' | 'HELD' | 'REFUSED'}`;
export type DoubtReason = `DOUBT_REASON_${'UNSPECIFIED' | 'HONEYPOT' | 'TOO_FAST' | 'ADDRESS' | 'FLOOD' | 'REVIEWED'}`;

export type SubmissionRow = RecordRow & {
  form_id: string;
  campaign_id: string | null;
  state: SubmissionState;
  reason: DoubtReason;
  name: string;
  phone: string;
  email: string;
  remote_address: string;
  department_id: string;
  lead_id: string | null;
};

export const submission = defineNoun({
  noun: 'form_submission',
  search: { open: ['name', 'company'], guarded: [] },
  reach: keepsForms,
});

export const submissionMessage = (row: SubmissionRow): FormSubmission =>
  submission.mapping.toMessage(row as unknown as Row) as unknown as FormSubmission;

/** It becomes a lead, under an id given here: whoever hears of it twice makes one. */
export const accept = (row: SubmissionRow, reason: DoubtReason): void => {
  row.state = 'FORM_SUBMISSION_STATE_ACCEPTED';
  row.reason = reason;
  row.lead_id = uuidv7();
};

export const hold = (row: SubmissionRow, reason: DoubtReason): void => {
  row.state = 'FORM_SUBMISSION_STATE_HELD';
  row.reason = reason;
};

/** A person decides on what is held; what was taken for a robot's may turn out to be a person's. */
export const review = (row: SubmissionRow, accepted: boolean): void => {
  const waits = row.state === 'FORM_SUBMISSION_STATE_HELD';
  if (!waits && !(accepted && row.state === 'FORM_SUBMISSION_STATE_REFUSED'))
    throw refused('SUBMISSION_DECIDED', 'This has been decided already.');
  if (accepted) accept(row, 'DOUBT_REASON_REVIEWED');
  else Object.assign(row, { state: 'FORM_SUBMISSION_STATE_REFUSED', reason: 'DOUBT_REASON_REVIEWED' });
};
