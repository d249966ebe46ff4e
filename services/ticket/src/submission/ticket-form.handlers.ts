import type { PublicTicketServiceService, SubmitTicketFormRequest } from '@pelagic/proto/crm/ticket/v1/ticket_form';
import type { Intake } from '@pelagic/capabilities/public-form/intake';
import { issueTicket, readTicket } from '@pelagic/capabilities/public-form/page-ticket';
import { receive, tried } from '@pelagic/capabilities/public-form/receive';
import { normalizeEmail, normalizePhone } from '@pelagic/capabilities/record/reachable';
import { tidyName } from '@pelagic/capabilities/record/tidy';
import type { Caller } from '@pelagic/chassis/caller';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { invalid, Problem, type FieldError } from '@pelagic/chassis/problem';
import type { Queue } from '@pelagic/chassis/queue';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql, type Kysely } from 'kysely';
import { rememberLink, tokenOf } from '../follow/follow-link.ts';
import type { QueueRow } from '../queue/queue.ts';
import type { TicketService } from '../ticket-service.ts';
import type { SubmissionRow } from './submission.ts';

/** What the public form works with beside the nouns: the queue of jobs, and what submissions become. */
export type Desk = { service: TicketService; queue: () => Queue; submissions: Intake<SubmissionRow> };

/** A queue without a form, one out of use and a key that was made up are all the same to a stranger. */
const openForm = async (db: Kysely<any>, key: string): Promise<QueueRow & { form: NonNullable<QueueRow['form']> }> => {
  const { rows } = await sql<QueueRow & { form: NonNullable<QueueRow['form']> }>`
    select * from queue where public_key = ${key} and active and (form ->> 'open')::boolean`.execute(db);
  if (!rows[0]) throw new Problem('NOT_FOUND', 'NO_SUCH_FORM', 'There is no such form, or it is closed.');
  return rows[0];
};

/** What a stranger wrote, as tickets have it. Throws all that is missing or wrong at once. */
const written = (request: SubmitTicketFormRequest, consent: string) => {
  const errors: FieldError[] = [];
  const [phone, email] = [request.phone.trim(), request.email.trim()];
  const needed = (field: string) => errors.push({ field, reason: 'REQUIRED', message: 'This is needed.' });
  if (!phone && !email) needed('email');
  if (!request.description.trim()) needed('description');
  const values = {
    name: tried(errors, () => tidyName(request.subject, 'subject')),
    description: request.description.trim(),
    type: request.type,
    requester_name: tried(errors, () => tidyName(request.name, 'name')),
    requester_phone: phone && tried(errors, () => normalizePhone(phone, 'phone')),
    requester_email: email && tried(errors, () => normalizeEmail(email, 'email')),
    requester_locale: request.locale,
    consent,
  };
  if (consent && !request.agreed)
    errors.push({ field: 'agreed', reason: 'REQUIRED', message: 'Please agree before you send it.' });
  if (errors.length) throw invalid(...errors);
  return values;
};

/** Stores what was sent and answers its number and link, the same to a person and to a robot. */
const submit = async (desk: Desk, request: SubmitTicketFormRequest, caller: Caller) => {
  const { service, queue, submissions } = desk;
  const form = await openForm(service.database.sql, request.key);
  const ticket = readTicket(form.form_secret, request.ticket);
  const answers = written(request, form.form.consent);
  const values = async () => ({
    ...answers,
    queue_id: form.id,
    department_id: form.department_id,
    number: await service.number('ticket'),
    ticket_id: uuidv7(),
  });
  return service.database.transact(async (tx) => {
    const sent = { ticket, website: request.website, values };
    const { ticket_id: ticketId, number } = await receive(submissions, queue(), tx, sent, caller);
    const token = tokenOf(service.linkSecret, ticketId);
    await rememberLink(tx, ticketId, token);
    return { number, token };
  });
};

export const ticketFormHandlers = (
  desk: Desk,
): Pick<Handlers<PublicTicketServiceService>, 'getTicketForm' | 'submitTicketForm'> => ({
  getTicketForm: async ({ key }) => {
    const { form, form_secret } = await openForm(desk.service.database.sql, key);
    const { title, intro, consent } = form;
    return { title, intro, consent, ticket: issueTicket(form_secret) };
  },
  submitTicketForm: (request, caller) => submit(desk, request, caller),
});
