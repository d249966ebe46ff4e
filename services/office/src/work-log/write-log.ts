import type { SaveWorkLogRequest, WorkLogItem } from '@pelagic/proto/crm/office/v1/work_log';
import { applyChange, insertRecord, lockRecord } from '@pelagic/capabilities/record/records';
import { isoTime } from '@pelagic/capabilities/record/mapping';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { enterpriseTimeZone } from '@pelagic/chassis/enterprise';
import { refused, stale } from '@pelagic/chassis/problem';
import { sql, type Kysely } from 'kysely';
import { notify } from '../notification/notify.ts';
import type { OfficeService } from '../office-service.ts';
import { checkDate, comment, isLate, refuseSubmitted, submit, workLog, write, type WorkLogRow } from './work-log.ts';

const ITEMS_MAX = 200;

/** What somebody logged of a day, in the order in which it happened. */
export const itemsOf = async (db: Kysely<any>, ownerId: string, date: string): Promise<WorkLogItem[]> => {
  const zone = enterpriseTimeZone();
  type Item = { id: string; kind: string; subject_noun: string; subject_id: string; happen_time: string };
  const { rows } = await sql<Item>`
    select id, kind, subject_noun, subject_id, happen_time from follow_up
    where owner_id = ${ownerId}::uuid and not deleted
      and happen_time >= ${date}::timestamp at time zone ${zone} and happen_time < (${date}::date + 1)::timestamp at time zone ${zone}
    order by happen_time, id limit ${ITEMS_MAX}`.execute(db);
  return rows.map(({ id, kind, subject_noun, subject_id, happen_time }) => ({
    activityId: id,
    kind,
    recordNoun: subject_noun,
    recordId: subject_id,
    happenTime: isoTime(happen_time),
  }));
};

/** The log of a day; two that begin it at once take turns. */
const ofDay = async (tx: Tx, ownerId: string, date: string): Promise<WorkLogRow | undefined> => {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`work_log/${ownerId}/${date}`}, 0))`.execute(tx.sql);
  const { rows } = await sql<WorkLogRow>`
    select * from work_log where owner_id = ${ownerId}::uuid and date = ${date}::date for update`.execute(tx.sql);
  return rows[0];
};

const begin = async ({ directory }: OfficeService, date: string, caller: Caller): Promise<WorkLogRow> => {
  const employee = await directory.employee(caller.id);
  if (!employee) throw refused('NOT_A_PERSON', 'Only who works here writes a log.');
  const empty = { done: '', plan: '', help: '', items: [], submit_time: null, late: false, comments: [] };
  const whose = { owner_id: employee.id, department_id: employee.departmentId };
  return { date, state: 'WORK_LOG_STATE_DRAFT', ...whose, ...empty } as unknown as WorkLogRow;
};

/** Keeps the caller's log of a day, with the follow-ups of it, and submits it when they say so. */
export const saveLog = async (
  service: OfficeService,
  tx: Tx,
  request: SaveWorkLogRequest,
  caller: Caller,
): Promise<WorkLogRow> => {
  const { date, version } = request;
  checkDate(date);
  const before = await ofDay(tx, caller.id, date);
  if (before) refuseSubmitted(before);
  if (version && version !== (before?.version ?? 0)) throw stale('work_log', before?.version ?? 0);
  const items = await itemsOf(tx.sql, caller.id, date);
  const time = request.submit ? await service.calendars.of(tx.sql) : undefined;
  const settle = (row: WorkLogRow): void => {
    write(row, request, items);
    if (time) submit(row, now(), isLate(time, date, now()));
  };
  const verb = time ? 'submitted' : 'updated';
  if (before) return applyChange(tx, workLog, before, { verb }, settle);
  const row = await begin(service, date, caller);
  // Begun and submitted are two events: each says what happened.
  write(row, request, items);
  const made = await insertRecord<WorkLogRow>(tx, workLog, row as never, caller);
  return time ? applyChange(tx, workLog, made, { verb }, settle) : made;
};

/** Adds a comment, and tells its writer and whoever commented before. */
export const commentOnLog = async (tx: Tx, id: string, text: string, caller: Caller): Promise<WorkLogRow> => {
  const locked = await lockRecord<WorkLogRow>(tx, workLog, id, caller, { action: 'read' });
  const time = now().toISOString();
  const row = await applyChange(tx, workLog, locked, { verb: 'commented' }, (draft) =>
    comment(draft, { text, by: caller.id, time }),
  );
  const concerned = new Set([row.owner_id, ...locked.comments.map(({ employeeId }) => employeeId)]);
  for (const employeeId of concerned)
    await notify(tx, {
      employeeId,
      kind: 'NOTIFICATION_KIND_LOG_COMMENTED',
      cause: `${id}/${row.version}`,
      recordNoun: 'work_log',
      recordId: id,
      actorId: caller.id,
    });
  return row;
};
