import { ScheduleServiceService, type Schedule } from '@pelagic/proto/crm/office/v1/schedule';
import { listRecords } from '@pelagic/capabilities/record/list';
import { getRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import { once } from '@pelagic/chassis/once';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { OfficeService } from '../office-service.ts';
import { schedule, scheduleMessage, type ScheduleRow } from './schedule.ts';
import { bringBackSchedule, createSchedule, deleteSchedule, giveSchedule, updateSchedule } from './write-schedule.ts';

/** Asked before a transaction, which waits for nobody. */
const checkLink = ({ links }: OfficeService, { recordNoun, recordId }: Schedule, caller: Caller): Promise<void> =>
  links.check(recordNoun, recordId, caller, 'schedule');

export const scheduleHandlers = (service: OfficeService): Handlers<ScheduleServiceService> => {
  const { database } = service;
  const answer = async (row: Promise<ScheduleRow>) => ({ schedule: scheduleMessage(await row) });
  return {
    createSchedule: async (request, caller) => {
      await checkLink(service, request.schedule!, caller);
      const transact = request.validateOnly ? database.rehearse : database.transact;
      return transact((tx) =>
        once(tx, caller, ScheduleServiceService.createSchedule, request, () =>
          answer(createSchedule(service, tx, request.schedule!, caller)),
        ),
      );
    },
    getSchedule: ({ id }, caller) => answer(getRecord<ScheduleRow>(database.sql, schedule, id, caller)),
    listSchedules: async (request, caller) => {
      const { rows, ...page } = await listRecords<ScheduleRow>(database.sql, schedule, request, caller);
      return { schedules: rows.map(scheduleMessage), ...page };
    },
    updateSchedule: async ({ id, schedule: message, updateMask }, caller) => {
      await checkLink(service, message!, caller);
      return answer(database.transact((tx) => updateSchedule(service, tx, id, message!, updateMask ?? [], caller)));
    },
    assignSchedule: ({ id, ownerId, version, reason }, caller) =>
      answer(database.transact((tx) => giveSchedule(service, tx, id, ownerId, caller, { version, reason }))),
    deleteSchedule: async ({ id, version }, caller) => {
      await database.transact((tx) => deleteSchedule(tx, id, caller, version));
      return {};
    },
    undeleteSchedule: ({ id, ownerId }, caller) =>
      answer(database.transact((tx) => bringBackSchedule(service, tx, id, ownerId, caller))),
  };
};
