import { addAttachment } from '@pelagic/capabilities/attachment/attach';
import { attachmentHandlers } from '@pelagic/capabilities/attachment/attachment.handlers';
import { attachmentNoun } from '@pelagic/capabilities/attachment/attachment';
import { openBytes } from '@pelagic/capabilities/file/bytes';
import { openFiles } from '@pelagic/capabilities/file/store';
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
import { AttachmentServiceService } from '@pelagic/proto/crm/capability/v1/attachment';
import { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { ContactServiceService } from '@pelagic/proto/crm/customer/v1/contact';
import { QueueServiceService } from '@pelagic/proto/crm/ticket/v1/queue';
import { TicketServiceService } from '@pelagic/proto/crm/ticket/v1/ticket';
import { PublicTicketServiceService, TicketSubmissionServiceService } from '@pelagic/proto/crm/ticket/v1/ticket_form';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { openCustomers } from './customer/customer.ts';
import { followHandlers } from './follow/follow.handlers.ts';
import { queueHandlers } from './queue/queue.handlers.ts';
import { submissionHandlers } from './submission/submission.handlers.ts';
import { submissionsOf } from './submission/submission.ts';
import { ticketFormHandlers } from './submission/ticket-form.handlers.ts';
import { NUMBER_PREFIXES, type TicketService } from './ticket-service.ts';
import { ticket } from './ticket/ticket.ts';
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
  const dir = await mkdtemp(join(tmpdir(), 'pelagic-files-'));
  const files = openFiles({ service: 'ticket', database, bytes: openBytes({ FILES_DIR: dir }) });
  const nouns = [ticket];
  const attachments = { noun: attachmentNoun('ticket', nouns), nouns, files };
  const service: TicketService = {
    ...{ database, directory, calendars, customers, number, files, linkSecret: 'secret of this test' },
    attach: (tx, recordId, fileId, caller, field) =>
      addAttachment(tx, attachments, { recordNoun: 'ticket', recordId, fileId }, caller, field),
  };
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
      implement(seam, AttachmentServiceService, attachmentHandlers({ ...attachments, database })),
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
      attachments: as(AttachmentServiceService),
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
    /** A file that somebody uploaded to attach it; answers its id. */
    upload: async (ownerId: string, name: string, text: string): Promise<string> =>
      (await files.keep({ name, ownerId, purpose: 'attachment' }, Readable.from([Buffer.from(text)]))).id,
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
      await rm(dir, { recursive: true, force: true });
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
