import type { FormSubmission } from '@pelagic/proto/crm/marketing/v1/lead_form';
import type { Intake, SubmissionRow as Sent } from '@pelagic/capabilities/public-form/intake';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { keepsForms } from '../lead-form/lead-form.ts';

export type SubmissionRow = Sent & {
  form_id: string;
  campaign_id: string | null;
  name: string;
  phone: string;
  email: string;
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

export const submissions: Intake<SubmissionRow> = {
  noun: submission,
  form: 'form_id',
  floods: 'form_flood',
  prefix: 'FORM_SUBMISSION_STATE',
  // Becomes a lead, under an id given here: whoever hears of it twice makes one.
  accept: (_, row) => void (row.lead_id = uuidv7()),
};
