import { openCalendars } from '@pelagic/capabilities/calendar/calendars';
import { CAPABILITY_MIGRATIONS } from '@pelagic/capabilities/migrations';
import { numbering } from '@pelagic/capabilities/numbering/numbering';
import { connect, type Connected } from '@pelagic/chassis/client';
import { openDatabase } from '@pelagic/chassis/database';
import { openDirectory } from '@pelagic/chassis/directory';
import { createLog } from '@pelagic/chassis/log';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { openQueue } from '@pelagic/chassis/queue';
import { implement, type Handlers } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { testCallers, type TestPerson } from '@pelagic/chassis/testing/callers';
import { testDatabase } from '@pelagic/chassis/testing/engines';
import { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { ContactServiceService } from '@pelagic/proto/crm/customer/v1/contact';
import { QueueServiceService } from '@pelagic/proto/crm/ticket/v1/queue';
import { TicketServiceService } from '@pelagic/proto/crm/ticket/v1/ticket';
import { PublicTicketServiceService, TicketSubmissionServiceService } from '@pelagic/proto/crm/ticket/v1/ticket_form';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { openCustomers } from './customer/customer.ts';
import { followHandlers } from './follow/follow.handlers.ts';
import { queueHandlers } from './queue/queue.handlers.ts';
import { submissionHandlers } from './submission/submission.handlers.ts';
import { submissionsOf } from './submission/submission.ts';
import { ticketFormHandlers } from './submission/ticket-form.handlers.ts';
import { NUMBER_PREFIXES } from './ticket-service.ts';
import { ticketHandlers } from './ticket/ticket.handlers.ts';

type Neighbour = { id: string; version: number; name: string; customerId?: string; email?: string };

/** The customer service as far as its contract goes: everybody sees everything that it knows. */
const customerService = (known: Map<string, Neighbour>) =>
  ({
    filterVisible: async ({ ids }) => ({ ids: ids.filter((id) => known.has(id)) }),
    getState: async ({ noun, id }) => {
      const found = known.get(id);
      return { record: found && { noun, id, version: found.version, state: JSON.stringify(found) } };
    },
  }) as Partial<Handlers<RecordServiceService>> as Handlers<RecordServiceService>;

const contactService = (known: Map<string, Neighbour>) =>
  ({
    matchRequester: async ({ email }) => {
      const found = [...known.values()].filter((one) => email && one.email === email);
      const [one] = found.length === 1 ? found : [];
      return { contactId: one?.id, customerId: one?.customerId };
    },
  }) as Partial<Handlers<ContactServiceService>> as Handlers<ContactServiceService>;

const WEEK = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '09:00', to: '18:00' }));

/** The service on a database of its own with people whose rights a test decides, a calendar from nine to six, and real gRPC. */
export const startTicketService = async () => {
  const { url, drop } = await testDatabase('ticket');
  const database = await openDatabase({
    url,
    entities: [],
    migrations: [CAPABILITY_MIGRATIONS, { name: '9-ticket', url: new URL('../migrations/', import.meta.url) }],
  });
  await database.start();
  const callers = await testCallers();
  const seam = { log: createLog('test', 'fatal'), identify: callers.identify };
  const known = new Map<string, Neighbour>();
  const host = '127.0.0.1';
  const neighbour = grpcServer({
    host,
    port: 0,
    implementations: () => [
      implement(seam, RecordServiceService, customerService(known)),
      implement(seam, ContactServiceService, contactService(known)),
    ],
  });
  await neighbour.start();
  const token = () => callers.serviceToken('ticket');
  const identityAddress = `${host}:1`;
  const directory = openDirectory({ service: 'ticket', database, identityAddress, token });
  const calendars = openCalendars({ service: 'ticket', database, identityAddress, token });
  const customers = openCustomers({ service: 'ticket', database, address: `${host}:${neighbour.port()}`, token });
  await database.sql
    .insertInto('calendar_copy')
    .values({
      id: uuidv7(),
      version: 1,
      name: 'nine to six',
      hours: JSON.stringify({ timeZone: 'Asia/Shanghai', week: WEEK, exceptions: [] }),
      active: true,
      default: true,
    })
    .execute();
  const number = numbering(() => database.aside, NUMBER_PREFIXES);
  const service = { database, directory, calendars, customers, number, linkSecret: 'secret of this test' };
  // Tests do by hand what the queue would do later.
  const works = ['form-settle', 'ticket-requester'].map((queue) => ({ queue, run: async () => {} }));
  const jobs = openQueue({ url, log: seam.log, works: () => works });
  await jobs.start();
  const submissions = submissionsOf(service, () => jobs);
  const forStrangers = {
    ...ticketFormHandlers({ service, queue: () => jobs, submissions }),
    ...followHandlers(service),
  };
  const server = grpcServer({
    host,
    port: 0,
    implementations: () => [
      implement(seam, TicketServiceService, ticketHandlers(service)),
      implement(seam, QueueServiceService, queueHandlers(service)),
      implement(seam, TicketSubmissionServiceService, submissionHandlers(database, submissions)),
      implement(seam, PublicTicketServiceService, forStrangers),
    ],
  });
  await server.start();

  const clients = (bearer: string) => {
    const as = <S extends ServiceDefinition>(definition: S): Connected<S> => {
      const calls = connect(definition, `${host}:${server.port()}`) as Record<
        string,
        (request: unknown, options?: object) => unknown
      >;
      return Object.fromEntries(
        Object.entries(calls).map(([name, call]) => [
          name,
          (request: unknown, options: object = {}) => call(request, { token: bearer, timeoutMs: 60_000, ...options }),
        ]),
      ) as Connected<S>;
    };
    return {
      tickets: as(TicketServiceService),
      queues: as(QueueServiceService),
      submissions: as(TicketSubmissionServiceService),
    };
  };

  /** Somebody who works here, with these rights; the clock is that of their calls. */
  const person = async (rights: TestPerson, options: { clock?: Date } = {}) => {
    const departmentId = rights.departmentId ?? uuidv7();
    const { id, token: bearer } = await callers.token({ ...rights, departmentId }, options);
    await database.sql
      .insertInto('directory_department')
      .values({ id: departmentId, name: 'Service' })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    await database.sql
      .insertInto('directory_employee')
      .values({ id, name: 'Ann', department_id: departmentId, state: 'EMPLOYEE_STATE_ACTIVE', placements: '[]' })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    return { id, departmentId, ...clients(bearer) };
  };

  return {
    database,
    service,
    submissions,
    /** Who is not signed in. */
    strangers: connect(PublicTicketServiceService, `${host}:${server.port()}`),
    person,
    /** A customer, or a contact of one, of the customer service. */
    neighbour: (fields: Partial<Neighbour> = {}): string => {
      const id = uuidv7();
      known.set(id, { id, version: 1, name: 'Blue Sea', ...fields });
      return id;
    },
    events: async (recordId: string): Promise<string[]> =>
      (
        await database.sql
          .selectFrom('outbox')
          .select('subject')
          .where('record_id', '=', recordId)
          .orderBy('version')
          .execute()
      ).map(({ subject }) => subject as string),
    stop: async () => {
      await server.stop();
      await neighbour.stop();
      await jobs.stop();
      await database.stop();
      await drop();
    },
  };
};

const ACTIONS = ['create', 'read', 'update', 'assign', 'share', 'delete'];

export const TICKETS: TestPerson['permissions'] = {
  ...Object.fromEntries(ACTIONS.map((action) => [`ticket.${action}`, 'ALL' as const])),
  'customer.read': 'ALL',
  'queue.manage': 'ALL',
  'ticket_submission.review': 'ALL',
};
