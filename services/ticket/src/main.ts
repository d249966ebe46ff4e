import { QueueServiceService } from '@pelagic/proto/crm/ticket/v1/queue';
import { TicketServiceService } from '@pelagic/proto/crm/ticket/v1/ticket';
import { PublicTicketServiceService, TicketSubmissionServiceService } from '@pelagic/proto/crm/ticket/v1/ticket_form';
import { addAttachment } from '@pelagic/capabilities/attachment/attach';
import { openBytes } from '@pelagic/capabilities/file/bytes';
import { openCalendars } from '@pelagic/capabilities/calendar/calendars';
import { CAPABILITY_MIGRATIONS } from '@pelagic/capabilities/migrations';
import { mountCapabilities } from '@pelagic/capabilities/mount';
import { numbering } from '@pelagic/capabilities/numbering/numbering';
import { settleWork } from '@pelagic/capabilities/public-form/settle';
import { consume } from '@pelagic/chassis/consumer';
import { openDatabase } from '@pelagic/chassis/database';
import { openDirectory } from '@pelagic/chassis/directory';
import { startProcess } from '@pelagic/chassis/process';
import { openQueue } from '@pelagic/chassis/queue';
import { relay } from '@pelagic/chassis/relay';
import { implement } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { behindSecret, runService } from '@pelagic/chassis/service';
import { SETTINGS } from './config.ts';
import { customerNames, openCustomers } from './customer/customer.ts';
import { followPath } from './follow/follow-link.ts';
import { followHandlers } from './follow/follow.handlers.ts';
import { message } from './message/message.ts';
import { queueHandlers } from './queue/queue.handlers.ts';
import { queue as queueNoun } from './queue/queue.ts';
import { standardQueuePart } from './queue/standard-queue.ts';
import { matchWork } from './submission/match-requester.ts';
import { submissionHandlers } from './submission/submission.handlers.ts';
import { submission, submissionsOf } from './submission/submission.ts';
import { ticketFormHandlers } from './submission/ticket-form.handlers.ts';
import { NUMBER_PREFIXES, type TicketService } from './ticket-service.ts';
import { lateTickets } from './ticket/late-tickets.ts';
import { ticketHandlers } from './ticket/ticket.handlers.ts';
import { ticketBulk, ticketImport } from './ticket/ticket.import.ts';
import { isUnsettled, ticket } from './ticket/ticket.ts';
import { ticketWordings } from './ticket/ticket.wordings.ts';

const SERVICE = 'ticket';
const { config, log, broker, identity } = startProcess(SERVICE, SETTINGS);
const database = await openDatabase({
  url: config.DATABASE_URL,
  entities: [],
  migrations: [CAPABILITY_MIGRATIONS, { name: '9-ticket', url: new URL('../migrations/', import.meta.url) }],
});
const directory = openDirectory({
  service: SERVICE,
  database,
  identityAddress: config.IDENTITY_ADDRESS,
  token: identity.serviceToken,
});
const customers = openCustomers({
  service: SERVICE,
  database,
  address: config.CUSTOMER_ADDRESS,
  token: identity.serviceToken,
});
const calendars = openCalendars({
  service: SERVICE,
  database,
  identityAddress: config.IDENTITY_ADDRESS,
  token: identity.serviceToken,
});
const service: TicketService = {
  database,
  directory,
  customers,
  calendars,
  number: numbering(() => database.aside, NUMBER_PREFIXES),
  attach: (tx, recordId, fileId, caller, field) =>
    addAttachment(tx, capabilities.attachments, { recordNoun: 'ticket', recordId, fileId }, caller, field),
  files: { open: (id) => capabilities.files.open(id) },
  linkSecret: config.SERVICE_SECRET,
};
const tickets = ticketHandlers(service);
const queues = queueHandlers(service);
const submissions = submissionsOf(service, () => queue);
const capabilities = mountCapabilities({
  service: SERVICE,
  database,
  broker,
  directory,
  identity,
  identityAddress: config.IDENTITY_ADDRESS,
  bytes: openBytes(config),
  log,
  queue: () => queue,
  nouns: [ticket, message, queueNoun, submission],
  following: [{ noun: ticket, only: () => isUnsettled }],
  imports: [ticketImport(service)],
  wordings: { ticket: ticketWordings },
  bulk: [ticketBulk(service)],
  names: { customer: customerNames, queue: 'queue', contact: { ask: customers.contactNames } },
  projections: [customers.projection, calendars.projection],
  consumers: [],
  mail: {
    publicUrl: config.PUBLIC_URL,
    linkOf: (_, id) => followPath(service.linkSecret, id),
    from: config.MAIL_FROM,
    smtpUrl: config.SMTP_URL,
  },
  seeds: { 'crm.ticket.v1.TicketService': tickets, 'crm.ticket.v1.QueueService': queues },
});
const queue = openQueue({
  url: config.DATABASE_URL,
  log,
  works: () => [...capabilities.works, settleWork(SERVICE, database, submissions), matchWork(service)],
});
const forStrangers = {
  ...ticketFormHandlers({ service, queue: () => queue, submissions }),
  ...followHandlers(service),
};
const { seam } = capabilities;

await runService(
  SERVICE,
  [
    database,
    broker,
    directory.part,
    relay({ service: SERVICE, database, broker, log }),
    ...capabilities.consumers.map((consumer) => consume({ service: SERVICE, database, broker, log }, consumer)),
    standardQueuePart({ database, calendars, log }),
    ...(config.PELAGIC_DEMO === '1' ? [] : [lateTickets({ database, log })]),
    queue,
    ...capabilities.parts,
    grpcServer({
      host: config.GRPC_HOST,
      port: config.GRPC_PORT,
      implementations: () => [
        implement(seam, TicketServiceService, tickets),
        implement(seam, QueueServiceService, queues),
        implement(seam, TicketSubmissionServiceService, submissionHandlers(database, submissions)),
        implement(seam, PublicTicketServiceService, forStrangers),
        ...capabilities.implementations(),
      ],
    }),
  ],
  {
    log,
    adminPort: config.ADMIN_PORT,
    drainMs: config.DRAIN_MS,
    commands: behindSecret(config.SERVICE_SECRET, capabilities.commands),
  },
);
