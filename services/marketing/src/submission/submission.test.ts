import { sql } from 'kysely';
import { issueTicket } from '@pelagic/capabilities/public-form/page-ticket';
import { settle } from '@pelagic/capabilities/public-form/settle';
import { listChanges } from '@pelagic/capabilities/record/history';
import {
  LeadForm,
  SubmitPublicFormRequest,
  type FormSubmission,
  type PublicFormServiceService,
} from '@pelagic/proto/crm/marketing/v1/lead_form';
import { publicCaller, serviceCaller } from '@pelagic/chassis/caller';
import type { Connected } from '@pelagic/chassis/client';
import { runIn } from '@pelagic/chassis/context';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CAMPAIGNS, startMarketingService } from '../testing.ts';
import { submission, submissions as intake } from './submission.ts';

type Started = Awaited<ReturnType<typeof startMarketingService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;
let form: LeadForm;
let strangers: Connected<PublicFormServiceService>;

const PHONE = { field: 'FORM_FIELD_PHONE', required: true };
const NAME = { field: 'FORM_FIELD_NAME', required: true };
const draft = (fields: object = {}): LeadForm =>
  LeadForm.fromJSON({ name: '官网表单', title: '联系我们', thanks: '谢谢', fields: [NAME, PHONE], ...fields });
const create = async (fields: object = {}) =>
  (await ann.forms.createLeadForm({ leadForm: draft(fields), requestId: '' })).leadForm!;
const publish = async ({ id }: LeadForm, state = 'PUBLISHED') =>
  (await ann.forms.setLeadFormState({ id, state: `LEAD_FORM_STATE_${state}` as never, version: 0 })).leadForm!;

beforeAll(async () => {
  started = await startMarketingService();
  ann = await started.person({ permissions: { ...CAMPAIGNS, 'lead_form.manage': 'ALL' } });
  strangers = started.strangers;
});
afterAll(() => started.stop());
beforeEach(async () => {
  form = await publish(await create());
});

/** A ticket as a page got it some seconds ago. */
const ticketOf = async ({ id }: LeadForm, secondsAgo = 30): Promise<string> => {
  const { rows } = await sql<{ ticket_secret: string }>`select ticket_secret from lead_form where id = ${id}`.execute(
    started.database.sql,
  );
  return issueTicket(rows[0]!.ticket_secret, Date.now() - secondsAgo * 1_000);
};

/** Sent by somebody at an address, as the gateway says it. */
const send = async (fields: object = {}, remoteAddress = '203.0.113.7') => {
  const ticket = await ticketOf(form);
  const request = { key: form.publicKey, ticket, name: '李雷', phone: '13800138000', ...fields };
  return runIn({ caller: publicCaller(remoteAddress), deadline: Date.now() + 30_000 }, () =>
    strangers.submitPublicForm(SubmitPublicFormRequest.fromJSON(request)),
  );
};

const page = { pageSize: 200, pageToken: '', orderBy: '', query: '', count: false };
const submissions = async (): Promise<FormSubmission[]> =>
  (await ann.forms.listFormSubmissions({ ...page, filter: `form_id = "${form.id}"` })).formSubmissions;
const settleAll = async (): Promise<FormSubmission[]> => {
  for (const { id } of await submissions())
    await started.database.transact((tx) => settle(intake, tx, id, serviceCaller('marketing')));
  return submissions();
};
const states = (found: FormSubmission[]) => [...new Set(found.map(({ state, reason }) => `${state} ${reason}`))];

describe('a form', () => {
  it('is open to strangers only while it is published, under a key that nobody can guess', async () => {
    const drafted = await create();
    expect(drafted.publicKey).toMatch(/^[0-9a-f]{32}$/);
    const get = (key: string) => strangers.getPublicForm({ key });
    await expect(get(drafted.publicKey)).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'NO_SUCH_FORM' });
    expect(await get(form.publicKey)).toMatchObject({ title: '联系我们', fields: [NAME, PHONE] });
    await publish(form, 'CLOSED');
    await expect(get(form.publicKey)).rejects.toMatchObject({ reason: 'NO_SUCH_FORM' });
  });

  it('asks for a name and a way to be in touch', async () => {
    await expect(create({ fields: [PHONE] })).rejects.toMatchObject({ fields: [{ reason: 'FORM_ASKS_NAME' }] });
    await expect(create({ fields: [NAME] })).rejects.toMatchObject({ fields: [{ reason: 'FORM_ASKS_REACH' }] });
    await expect(create({ fields: [NAME, PHONE, NAME] })).rejects.toMatchObject({ fields: [{ reason: 'DUPLICATE' }] });
  });
});

describe('what is sent in', () => {
  it('is accepted when it is a person’s, with a lead of its own to be made', async () => {
    expect(await send()).toEqual({ thanks: '谢谢' });
    const [received] = await submissions();
    expect(received).toMatchObject({ state: 'FORM_SUBMISSION_STATE_RECEIVED', remoteAddress: '203.0.113.7' });
    const [accepted] = await settleAll();
    expect(accepted).toMatchObject({
      state: 'FORM_SUBMISSION_STATE_ACCEPTED',
      phone: '+8613800138000',
      source: '官网表单',
      departmentId: ann.departmentId,
    });
    expect(accepted!.leadId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await started.events(accepted!.id)).toEqual([
      'crm.marketing.form_submission.received.v1',
      'crm.marketing.form_submission.accepted.v1',
    ]);
  });

  it('is one thing however often it is sent with one ticket', async () => {
    const ticket = await ticketOf(form);
    await Promise.all([1, 2, 3].map(() => send({ ticket })));
    expect(await submissions()).toHaveLength(1);
  });

  it.each([
    [{ website: 'http://spam' }, 'HONEYPOT'],
    [{ ticket: undefined }, 'TOO_FAST'],
  ])('is refused when it is a robot’s, which is told what a person is told: %j', async (fields, reason) => {
    const ticket = 'ticket' in fields ? { ticket: await ticketOf(form, 0) } : {};
    expect(await send({ ...fields, ...ticket })).toEqual({ thanks: '谢谢' });
    expect(states(await settleAll())).toEqual([`FORM_SUBMISSION_STATE_REFUSED DOUBT_REASON_${reason}`]);
  });

  it.each([
    [{ name: '' }, 'name', 'REQUIRED'],
    [{ phone: '12' }, 'phone', 'BAD_PHONE'],
    [{ ticket: 'made.up.ticket' }, 'ticket', 'TICKET_ENDED'],
  ])('is sent back to be mended: %j', async (fields, field, reason) => {
    await expect(send(fields)).rejects.toMatchObject({ fields: [{ field, reason }] });
    expect(await submissions()).toEqual([]);
  });

  it('of one address in great number is held, then not even stored, and somebody else gets through', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, () =>
        send({}, '198.51.100.1').then(
          () => 'stored',
          (error) => error.reason,
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(20);
    expect(outcomes.filter((outcome) => outcome === 'TOO_MANY_REQUESTS')).toHaveLength(20);
    await send({ name: '韩梅梅' }, '203.0.113.9');
    const found = await settleAll();
    expect(states(found.filter(({ name }) => name === '李雷'))).toEqual([
      'FORM_SUBMISSION_STATE_HELD DOUBT_REASON_ADDRESS',
    ]);
    expect(found.find(({ name }) => name === '韩梅梅')).toMatchObject({ state: 'FORM_SUBMISSION_STATE_ACCEPTED' });
  });

  it('of many addresses at once is held to the first one; a person among them gets through by review', async () => {
    await Promise.all(Array.from({ length: 60 }, (_, index) => send({}, `192.0.2.${index}`)));
    await send({ name: '韩梅梅' }, '203.0.113.10');
    const found = await settleAll();
    expect(states(found)).toEqual(['FORM_SUBMISSION_STATE_HELD DOUBT_REASON_FLOOD']);
    const person = found.find(({ name }) => name === '韩梅梅')!;
    const decide = async (id: string, accept: boolean) =>
      (await ann.forms.reviewFormSubmission({ id, accept, version: 0 })).formSubmission!;
    expect((await decide(person.id, true)).leadId).toBeTruthy();
    const robot = found.find(({ name }) => name === '李雷')!;
    expect(await decide(robot.id, false)).toMatchObject({ state: 'FORM_SUBMISSION_STATE_REFUSED' });
    await expect(decide(person.id, false)).rejects.toMatchObject({ reason: 'SUBMISSION_DECIDED' });
  });

  it('is told with its history, though it has a reason of its own', async () => {
    await send();
    const [{ id }] = (await settleAll()) as [FormSubmission];
    const asked = [{ recordId: id, version: 2 }];
    const [told] = await listChanges(started.database.sql, submission, serviceCaller('marketing'), asked);
    expect(told?.changes.find(({ field }) => field === 'state')?.after).toBe('"FORM_SUBMISSION_STATE_ACCEPTED"');
  });
});
