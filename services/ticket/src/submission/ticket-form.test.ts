import { Queue } from '@pelagic/proto/crm/ticket/v1/queue';
import { TicketMessage } from '@pelagic/proto/crm/ticket/v1/ticket';
import {
  SubmitTicketFormRequest,
  type FollowedTicket,
  type PublicTicketServiceService,
  type SubmitTicketFormResponse,
  type TicketSubmission,
} from '@pelagic/proto/crm/ticket/v1/ticket_form';
import { issueTicket } from '@pelagic/capabilities/public-form/page-ticket';
import { settle } from '@pelagic/capabilities/public-form/settle';
import { publicCaller, serviceCaller } from '@pelagic/chassis/caller';
import type { Connected } from '@pelagic/chassis/client';
import { runIn } from '@pelagic/chassis/context';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTicketService, TICKETS } from '../testing.ts';
import { matchRequester } from './match-requester.ts';

type Started = Awaited<ReturnType<typeof startTicketService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;
let queue: Queue;
let strangers: Connected<PublicTicketServiceService>;
let made = 0;

const FORM = { open: true, title: '联系客服', intro: '', consent: '', tellsDue: true };
const TARGETS = [{ priority: 'TICKET_PRIORITY_NORMAL', minutes: 540 }];
const put = async (fields: object): Promise<Queue> => {
  const { name, departmentId } = queue;
  const asked = Queue.fromJSON({ name, departmentId, targets: TARGETS, active: true, form: FORM, ...fields });
  return (queue = (await ann.queues.updateQueue({ id: queue.id, queue: asked })).queue!);
};

beforeAll(async () => {
  started = await startTicketService();
  ann = await started.person({ permissions: TICKETS });
  strangers = started.strangers;
});
afterAll(() => started.stop());
// Floods are counted by queue and by address: each test has its own.
beforeEach(async () => {
  const asked = Queue.fromJSON({ name: `客服 ${(made += 1)}`, targets: TARGETS, active: true, form: FORM });
  queue = (await ann.queues.createQueue({ queue: asked, requestId: '' })).queue!;
});

/** A ticket as a page got it some seconds ago. */
const pageTicket = async (secondsAgo = 30): Promise<string> => {
  const { rows } = await sql<{ form_secret: string }>`select form_secret from queue where id = ${queue.id}`.execute(
    started.database.sql,
  );
  return issueTicket(rows[0]!.form_secret, Date.now() - secondsAgo * 1_000);
};

/** Sent by somebody at an address, as the gateway says it. */
const send = async (fields: object = {}, remoteAddress = `203.0.${made}.7`): Promise<SubmitTicketFormResponse> => {
  const ticket = await pageTicket();
  const written = { subject: '打印机坏了', description: '不能开机', name: '李雷', email: 'li@example.com' };
  const request = SubmitTicketFormRequest.fromJSON({ key: queue.publicKey, ticket, ...written, ...fields });
  return runIn({ caller: publicCaller(remoteAddress), deadline: Date.now() + 30_000 }, () =>
    strangers.submitTicketForm(request),
  );
};

const page = { pageSize: 200, pageToken: '', orderBy: '', query: '', count: false };
const submissions = async (): Promise<TicketSubmission[]> =>
  (await ann.submissions.listTicketSubmissions({ ...page, filter: `queue_id = "${queue.id}"` })).ticketSubmissions;
const settleAll = async (): Promise<TicketSubmission[]> => {
  for (const { id } of await submissions())
    await started.database.transact((tx) => settle(started.submissions, tx, id, serviceCaller('ticket')));
  return submissions();
};
const states = (found: TicketSubmission[]) => [...new Set(found.map(({ state, reason }) => `${state} ${reason}`))];
const follow = async (token: string): Promise<FollowedTicket> =>
  (await strangers.followTicket({ token })).followedTicket!;
const answer = async (token: string, body: string, requestId = ''): Promise<FollowedTicket> =>
  (await strangers.answerFollowedTicket({ token, body, requestId })).followedTicket!;
const move = (id: string, state: string, more: object = {}) =>
  ann.tickets.setTicketState({
    ...{ id, state: `TICKET_STATE_${state}` as never, version: 0, reason: '', cause: '', solution: '' },
    ...more,
  });
const get = async (id: string) => (await ann.tickets.getTicket({ id })).ticket!;

/** Whose ticket the events of its messages say that it was. */
const ownersTold = async (id: string): Promise<(string | null)[]> =>
  (
    await sql<{ owner: string | null }>`
      select event #>> '{data,ticketOwnerId}' as owner from outbox
      where noun = 'ticket_message' and event #>> '{data,ticketMessage,ticketId}' = ${id} order by seq`.execute(
      started.database.sql,
    )
  ).rows.map(({ owner }) => owner);

describe('the form of a queue', () => {
  it('is open to strangers only while queue and form are in use, and comes back under the same address', async () => {
    const get = (key: string) => strangers.getTicketForm({ key });
    const publicKey = queue.publicKey!;
    expect(publicKey).toMatch(/^[0-9a-f]{32}$/);
    expect(await get(publicKey)).toMatchObject({ title: '联系客服' });
    const gone = { code: 'NOT_FOUND', reason: 'NO_SUCH_FORM' };
    await put({ form: { ...FORM, open: false } });
    await expect(get(publicKey)).rejects.toMatchObject(gone);
    await put({ form: FORM, active: false });
    await expect(get(publicKey)).rejects.toMatchObject(gone);
    expect((await put({ form: FORM, active: true })).publicKey).toBe(publicKey);
    await expect(get('made up')).rejects.toMatchObject(gone);
  });
});

describe('what is sent in', () => {
  it('becomes a ticket of the queue under the number that its sender was told, once for each page', async () => {
    const ticket = await pageTicket();
    const [told, again] = [await send({ ticket }), await send({ ticket })];
    expect(again).toEqual(told);
    expect(await submissions()).toHaveLength(1);
    expect(await follow(told.token)).toMatchObject({ state: 'FOLLOWED_STATE_RECEIVED', answerable: false });
    const [accepted] = await settleAll();
    expect(accepted!.state).toBe('TICKET_SUBMISSION_STATE_ACCEPTED');
    const raised = await get(accepted!.ticketId);
    expect(raised).toMatchObject({
      ...{ number: told.number, name: '打印机坏了', description: '不能开机', queueId: queue.id },
      ...{ channel: 'TICKET_CHANNEL_FORM', state: 'TICKET_STATE_NEW', departmentId: queue.departmentId },
      ...{ requesterName: '李雷', requesterEmail: 'li@example.com', targetMinutes: 540, creatorId: '' },
    });
    expect(raised.ownerId).toBeUndefined();
    // Told twice, a ticket all the same.
    await settleAll();
    expect(await started.events(raised.id)).toEqual(['crm.ticket.ticket.created.v1']);
    expect(await started.events(accepted!.id)).toEqual([
      'crm.ticket.ticket_submission.received.v1',
      'crm.ticket.ticket_submission.accepted.v1',
    ]);
  });

  it('is that of the one contact with its address, also where the sender is told nothing of it', async () => {
    const customerId = started.neighbour();
    const contactId = started.neighbour({ customerId, email: 'known@example.com' });
    const known = await send({ email: 'KNOWN@example.com' });
    const unknown = await send({}, '203.0.113.99');
    await settleAll();
    for (const { ticketId } of await submissions()) await matchRequester(started.service, ticketId);
    const found = await Promise.all((await submissions()).map(({ ticketId }) => get(ticketId)));
    const of = (number: string) => found.find((one) => one.number === number);
    expect(of(known.number)).toMatchObject({ customerId, contactId });
    expect(of(unknown.number)?.customerId).toBeUndefined();
    const shapes = [await follow(known.token), await follow(unknown.token)].map((shown) => Object.keys(shown));
    expect(shapes[0]).toEqual(shapes[1]);
  });

  it.each([
    [{ website: 'http://spam' }, 'HONEYPOT'],
    [{ ticket: undefined }, 'TOO_FAST'],
  ])('is refused when it is a robot’s, which is told what a person is told: %j', async (fields, reason) => {
    const ticket = 'ticket' in fields ? { ticket: await pageTicket(0) } : {};
    const told = await send({ ...fields, ...ticket });
    expect(told.number).toMatch(/^TICK-/);
    expect(states(await settleAll())).toEqual([`TICKET_SUBMISSION_STATE_REFUSED DOUBT_REASON_${reason}`]);
    expect(await follow(told.token)).toMatchObject({ state: 'FOLLOWED_STATE_RECEIVED' });
  });

  it.each([
    [{ name: ' ' }, 'name', 'REQUIRED'],
    [{ email: '', phone: '' }, 'email', 'REQUIRED'],
    [{ email: 'nowhere' }, 'email', 'BAD_EMAIL'],
    [{ ticket: 'made.up.ticket' }, 'ticket', 'TICKET_ENDED'],
  ])('is sent back to be mended: %j', async (fields, field, reason) => {
    await expect(send(fields)).rejects.toMatchObject({ fields: [{ field, reason }] });
    expect(await submissions()).toEqual([]);
  });

  it('of many addresses at once is held to the first one; a person among them gets through by review', async () => {
    const flood = Array.from({ length: 60 }, (_, index) => send({ name: '机器' }, `192.0.${made}.${index}`));
    await Promise.all(flood);
    const told = await send();
    const found = await settleAll();
    expect(states(found)).toEqual(['TICKET_SUBMISSION_STATE_HELD DOUBT_REASON_FLOOD']);
    const person = found.find(({ number }) => number === told.number)!;
    const decide = (id: string, accept: boolean) => ann.submissions.reviewTicketSubmission({ id, accept, version: 0 });
    await decide(person.id, true);
    expect((await get(person.ticketId)).number).toBe(told.number);
    const robot = found.find(({ name, requesterName }) => name && requesterName === '机器')!;
    await decide(robot.id, false);
    await expect(decide(person.id, false)).rejects.toMatchObject({ reason: 'SUBMISSION_DECIDED' });
    await expect(ann.tickets.getTicket({ id: robot.ticketId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a link', () => {
  const raise = async () => {
    const { token } = await send();
    const found = await settleAll();
    return { token, id: found[0]!.ticketId };
  };

  it('shows state, due time and what was said to the customer, and nothing from inside', async () => {
    const { token, id } = await raise();
    const say = (kind: string, body: string) =>
      ann.tickets.addTicketMessage({
        ticketMessage: TicketMessage.fromJSON({ ticketId: id, kind: `TICKET_MESSAGE_KIND_${kind}`, body }),
        requestId: '',
      });
    await say('NOTE', '客户是大户');
    await say('ANSWER', '请重启');
    const shown = await follow(token);
    expect(shown).toMatchObject({ state: 'FOLLOWED_STATE_IN_PROGRESS', answerable: true });
    expect(shown.messages.map(({ body, fromCustomer }) => [body, fromCustomer])).toEqual([['请重启', false]]);
    expect(shown.dueTime).toBe((await get(id)).dueTime);
    await put({ form: { ...FORM, tellsDue: false } });
    expect((await follow(token)).dueTime).toBeUndefined();
    await expect(say('CUSTOMER', 'me')).rejects.toMatchObject({ fields: [{ field: 'ticketMessage.kind' }] });
  });

  it('lets the customer answer: what waited for them goes on, what was solved is opened again, what is closed stays', async () => {
    const { token, id } = await raise();
    await move(id, 'PENDING_CUSTOMER');
    expect((await get(id)).dueTime).toBeUndefined();
    const [once, twice] = [await answer(token, '好了', 'r1'), await answer(token, '好了', 'r1')];
    expect(twice).toEqual(once);
    expect(once).toMatchObject({
      state: 'FOLLOWED_STATE_IN_PROGRESS',
      messages: [{ body: '好了', fromCustomer: true }],
    });
    expect((await get(id)).dueTime).toBeTruthy();
    await move(id, 'SOLVED', { solution: '换了电源' });
    await ann.tickets.claimTicket({ id, version: 0 });
    await answer(token, '又坏了');
    expect(await ownersTold(id)).toEqual([null, ann.id]);
    expect(await get(id)).toMatchObject({ state: 'TICKET_STATE_OPEN', reopenCount: 1 });
    await move(id, 'CANCELLED');
    expect((await follow(token)).answerable).toBe(false);
    await expect(answer(token, '?')).rejects.toMatchObject({ reason: 'FOLLOWED_TICKET_OVER' });
  });

  it('is answered alike when it is wrong, too old, or of a ticket in the recycle bin; nothing that is stored opens it', async () => {
    const gone = { code: 'NOT_FOUND', reason: 'NO_SUCH_LINK' };
    await expect(follow('made-up')).rejects.toMatchObject(gone);
    const [old, deleted] = [await raise(), await raise()];
    await move(old.id, 'CANCELLED');
    await sql`update ticket set update_time = now() - interval '91 days' where id = ${old.id}`.execute(
      started.database.sql,
    );
    await ann.tickets.deleteTicket({ id: deleted.id, version: 0 });
    for (const { token } of [old, deleted]) {
      await expect(follow(token)).rejects.toMatchObject(gone);
      await expect(answer(token, '?')).rejects.toMatchObject(gone);
    }
    const { rows } = await sql<{ token_hash: Buffer }>`select token_hash from follow_link`.execute(
      started.database.sql,
    );
    for (const { token_hash: hash } of rows)
      for (const form of ['hex', 'base64url', 'base64'] as const)
        await expect(follow(hash.toString(form).slice(0, 100))).rejects.toMatchObject(gone);
  });

  it('takes twenty answers in ten minutes, and no more', async () => {
    const { token } = await raise();
    const said = await Promise.allSettled(Array.from({ length: 25 }, (_, nth) => answer(token, `${nth}`)));
    expect(said.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
  });
});
