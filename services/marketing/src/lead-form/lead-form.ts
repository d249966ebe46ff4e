import type { AskedField, LeadForm } from '@pelagic/proto/crm/marketing/v1/lead_form';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { tidyName } from '@pelagic/capabilities/record/tidy';
import { may } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { invalid, refused, type FieldError } from '@pelagic/chassis/problem';
import { sql, type RawBuilder } from 'kysely';

export type LeadFormState = `LEAD_FORM_STATE_${'DRAFT' | 'PUBLISHED' | 'CLOSED'}`;

export type LeadFormRow = RecordRow & {
  name: string;
  campaign_id: string | null;
  state: LeadFormState;
  title: string;
  intro: string;
  thanks: string;
  consent: string;
  fields: AskedField[];
  source: string;
  department_id: string;
  public_key: string;
  ticket_secret: string;
};

/** Forms, and what is sent in by them, are everybody's who keeps forms: a permission, and not a matter of whose they are. */
export const keepsForms = (caller: Caller): RawBuilder<boolean> =>
  may(caller, 'lead_form.manage') ? sql<boolean>`true` : sql<boolean>`false`;

export const leadForm = defineNoun({
  noun: 'lead_form',
  search: { open: ['name'], guarded: [] },
  reach: keepsForms,
});

export const leadFormMessage = (row: LeadFormRow): LeadForm =>
  leadForm.mapping.toMessage(row as unknown as Row) as unknown as LeadForm;

const asks = (fields: AskedField[], ...wanted: AskedField['field'][]): boolean =>
  fields.some(({ field, required }) => required && wanted.includes(field));

const fieldErrors = (fields: AskedField[]): FieldError[] => {
  const names = fields.map(({ field }) => field);
  const twice = names.findIndex((name, index) => names.indexOf(name) < index);
  return [
    ...(twice >= 0
      ? [
          {
            field: `leadForm.fields[${twice}].field`,
            reason: 'DUPLICATE' as const,
            message: 'This field is asked for already.',
          },
        ]
      : []),
    ...(asks(fields, 'FORM_FIELD_NAME')
      ? []
      : [{ field: 'leadForm.fields', reason: 'FORM_ASKS_NAME' as const, message: 'A form always asks for a name.' }]),
    ...(asks(fields, 'FORM_FIELD_PHONE', 'FORM_FIELD_EMAIL')
      ? []
      : [
          {
            field: 'leadForm.fields',
            reason: 'FORM_ASKS_REACH' as const,
            message: 'A form requires a phone number or a mail address: nobody could be reached otherwise.',
          },
        ]),
  ];
};

/** Texts without blanks around them. Throws all that is wrong with what the form asks for. */
export const tidyForm = (row: LeadFormRow): void => {
  row.name = tidyName(row.name, 'leadForm.name');
  row.title = tidyName(row.title, 'leadForm.title');
  for (const column of ['intro', 'thanks', 'consent', 'source'] as const) row[column] = row[column].trim();
  if (typeof row.fields === 'string') row.fields = JSON.parse(row.fields) as AskedField[];
  row.fields = row.fields.map((asked) => ({ ...asked, label: asked.label?.trim() ?? '' }));
  const errors = fieldErrors(row.fields);
  if (errors.length) throw invalid(...errors);
};

/** A draft is published, what is published closed, what is closed published again. */
export const moveForm = (row: LeadFormRow, state: LeadFormState): void => {
  if (row.state === state) return;
  const mayFollow = state === 'LEAD_FORM_STATE_PUBLISHED' || row.state === 'LEAD_FORM_STATE_PUBLISHED';
  if (!mayFollow || state === 'LEAD_FORM_STATE_DRAFT')
    throw refused('FORM_STATE_NOT_NEXT', 'A form in this state cannot move there.');
  row.state = state;
};
