import type { Task } from '@pelagic/proto/crm/office/v1/task';
import type { BulkTarget } from '@pelagic/capabilities/job/bulk-target';
import type { ImportTarget } from '@pelagic/capabilities/job/import-target';
import type { Tx } from '@pelagic/chassis/database';
import { invalidField } from '@pelagic/chassis/problem';
import { sql } from 'kysely';
import type { OfficeService } from '../office-service.ts';
import { task } from './task.ts';
import { PRIORITIES } from './task.wordings.ts';
import { bringBackTask, createTask, deleteTask, giveTask, updateTask } from './write-task.ts';

const asTask = (message: object): Task => message as unknown as Task;

const find = async (tx: Tx, keys: { kind: string; value: string }[]): Promise<string[]> => {
  const external = keys.filter(({ kind }) => kind === 'external').map(({ value }) => value);
  if (!external.length) return [];
  const { rows } = await sql<{ id: string }>`
    select id from task where delete_time is null and external_id <> '' and external_id = any(${external}::text[]) limit 10`.execute(
    tx.sql,
  );
  return rows.map(({ id }) => id);
};

/** Tasks as files bring them, known by the id they were imported with: two may well be called the same. */
export const taskImport = (service: OfficeService): ImportTarget => ({
  noun: 'task',
  fields: [
    {
      field: 'name',
      labels: { zh: ['标题', '任务', '任务名称', '名称'], en: ['Title', 'Task', 'Name', 'Subject'] },
      required: true,
    },
    { field: 'note' },
    { field: 'priority', words: PRIORITIES },
    { field: 'dueDate' },
    { field: 'dueClock' },
    { field: 'ownerId' },
    { field: 'externalId', matchKey: true },
    { field: 'createTime', history: true },
  ],
  keys: () => [],
  keyFields: {},
  find,
  findsMany: true,
  create: async (tx, message, caller) => (await createTask(service, tx, asTask(message), caller)).id,
  update: async (tx, id, message, mask, caller) => {
    const fields = mask.filter((path) => path !== 'ownerId' && path !== 'createTime');
    if (fields.length) await updateTask(service, tx, id, asTask({ ...message, version: 0 }), fields, caller);
    if (mask.includes('ownerId')) await giveTask(service, tx, id, asTask(message).ownerId, caller);
  },
});

/** Tasks as bulk edits and transfers change them, each by itself. */
export const taskBulk = (service: OfficeService): BulkTarget => ({
  noun: task,
  update: async (tx, { id, version, caller }, message, mask) => {
    const written = asTask({ ...message, version });
    await service.links.check(written.recordNoun, written.recordId, caller, 'task');
    return updateTask(service, tx, id, written, mask, caller);
  },
  assign: (tx, { id, version, caller, deleted = false }, ownerId, reason) => {
    if (!ownerId) throw invalidField('ownerId', 'REQUIRED', 'A task always has an owner.');
    return giveTask(service, tx, id, ownerId, caller, { version, reason, deleted });
  },
  delete: (tx, { id, version, caller }) => deleteTask(tx, id, caller, version),
  undelete: (tx, { id, caller }, ownerId) => bringBackTask(service, tx, id, ownerId, caller),
});
