import type {
  AskedField,
  PublicFormServiceService,
  SubmitPublicFormRequest,
} from '@pelagic/proto/crm/marketing/v1/lead_form';
import { issueTicket, readTicket } from '@pelagic/capabilities/public-form/page-ticket';
import { receive, tried } from '@pelagic/capabilities/public-form/receive';
import { normalizeEmail, normalizePhone } from '@pelagic/capabilities/record/reachable';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database } from '@pelagic/chassis/database';
import { invalid, Problem, type FieldError } from '@pelagic/chassis/problem';
import type { Queue } from '@pelagic/chassis/queue';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql, type Kysely } from 'kysely';
import type { LeadFormRow } from '../lead-form/lead-form.ts';
import { submissions } from './submission.ts';

type Answers = Record<'name' | 'phone' | 'email' | 'company' | 'title' | 'region' | 'note', string>;

const KEYS: Partial<Record<AskedField['field'], keyof Answers>> = {
  FORM_FIELD_NAME: 'name',
  FORM_FIELD_PHONE: 'phone',
  FORM_FIELD_EMAIL: 'email',
  FORM_FIELD_COMPANY: 'company',
  FORM_FIELD_TITLE: 'title',
  FORM_FIELD_REGION: 'region',
  FORM_FIELD_NOTE: 'note',
};

/** A draft, a closed form and a key that was made up are all the same to a stranger. */
const publishedForm = async (db: Kysely<any>, key: string): Promise<LeadFormRow> => {
  const { rows } = await sql<LeadFormRow>`
    select * from lead_form where public_key = ${key} and state = 'LEAD_FORM_STATE_PUBLISHED'`.execute(db);
  if (!rows[0]) throw new Problem('NOT_FOUND', 'NO_SUCH_FORM', 'There is no such form, or it is closed.');
  return rows[0];
};

/** What was asked for, as leads have it; what was not asked for is dropped. Throws all that is missing or wrong at once. */
const answersOf = ({ fields, consent }: LeadFormRow, request: SubmitPublicFormRequest): Answers => {
  const answers: Answers = { name: '', phone: '', email: '', company: '', title: '', region: '', note: '' };
  const errors: FieldError[] = [];
  for (const { field, required } of fields) {
    const key = KEYS[field];
    if (!key) continue;
    const text = request[key].trim();
    if (!text && required) errors.push({ field: key, reason: 'REQUIRED', message: 'This is needed.' });
    if (!text) continue;
    if (key === 'phone') answers.phone = tried(errors, () => normalizePhone(text, key));
    else if (key === 'email') answers.email = tried(errors, () => normalizeEmail(text, key));
    else answers[key] = text;
  }
  if (consent && !request.agreed)
    errors.push({ field: 'agreed', reason: 'REQUIRED', message: 'Please agree before you send it.' });
  if (errors.length) throw invalid(...errors);
  return answers;
};

const submit = async (
  database: Database,
  queue: Queue,
  request: SubmitPublicFormRequest,
  caller: Caller,
): Promise<{ thanks: string }> => {
  const form = await publishedForm(database.sql, request.key);
  const ticket = readTicket(form.ticket_secret, request.ticket);
  const answers = answersOf(form, request);
  const values = () => ({
    ...answers,
    form_id: form.id,
    campaign_id: form.campaign_id,
    department_id: form.department_id,
    source: form.source || form.name,
    consent: form.consent,
  });
  const sent = { ticket, website: request.website, values };
  await database.transact((tx) => receive(submissions, queue, tx, sent, caller));
  return { thanks: form.thanks };
};

export const publicFormHandlers = (database: Database, queue: Queue): Handlers<PublicFormServiceService> => ({
  getPublicForm: async ({ key }) => {
    const { title, intro, consent, fields, ticket_secret } = await publishedForm(database.sql, key);
    return {
      title,
      intro,
      consent,
      fields: fields.map(({ field, required, label }) => ({ field, required, label })),
      ticket: issueTicket(ticket_secret),
    };
  },
  submitPublicForm: (request, caller) => submit(database, queue, request, caller),
});
