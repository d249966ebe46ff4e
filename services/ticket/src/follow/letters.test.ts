import { Queue } from '@pelagic/proto/crm/ticket/v1/queue';
import { Ticket, TicketMessage } from '@pelagic/proto/crm/ticket/v1/ticket';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTicketService, TICKETS } from '../testing.ts';
import { tokenOf } from './follow-link.ts';

type Started = Awaited<ReturnType<typeof startTicketService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;

beforeAll(async () => {
  started = await startTicketService();
  ann = await started.person({ permissions: TICKETS });
  const queue = Queue.fromJSON({ name: '客户服务', active: true });
  await ann.queues.createQueue({ queue, requestId: '' });
});
afterAll(() => started.stop());

const raise = async (fields: object, person = ann): Promise<Ticket> => {
  const ticket = Ticket.fromJSON({ name: '打印机不工作', requesterName: '李雷', ...fields });
  return (await person.tickets.createTicket({ ticket, requestId: '', validateOnly: false })).ticket!;
};
const say = (ticketId: string, kind: string, body: string, person = ann) =>
  person.tickets.addTicketMessage({
    ticketMessage: TicketMessage.fromJSON({ ticketId, kind: `TICKET_MESSAGE_KIND_${kind}`, body }),
    requestId: '',
  });
const move = (id: string, state: string, solution = '') =>
  ann.tickets.setTicketState({
    ...{ id, version: 0, reason: '', cause: '', solution },
    state: `TICKET_STATE_${state}` as never,
  });
type Written = { subject: string; body: string; recipient: string };
const written = async (id: string): Promise<Written[]> =>
  (
    await sql<Written>`select subject, body, recipient from mail where record_id = ${id} order by create_time, id`.execute(
      started.database.sql,
    )
  ).rows;

describe('whoever asked', () => {
  it('is written to when they are answered and when it is solved, in their language, and never what is internal', async () => {
    const { id, number } = await raise({ requesterEmail: 'Li@Example.com', requesterLocale: 'en' });
    await say(id, 'NOTE', 'a difficult one');
    await say(id, 'ANSWER', 'Please restart it.');
    await move(id, 'SOLVED', 'restarted');
    await move(id, 'OPEN');
    await move(id, 'SOLVED', 'restarted');
    const letters = await written(id);
    expect(letters.map(({ recipient, subject }) => `${recipient} ${subject}`)).toEqual(
      Array(3).fill(`li@example.com [${number}] 打印机不工作`),
    );
    expect(letters[0]!.body).toBe('Dear 李雷,\n\nCustomer service has answered your request:\n\nPlease restart it.');
    expect(JSON.stringify(letters)).not.toContain('difficult');
  });

  it('gets a link that opens the ticket, though nobody sent it in by a form', async () => {
    const { id, number } = await raise({ requesterEmail: 'li@example.com' });
    const token = tokenOf(started.service.linkSecret, id);
    await expect(started.strangers.followTicket({ token })).rejects.toMatchObject({ reason: 'NO_SUCH_LINK' });
    await say(id, 'ANSWER', '请重启');
    expect((await started.strangers.followTicket({ token })).followedTicket).toMatchObject({ number });
    expect((await written(id))[0]!.body).toMatch(/^李雷，您好：/);
  });

  it('is not written to without an address, nor of the past that a demo tells', async () => {
    const silent = await raise({});
    await say(silent.id, 'ANSWER', '请重启');
    const { id, departmentId } = ann;
    const past = await started.person({ id, departmentId, permissions: TICKETS }, { clock: new Date('2025-03-03') });
    const old = await raise({ requesterEmail: 'li@example.com' }, past);
    await say(old.id, 'ANSWER', '请重启', past);
    expect([await written(silent.id), await written(old.id)]).toEqual([[], []]);
  });

  it('is written to on a mail address that is one', async () => {
    await expect(raise({ requesterEmail: 'nowhere' })).rejects.toMatchObject({
      fields: [{ field: 'ticket.requesterEmail' }],
    });
  });
});
