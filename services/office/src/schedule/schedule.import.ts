import type { Schedule } from '@pelagic/proto/crm/office/v1/schedule';
import type { BulkTarget } from '@pelagic/capabilities/job/bulk-target';
import type { ImportTarget } from '@pelagic/capabilities/job/import-target';
import type { Tx } from '@pelagic/chassis/database';
import { invalidField } from '@pelagic/chassis/problem';
import { sql } from 'kysely';
import type { OfficeService } from '../office-service.ts';
import { schedule } from './schedule.ts';
import { bringBackSchedule, createSchedule, deleteSchedule, giveSchedule, updateSchedule } from './write-schedule.ts';

const asSchedule = (message: object): Schedule => message as unknown as Schedule;

const find = async (tx: Tx, keys: { kind: string; value: string }[]): Promise<string[]> => {
  const external = keys.filter(({ kind }) => kind === 'external').map(({ value }) => value);
  if (!external.length) return [];
  const { rows } = await sql<{ id: string }>`
    select id from schedule where delete_time is null and external_id <> '' and external_id = any(${external}::text[]) limit 10`.execute(
    tx.sql,
  );
  return rows.map(({ id }) => id);
};

/** Schedules as files bring them, known by the id they were imported with: two may well be called the same. */
export const scheduleImport = (service: OfficeService): ImportTarget => ({
  noun: 'schedule',
  fields: [
    {
      field: 'name',
      labels: { zh: ['标题', '日程', '主题', '名称'], en: ['Title', 'Schedule', 'Subject', 'Name'] },
      required: true,
    },
    { field: 'startTime', required: true },
    { field: 'endTime', required: true },
    { field: 'allDay' },
    { field: 'place' },
    { field: 'note' },
    { field: 'reminderMinutes' },
    { field: 'ownerId' },
    { field: 'externalId', matchKey: true },
    { field: 'createTime', history: true },
  ],
  keys: () => [],
  keyFields: {},
  find,
  findsMany: true,
  create: async (tx, message, caller) => (await createSchedule(service, tx, asSchedule(message), caller)).id,
  update: async (tx, id, message, mask, caller) => {
    const fields = mask.filter((path) => path !== 'ownerId' && path !== 'createTime');
    if (fields.length) await updateSchedule(service, tx, id, asSchedule({ ...message, version: 0 }), fields, caller);
    if (mask.includes('ownerId')) await giveSchedule(service, tx, id, asSchedule(message).ownerId, caller);
  },
});

/** Schedules as bulk edits and transfers change them, each by itself. */
export const scheduleBulk = (service: OfficeService): BulkTarget => ({
  noun: schedule,
  update: async (tx, { id, version, caller }, message, mask) => {
    const written = asSchedule({ ...message, version });
    await service.links.check(written.recordNoun, written.recordId, caller, 'schedule');
    return updateSchedule(service, tx, id, written, mask, caller);
  },
  assign: (tx, { id, version, caller, deleted = false }, ownerId, reason) => {
    if (!ownerId) throw invalidField('ownerId', 'REQUIRED', 'A schedule always has an owner.');
    return giveSchedule(service, tx, id, ownerId, caller, { version, reason, deleted });
  },
  delete: (tx, { id, version, caller }) => deleteSchedule(tx, id, caller, version),
  undelete: (tx, { id, caller }, ownerId) => bringBackSchedule(service, tx, id, ownerId, caller),
});
