import type { WorkLogServiceService } from '@pelagic/proto/crm/office/v1/work_log';
import { listRecords } from '@pelagic/capabilities/record/list';
import { getRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import { today } from '@pelagic/chassis/enterprise';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import type { OfficeService } from '../office-service.ts';
import { listMissing } from './missing-logs.ts';
import { workLog, workLogMessage, type WorkLogRow } from './work-log.ts';
import { commentOnLog, itemsOf, saveLog } from './write-log.ts';

/** As it was saved, or as it would begin: of what is not submitted, with the follow-ups as they are now. */
const ownLog = async ({ database, directory }: OfficeService, date: string, caller: Caller): Promise<WorkLogRow> => {
  const { rows } = await sql<WorkLogRow>`
    select * from work_log where owner_id = ${caller.id}::uuid and date = ${date}::date`.execute(database.sql);
  if (rows[0]?.state === 'WORK_LOG_STATE_SUBMITTED') return rows[0];
  const items = await itemsOf(database.sql, caller.id, date);
  const employee = await directory.employee(caller.id);
  const none = { id: '', version: 0, done: '', plan: '', help: '', late: false, comments: [], submit_time: null };
  const whose = { date, owner_id: caller.id, department_id: employee?.departmentId ?? '' };
  return { ...none, ...whose, state: 'WORK_LOG_STATE_DRAFT', ...rows[0], items } as WorkLogRow;
};

export const workLogHandlers = (service: OfficeService): Handlers<WorkLogServiceService> => {
  const { database } = service;
  const answer = async (row: Promise<WorkLogRow>) => ({ workLog: workLogMessage(await row) });
  return {
    getOwnWorkLog: ({ date }, caller) => answer(ownLog(service, date || today(), caller)),
    saveWorkLog: (request, caller) => answer(database.transact((tx) => saveLog(service, tx, request, caller))),
    getWorkLog: ({ id }, caller) => answer(getRecord<WorkLogRow>(database.sql, workLog, id, caller)),
    listWorkLogs: async ({ filter, pageSize, pageToken, count }, caller) => {
      const asked = { pageSize, pageToken, count, filter, orderBy: '', query: '', deleted: false };
      const { rows, ...page } = await listRecords<WorkLogRow>(database.sql, workLog, asked, caller);
      return { workLogs: rows.map(workLogMessage), ...page };
    },
    commentWorkLog: ({ id, text }, caller) => answer(database.transact((tx) => commentOnLog(tx, id, text, caller))),
    listMissingWorkLogs: (request, caller) => listMissing(service, request, caller),
  };
};
