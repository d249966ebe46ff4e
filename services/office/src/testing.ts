import { openCalendars } from '@pelagic/capabilities/calendar/calendars';
import { CAPABILITY_MIGRATIONS } from '@pelagic/capabilities/migrations';
import { numbering } from '@pelagic/capabilities/numbering/numbering';
import { connect, type Connected } from '@pelagic/chassis/client';
import { openDatabase } from '@pelagic/chassis/database';
import { openDirectory } from '@pelagic/chassis/directory';
import { createLog } from '@pelagic/chassis/log';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { implement, type Handlers } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { testCallers, type TestPerson } from '@pelagic/chassis/testing/callers';
import { testDatabase } from '@pelagic/chassis/testing/engines';
import { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { ApprovalServiceService } from '@pelagic/proto/crm/office/v1/approval';
import { NotificationServiceService } from '@pelagic/proto/crm/office/v1/notification';
import { CalendarServiceService } from '@pelagic/proto/crm/office/v1/calendar';
import { ScheduleServiceService } from '@pelagic/proto/crm/office/v1/schedule';
import { TaskServiceService } from '@pelagic/proto/crm/office/v1/task';
import { WorkLogServiceService } from '@pelagic/proto/crm/office/v1/work_log';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { approvalHandlers } from './approval/approval.handlers.ts';
import { calendarHandlers } from './follow-up/promised-contacts.ts';
import { openLinks } from './link/links.ts';
import { notificationHandlers } from './notification/notification.handlers.ts';
import { NUMBER_PREFIXES } from './office-service.ts';
import { scheduleHandlers } from './schedule/schedule.handlers.ts';
import { taskHandlers } from './task/task.handlers.ts';
import { workLogHandlers } from './work-log/work-log.handlers.ts';

/** The service on a database of its own with people whose rights a test decides: real gRPC, no neighbours. */
export const startOfficeService = async () => {
  const { url, drop } = await testDatabase('office');
  const database = await openDatabase({
    url,
    entities: [],
    migrations: [CAPABILITY_MIGRATIONS, { name: '9-office', url: new URL('../migrations/', import.meta.url) }],
  });
  await database.start();
  const callers = await testCallers();
  const directory = openDirectory({
    service: 'office',
    database,
    identityAddress: '127.0.0.1:1',
    token: () => callers.serviceToken('office'),
  });
  /** What other services let everybody see. */
  const shown = new Set<string>();
  const records = {
    filterVisible: async ({ ids }) => ({ ids: ids.filter((id) => shown.has(id)) }),
  } as Partial<Handlers<RecordServiceService>> as Handlers<RecordServiceService>;
  const seam = { log: createLog('test', 'fatal'), identify: callers.identify };
  const neighbour = grpcServer({
    host: '127.0.0.1',
    port: 0,
    implementations: () => [implement(seam, RecordServiceService, records)],
  });
  await neighbour.start();
  const links = openLinks({ customer: `127.0.0.1:${neighbour.port()}` });
  const calendars = openCalendars({
    service: 'office',
    database,
    identityAddress: '127.0.0.1:1',
    token: () => callers.serviceToken('office'),
  });
  // Monday to Friday, from nine to six; the eighth of March of 2030 is a day off.
  const week = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '09:00', to: '18:00' }));
  const exceptions = [{ date: '2030-03-08', name: '妇女节', hours: [] }];
  const hours = JSON.stringify({ timeZone: 'Asia/Shanghai', week, exceptions });
  await database.sql
    .insertInto('calendar_copy')
    .values({ id: uuidv7(), version: 1, name: '标准', hours, active: true, default: true })
    .execute();
  const service = { database, directory, calendars, number: numbering(() => database.aside, NUMBER_PREFIXES), links };
  const server = grpcServer({
    host: '127.0.0.1',
    port: 0,
    implementations: () => [
      implement(seam, TaskServiceService, taskHandlers(service)),
      implement(seam, ScheduleServiceService, scheduleHandlers(service)),
      implement(seam, CalendarServiceService, calendarHandlers(service)),
      implement(seam, WorkLogServiceService, workLogHandlers(service)),
      implement(seam, ApprovalServiceService, approvalHandlers(service)),
      implement(seam, NotificationServiceService, notificationHandlers(database)),
    ],
  });
  await server.start();

  const clients = (token: string) => {
    const as = <S extends ServiceDefinition>(definition: S): Connected<S> => {
      const calls = connect(definition, `127.0.0.1:${server.port()}`) as Record<
        string,
        (request: unknown, options?: object) => unknown
      >;
      return Object.fromEntries(
        Object.entries(calls).map(([name, call]) => [
          name,
          (request: unknown, options: object = {}) => call(request, { token, timeoutMs: 60_000, ...options }),
        ]),
      ) as Connected<S>;
    };
    return {
      tasks: as(TaskServiceService),
      schedules: as(ScheduleServiceService),
      calendar: as(CalendarServiceService),
      logs: as(WorkLogServiceService),
      approvals: as(ApprovalServiceService),
      notifications: as(NotificationServiceService),
    };
  };

  /** Somebody who works here, with these rights; known to the directory as the projection would know them. */
  const person = async (rights: TestPerson) => {
    const departmentId = rights.departmentId ?? uuidv7();
    const { id, token } = await callers.token({ ...rights, departmentId });
    await database.sql.insertInto('directory_department').values({ id: departmentId, name: 'Office' }).execute();
    await database.sql
      .insertInto('directory_employee')
      .values({ id, name: 'Ann', department_id: departmentId, state: 'EMPLOYEE_STATE_ACTIVE', placements: '[]' })
      .execute();
    return { id, departmentId, ...clients(token) };
  };

  const events = async (recordId: string): Promise<string[]> =>
    (
      await database.sql
        .selectFrom('outbox')
        .select('subject')
        .where('record_id', '=', recordId)
        .orderBy('version')
        .execute()
    ).map(({ subject }) => subject as string);

  return {
    database,
    service,
    shown,
    person,
    events,
    stop: async () => {
      await server.stop();
      await neighbour.stop();
      await database.stop();
      await drop();
    },
  };
};

const ACTIONS = ['create', 'read', 'update', 'assign', 'delete'];

/** Every permission on tasks, or another noun, with one scope. */
export const tasksOf = (scope: TestPerson['permissions'][string], noun = 'task'): TestPerson['permissions'] =>
  Object.fromEntries(ACTIONS.map((action) => [`${noun}.${action}`, scope]));
