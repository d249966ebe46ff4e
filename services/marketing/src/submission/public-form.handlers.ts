import type {
  AskedField,
  PublicFormServiceService,
  SubmitPublicFormRequest,
} from '@pelagic/proto/crm/marketing/v1/lead_form';
import { normalizeEmail, normalizePhone } from '@pelagic/capabilities/record/reachable';
import { insertRecord } from '@pelagic/capabilities/record/records';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database, Tx } from '@pelagic/chassis/database';
import { invalid, Problem, type FieldError } from '@pelagic/chassis/problem';
import type { Queue } from '@pelagic/chassis/queue';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql, type Kysely } from 'kysely';
import type { LeadFormRow } from '../lead-form/lead-form.ts';
import { SETTLE_MS, SETTLE_QUEUE } from './settle.ts';
import { submission, type DoubtReason, type SubmissionRow } from './submission.ts';
import { issueTicket, readTicket } from './ticket.ts';

/** People take longer to type a name and a phone number. */
const FILL_MIN_MS = 3_000;
/** What one address may send within ten minutes; beyond it nothing is stored. */
const STORED_MAX = 20;
const STORED_SECONDS = 600;

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

const tried = (errors: FieldError[], normalize: () => string): string => {
  try {
    return normalize();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    errors.push(...error.fields);
    return '';
  }
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

const doubtAtOnce = (request: SubmitPublicFormRequest, ageMs: number): DoubtReason | undefined => {
  if (request.website) return 'DOUBT_REASON_HONEYPOT';
  return ageMs < FILL_MIN_MS ? 'DOUBT_REASON_TOO_FAST' : undefined;
};

/** Those of one address take turns, so that they are counted right. */
const chargeAddress = async (tx: Tx, address: string): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`form address/${address}`}, 0))`.execute(tx.sql);
  const { rows } = await sql<{ sent: number }>`
    select count(*)::int as sent from form_submission where remote_address = ${address} and create_time > now() - ${`${STORED_SECONDS} seconds`}::interval`.execute(
    tx.sql,
  );
  if (rows[0]!.sent < STORED_MAX) return;
  const retryAfterSeconds = String(STORED_SECONDS);
  throw new Problem('RESOURCE_EXHAUSTED', 'TOO_MANY_REQUESTS', 'Too many requests. Try again later.', {
    params: { retryAfterSeconds },
  });
};

const madeBefore = async (tx: Tx, id: string): Promise<boolean> =>
  (await sql`select from form_submission where id = ${id}`.execute(tx.sql)).rows.length > 0;

const submit = async (
  database: Database,
  queue: Queue,
  request: SubmitPublicFormRequest,
  caller: Caller,
): Promise<{ thanks: string }> => {
  const { remoteAddress } = caller;
  const form = await publishedForm(database.sql, request.key);
  const { id, ageMs } = readTicket(form.ticket_secret, request.ticket);
  const answers = answersOf(form, request);
  const doubt = doubtAtOnce(request, ageMs);
  await database.transact(async (tx) => {
    await chargeAddress(tx, remoteAddress);
    // Sent again because the answer was lost, or by somebody who presses twice.
    if (await madeBefore(tx, id)) return;
    const row: Row = {
      ...answers,
      id,
      form_id: form.id,
      campaign_id: form.campaign_id,
      department_id: form.department_id,
      source: form.source || form.name,
      consent: form.consent,
      remote_address: remoteAddress,
      state: doubt ? 'FORM_SUBMISSION_STATE_REFUSED' : 'FORM_SUBMISSION_STATE_RECEIVED',
      reason: doubt ?? 'DOUBT_REASON_UNSPECIFIED',
      creator_id: null,
    };
    await insertRecord<SubmissionRow>(tx, submission, row, caller, doubt ? 'refused' : 'received');
    if (!doubt) await queue.send(tx, SETTLE_QUEUE, { id }, { key: id, startAfter: new Date(Date.now() + SETTLE_MS) });
  });
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
