import { api, body, type Schemas } from '#lib/api/client.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/ui/Tag.svelte';

export type LeadForm = Schemas['LeadForm'];
type Submission = Schemas['FormSubmission'];
type AskedField = LeadForm['fields'][number]['field'];

/** What a form can ask for, in the order in which it does. */
export const ASKED: Record<Exclude<AskedField, 'FORM_FIELD_UNSPECIFIED'>, () => string> = {
  FORM_FIELD_NAME: m.form_name,
  FORM_FIELD_PHONE: m.form_phone,
  FORM_FIELD_EMAIL: m.form_email,
  FORM_FIELD_COMPANY: m.form_company,
  FORM_FIELD_TITLE: m.job_title,
  FORM_FIELD_REGION: m.region,
  FORM_FIELD_NOTE: m.form_note,
};

export const FORM_STATES: Record<string, { label: () => string; tone: Tone }> = {
  LEAD_FORM_STATE_DRAFT: { label: m.form_draft, tone: 'neutral' },
  LEAD_FORM_STATE_PUBLISHED: { label: m.form_published, tone: 'ok' },
  LEAD_FORM_STATE_CLOSED: { label: m.form_closed, tone: 'bad' },
};

export const publicAddress = ({ publicKey }: LeadForm): string => `${location.origin}/f/${publicKey}`;

export async function setFormState({ id, version }: LeadForm, state: 'PUBLISHED' | 'CLOSED'): Promise<LeadForm> {
  return body(
    api.POST('/v1/lead-forms/{id}:setState', {
      params: { path: { id } },
      body: { state: `LEAD_FORM_STATE_${state}`, version },
    }),
  );
}

export async function review(
  { id, version }: Pick<Submission, 'id' | 'version'>,
  accept: boolean,
): Promise<Submission> {
  return body(api.POST('/v1/form-submissions/{id}:review', { params: { path: { id } }, body: { accept, version } }));
}
