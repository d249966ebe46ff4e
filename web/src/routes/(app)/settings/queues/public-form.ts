import type { Schemas } from '#lib/api/client.ts';
import type { Field } from '#lib/noun/field.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Queue } from '../../tickets/queues.svelte.ts';

/** What the page on which strangers raise tickets says. */
export const FORM_FIELDS: Field[] = [
  { key: 'form.open', kind: 'boolean', label: m.queue_form_open, help: m.queue_form_open_help },
  { key: 'form.title', kind: 'text', label: m.form_title, maxLength: 200 },
  { key: 'form.intro', kind: 'textarea', label: m.form_intro, maxLength: 2000 },
  { key: 'form.consent', kind: 'textarea', label: m.form_consent, maxLength: 1000, help: m.form_consent_help },
  { key: 'form.tellsDue', kind: 'boolean', label: m.queue_form_tells_due, help: m.queue_form_tells_due_help },
];

export const formValues = ({ form }: Queue): Record<string, unknown> => ({
  'form.open': form?.open ?? false,
  'form.title': form?.title ?? '',
  'form.intro': form?.intro ?? '',
  'form.consent': form?.consent ?? '',
  'form.tellsDue': form?.tellsDue ?? false,
});

/** Nothing for a queue that has no form and shall have none. */
export function writtenForm(values: Record<string, unknown>): { form?: Schemas['QueueFormInput'] } {
  const text = (key: string) => String(values[key] ?? '').trim();
  const [open, title] = [values['form.open'] === true, text('form.title')];
  if (!open && !title) return {};
  const tellsDue = values['form.tellsDue'] === true;
  return { form: { open, title, intro: text('form.intro'), consent: text('form.consent'), tellsDue } };
}

export const addressOf = ({ publicKey }: Queue): string => `${location.origin}/request/${publicKey}`;
