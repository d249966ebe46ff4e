import { Queue } from '@pelagic/proto/crm/ticket/v1/queue';
import { Ticket, TicketMessage } from '@pelagic/proto/crm/ticket/v1/ticket';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTicketService, TICKETS } from '../testing.ts';
import { markLate } from './late-tickets.ts';

type Started = Awaited<ReturnType<typeof startTicketService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;

const TARGETS = [
  { priority: 'TICKET_PRIORITY_NORMAL', minutes: 540 },
  { priority: 'TICKET_PRIORITY_URGENT', minutes: 60 },
];
const queueOf = (fields: object = {}) =>
  Queue.fromJSON({ name: '客户服务', targets: TARGETS, active: true, ...fields });

beforeAll(async () => {
  started = await startTicketService();
  ann = await started.person({ permissions: TICKETS });
  await ann.queues.createQueue({ queue: queueOf(), requestId: '' });
});
afterAll(() => started.stop());

/** The same person at a moment of Shanghai. */
const at = (local: string, id = ann.id, departmentId = ann.departmentId): Promise<Person> =>
  started.person({ id, departmentId, permissions: TICKETS }, { clock: new Date(`${local}:00+08:00`) });

const draft = (fields: object = {}): Ticket => Ticket.fromJSON({ name: '打印机不工作', ...fields });
const create = async (fields: object = {}, person = ann): Promise<Ticket> =>
  (await person.tickets.createTicket({ ticket: draft(fields), requestId: '', validateOnly: false })).ticket!;
const move = async (id: string, state: string, person = ann, more: object = {}): Promise<Ticket> => {
  const request = { id, state: `TICKET_STATE_${state}` as never, version: 0, reason: '', cause: '', solution: '' };
  return (await person.tickets.setTicketState({ ...request, ...more })).ticket!;
};
const say = (ticketId: string, kind: 'ANSWER' | 'NOTE', body: string, person = ann) =>
  person.tickets.addTicketMessage({
    ticketMessage: TicketMessage.fromJSON({ ticketId, kind: `TICKET_MESSAGE_KIND_${kind}`, body }),
    requestId: '',
  });
const get = async (id: string): Promise<Ticket> => (await ann.tickets.getTicket({ id })).ticket!;
const list = async (filter: string): Promise<string[]> => {
  const page = { pageSize: 200, pageToken: '', filter, orderBy: '', query: '', deleted: false, count: false };
  return (await ann.tickets.listTickets(page)).tickets.map(({ id }) => id);
};

describe('a ticket', () => {
  it('is numbered, waits in its queue, and is due in working time', async () => {
    const made = await create({}, await at('2026-11-20T17:00'));
    expect(made.number).toMatch(/^TICK-\d{4}-\d{6}$/);
    expect(made).toMatchObject({
      state: 'TICKET_STATE_NEW',
      type: 'TICKET_TYPE_REQUEST',
      priority: 'TICKET_PRIORITY_NORMAL',
      departmentId: ann.departmentId,
      targetMinutes: 540,
      // An hour of Friday and eight of Monday.
      dueTime: '2026-11-23T09:00:00.000Z',
      late: false,
    });
    expect(made.ownerId).toBeUndefined();
    expect(await started.events(made.id)).toEqual(['crm.ticket.ticket.created.v1']);
  });

  it('stays with who raises it and would not see it in its queue', async () => {
    const seller = await started.person({
      permissions: { 'ticket.create': 'DEPARTMENT', 'ticket.read': 'DEPARTMENT' },
    });
    expect(await create({}, seller)).toMatchObject({ ownerId: seller.id, departmentId: seller.departmentId });
  });

  it('keeps what is left while it waits for somebody else, and gets it back', async () => {
    const { id } = await create({}, await at('2026-11-23T09:00'));
    const paused = await move(id, 'PENDING_CUSTOMER', await at('2026-11-23T12:00'));
    expect(paused).toMatchObject({ remainingMinutes: 360 });
    expect(paused.dueTime).toBeUndefined();
    await move(id, 'ON_HOLD', await at('2026-11-24T12:00'));
    const resumed = await move(id, 'OPEN', await at('2026-11-25T17:00'));
    expect(resumed.remainingMinutes).toBeUndefined();
    expect(resumed.dueTime).toBe('2026-11-26T06:00:00.000Z');
    const solved = await move(id, 'SOLVED', await at('2026-11-26T10:00'), { solution: '换了墨盒' });
    expect(solved).toMatchObject({ solveMinutes: 300, solution: '换了墨盒', late: false });
  });

  it('stands out when it is late, once for each promise, and stays so', async () => {
    const { id } = await create({ priority: 'TICKET_PRIORITY_URGENT' }, await at('2026-11-02T09:00'));
    await Promise.all([markLate(started.database), markLate(started.database)]);
    await markLate(started.database);
    expect((await started.events(id)).filter((subject) => subject.includes('fell_due'))).toHaveLength(1);
    expect(await list('late = true')).toContain(id);
    const paused = await move(id, 'PENDING_THIRD_PARTY', await at('2026-11-02T11:00'));
    expect(paused).toMatchObject({ late: true, remainingMinutes: -60 });
    const resumed = await move(id, 'OPEN', await at('2026-11-03T09:00'));
    expect(resumed).toMatchObject({ late: true, dueTime: '2026-11-02T09:00:00.000Z' });
    const change = { id, ticket: draft({ priority: 'TICKET_PRIORITY_NORMAL' }), updateMask: ['priority'] };
    const promised = await (await at('2026-11-03T10:00')).tickets.updateTicket(change);
    // Three hours have run; six of the nine are left.
    expect(promised.ticket).toMatchObject({ late: false, targetMinutes: 540, dueTime: '2026-11-03T08:00:00.000Z' });
  });

  it('moves only where it may, and says where that is', async () => {
    const { id } = await create();
    await expect(move(id, 'CLOSED')).rejects.toMatchObject({
      reason: 'TICKET_STATE_NOT_NEXT',
      params: { allowed: 'OPEN, PENDING_CUSTOMER, PENDING_THIRD_PARTY, ON_HOLD, SOLVED, CANCELLED' },
    });
    await expect(move(id, 'SOLVED')).rejects.toMatchObject({ fields: [{ field: 'solution', reason: 'REQUIRED' }] });
    await move(id, 'SOLVED', ann, { cause: '纸张受潮', solution: '换纸' });
    await move(id, 'CLOSED');
    const edit = { id, ticket: draft({ name: 'x' }), updateMask: ['name'] };
    await expect(ann.tickets.updateTicket(edit)).rejects.toMatchObject({ reason: 'TICKET_OVER' });
    const again = await move(id, 'OPEN');
    expect(again).toMatchObject({ reopenCount: 1, cause: '纸张受潮' });
    expect(again.solveTime).toBeUndefined();
    expect(await started.events(id)).toEqual(
      ['created', 'solved', 'state_changed', 'reopened'].map((verb) => `crm.ticket.ticket.${verb}.v1`),
    );
  });

  it('is taken by one of many who claim it at once, and the others are told', async () => {
    const { id } = await create();
    const people = await Promise.all(
      Array.from({ length: 10 }, () => started.person({ departmentId: ann.departmentId, permissions: TICKETS })),
    );
    const outcomes = await Promise.all(
      people.map(({ tickets }) =>
        tickets.claimTicket({ id, version: 0 }).then(
          ({ ticket }) => ticket!.ownerId,
          (error) => error.reason as string,
        ),
      ),
    );
    const { ownerId, state } = await get(id);
    expect(state).toBe('TICKET_STATE_OPEN');
    expect(outcomes.filter((outcome) => outcome === ownerId)).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'TICKET_TAKEN')).toHaveLength(9);
    const back = await ann.tickets.assignTicket({ id, ownerId: undefined, version: 0, reason: '' });
    expect(back.ticket!.ownerId).toBeUndefined();
  });

  it('has a contact of its customer, who is known by the contact', async () => {
    const customerId = started.neighbour();
    const contactId = started.neighbour({ customerId });
    expect(await create({ contactId })).toMatchObject({ customerId, contactId });
    const other = started.neighbour();
    await expect(create({ customerId: other, contactId })).rejects.toMatchObject({
      fields: [{ field: 'ticket.contactId', reason: 'UNKNOWN_CONTACT' }],
    });
    expect(await list('customer.name = "Blue Sea"')).not.toHaveLength(0);
  });
});

describe('what is said on it', () => {
  it('opens it with the first answer, whose working minutes are counted; notes do neither', async () => {
    const { id } = await create({}, await at('2026-11-20T17:30'));
    await say(id, 'NOTE', '看看上次的记录', await at('2026-11-20T17:40'));
    expect(await get(id)).toMatchObject({ state: 'TICKET_STATE_NEW', version: 1 });
    await say(id, 'ANSWER', '您好，请重启。', await at('2026-11-23T09:15'));
    await say(id, 'ANSWER', '好了吗？', await at('2026-11-23T10:00'));
    expect(await get(id)).toMatchObject({ state: 'TICKET_STATE_OPEN', firstAnswerMinutes: 45, version: 2 });
    const { ticketMessages } = await ann.tickets.listTicketMessages({ ticketId: id, pageSize: 0, pageToken: '' });
    expect(ticketMessages.map(({ body }) => body)).toEqual(['好了吗？', '您好，请重启。', '看看上次的记录']);
    await expect(say(id, 'NOTE', ' ')).rejects.toMatchObject({ fields: [{ field: 'ticketMessage.body' }] });
  });

  it('is seen by who sees the ticket, and by nobody else', async () => {
    const { id } = await create();
    await say(id, 'ANSWER', '您好');
    const stranger = await started.person({ permissions: { 'ticket.read': 'OWN', 'ticket.update': 'OWN' } });
    const read = stranger.tickets.listTicketMessages({ ticketId: id, pageSize: 0, pageToken: '' });
    await expect(read).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(say(id, 'NOTE', 'x', stranger)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a queue', () => {
  it.each([
    [{ targets: [TARGETS[0], TARGETS[0]] }, 'queue.targets[1].priority'],
    [{ departmentId: '019a0000-0000-7000-8000-000000000000' }, 'queue.departmentId'],
    [{ name: ' ' }, 'queue.name'],
  ])('refuses %j, naming the field', async (fields, field) => {
    const queue = queueOf({ name: '第二队列', ...fields });
    await expect(ann.queues.createQueue({ queue, requestId: '' })).rejects.toMatchObject({ fields: [{ field }] });
  });

  it('gives its own promise to a ticket that moves there, and takes none when it is out of use', async () => {
    const night = queueOf({ name: '夜班', targets: [{ priority: 'TICKET_PRIORITY_NORMAL', minutes: 60 }] });
    const { queue } = await ann.queues.createQueue({ queue: night, requestId: '' });
    const made = await create({}, await at('2026-11-23T09:00'));
    const there = { id: made.id, ticket: draft({ queueId: queue!.id }), updateMask: ['queue_id'] };
    const moved = await (await at('2026-11-23T09:30')).tickets.updateTicket(there);
    expect(moved.ticket).toMatchObject({ targetMinutes: 60, dueTime: '2026-11-23T02:00:00.000Z' });
    await ann.queues.updateQueue({ id: queue!.id, queue: { ...night, active: false } });
    await expect(create({ queueId: queue!.id })).rejects.toMatchObject({ fields: [{ reason: 'UNKNOWN_QUEUE' }] });
    await expect(ann.queues.createQueue({ queue: night, requestId: '' })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });
  });
});
