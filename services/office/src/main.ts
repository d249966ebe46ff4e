import { ApprovalServiceService } from '@pelagic/proto/crm/office/v1/approval';
import { NotificationServiceService } from '@pelagic/proto/crm/office/v1/notification';
import { CalendarServiceService } from '@pelagic/proto/crm/office/v1/calendar';
import { ScheduleServiceService } from '@pelagic/proto/crm/office/v1/schedule';
import { TaskServiceService } from '@pelagic/proto/crm/office/v1/task';
import { WorkLogServiceService } from '@pelagic/proto/crm/office/v1/work_log';
import { openBytes } from '@pelagic/capabilities/file/bytes';
import { openCalendars } from '@pelagic/capabilities/calendar/calendars';
import { CAPABILITY_MIGRATIONS } from '@pelagic/capabilities/migrations';
import { mountCapabilities } from '@pelagic/capabilities/mount';
import { numbering } from '@pelagic/capabilities/numbering/numbering';
import { consume } from '@pelagic/chassis/consumer';
import { openDatabase } from '@pelagic/chassis/database';
import { openDirectory } from '@pelagic/chassis/directory';
import { startProcess } from '@pelagic/chassis/process';
import { openQueue } from '@pelagic/chassis/queue';
import { relay } from '@pelagic/chassis/relay';
import { implement } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { behindSecret, runService } from '@pelagic/chassis/service';
import { approvalHandlers } from './approval/approval.handlers.ts';
import { approvalConsumers } from './approval/approval.reactions.ts';
import { approval } from './approval/approval.ts';
import { keepersIn, SETTINGS } from './config.ts';
import { followUpProjection } from './follow-up/follow-up.ts';
import { calendarHandlers } from './follow-up/promised-contacts.ts';
import { openLinks } from './link/links.ts';
import { commentConsumers } from './notification/comment.reactions.ts';
import { dailyMail } from './notification/daily-mail.ts';
import { handedConsumers } from './notification/handed.reactions.ts';
import { notificationHandlers } from './notification/notification.handlers.ts';
import { notification } from './notification/notification.ts';
import { customerWroteConsumer } from './notification/customer-wrote.reactions.ts';
import { overdueConsumer } from './notification/overdue.reactions.ts';
import { webhookStoppedConsumer } from './notification/webhook-stopped.reactions.ts';
import { NUMBER_PREFIXES } from './office-service.ts';
import { remind } from './reminder/fire-reminders.ts';
import { reportingProjections } from './reporting/reporting.ts';
import { scheduleHandlers } from './schedule/schedule.handlers.ts';
import { scheduleBulk, scheduleImport } from './schedule/schedule.import.ts';
import { isAhead, schedule } from './schedule/schedule.ts';
import { taskHandlers } from './task/task.handlers.ts';
import { taskBulk, taskImport } from './task/task.import.ts';
import { isLive, task } from './task/task.ts';
import { taskWordings } from './task/task.wordings.ts';
import { logReminders } from './work-log/log-reminders.ts';
import { workLogHandlers } from './work-log/work-log.handlers.ts';
import { workLog } from './work-log/work-log.ts';

const SERVICE = 'office';
const { config, log, broker, identity } = startProcess(SERVICE, SETTINGS);
const database = await openDatabase({
  url: config.DATABASE_URL,
  entities: [],
  migrations: [CAPABILITY_MIGRATIONS, { name: '9-office', url: new URL('../migrations/', import.meta.url) }],
});
const directory = openDirectory({
  service: SERVICE,
  database,
  identityAddress: config.IDENTITY_ADDRESS,
  token: identity.serviceToken,
});
const links = openLinks(keepersIn(config));
const copying = { service: SERVICE, database, token: identity.serviceToken };
const calendars = openCalendars({ ...copying, identityAddress: config.IDENTITY_ADDRESS });
const service = { database, directory, calendars, number: numbering(() => database.aside, NUMBER_PREFIXES), links };
const tasks = taskHandlers(service);
const approvals = approvalHandlers(service);
const schedules = scheduleHandlers(service);
const workLogs = workLogHandlers(service);
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
  nouns: [task, schedule, workLog, approval, notification],
  following: [
    { noun: task, only: () => isLive },
    { noun: schedule, only: () => isAhead },
  ],
  imports: [taskImport(service), scheduleImport(service)],
  wordings: { task: taskWordings },
  bulk: [taskBulk(service), scheduleBulk(service)],
  projections: [
    ...reportingProjections({ ...copying, address: config.IDENTITY_ADDRESS }),
    calendars.projection,
    followUpProjection({ ...copying, address: keepersIn(config)['customer']! }),
  ],
  consumers: [
    ...approvalConsumers(service),
    ...handedConsumers,
    overdueConsumer,
    customerWroteConsumer,
    webhookStoppedConsumer,
    ...commentConsumers,
  ],
  mail: {
    publicUrl: config.PUBLIC_URL,
    linkOf: () => '/',
    from: config.MAIL_FROM,
    smtpUrl: config.SMTP_URL,
  },
  seeds: {
    'crm.office.v1.TaskService': tasks,
    'crm.office.v1.ApprovalService': approvals,
    'crm.office.v1.ScheduleService': schedules,
    'crm.office.v1.WorkLogService': workLogs,
  },
});
const queue = openQueue({
  url: config.DATABASE_URL,
  log,
  works: () => [...capabilities.works, logReminders(service), dailyMail(service)],
});
const { seam } = capabilities;

await runService(
  SERVICE,
  [
    database,
    broker,
    directory.part,
    relay({ service: SERVICE, database, broker, log }),
    ...capabilities.consumers.map((consumer) => consume({ service: SERVICE, database, broker, log }, consumer)),
    queue,
    ...capabilities.parts,
    remind({ database, directory, log }),
    grpcServer({
      host: config.GRPC_HOST,
      port: config.GRPC_PORT,
      implementations: () => [
        implement(seam, TaskServiceService, tasks),
        implement(seam, ScheduleServiceService, schedules),
        implement(seam, WorkLogServiceService, workLogs),
        implement(seam, CalendarServiceService, calendarHandlers(service)),
        implement(seam, ApprovalServiceService, approvals),
        implement(seam, NotificationServiceService, notificationHandlers(database)),
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
