import type { Task } from '@pelagic/proto/crm/office/v1/task';
import { newFields, writablePaths, writeFields } from '@pelagic/capabilities/record/fields';
import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { ownerOf } from '@pelagic/capabilities/record/owner';
import { changeRecord, deleteRecord, insertRecord } from '@pelagic/capabilities/record/records';
import { restoreOwned } from '@pelagic/capabilities/record/restore';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import type { DirectoryEmployee } from '@pelagic/chassis/directory';
import { invalidField } from '@pelagic/chassis/problem';
import { notify } from '../notification/notify.ts';
import type { OfficeService } from '../office-service.ts';
import { checkParticipants, newOwner } from '../people/people.ts';
import { reminding } from '../reminder/reminder.ts';
import { settleChecklist } from './checklist.ts';
import {
  isFinished,
  moveTask,
  refuseFinished,
  remindersOf,
  task,
  tidyTask,
  type TaskRow,
  type TaskState,
} from './task.ts';

const asMessage = (message: Task): Message => message as unknown as Message;

const give = (row: TaskRow, owner: DirectoryEmployee): void => {
  row.owner_id = owner.id;
  row.department_id = owner.departmentId;
};

const keeping = (tx: Tx, writing: Promise<TaskRow>): Promise<TaskRow> => reminding(tx, remindersOf, writing);

/** Who has a task from somebody else is told; of history that is brought in nobody is. */
const tellOwner = async (tx: Tx, row: TaskRow, caller: Caller): Promise<void> => {
  if (caller.imported || isFinished(row.state)) return;
  await notify(tx, {
    employeeId: row.owner_id,
    kind: 'NOTIFICATION_KIND_TASK_ASSIGNED',
    cause: `${row.id}/${row.version}`,
    recordNoun: 'task',
    recordId: row.id,
    actorId: caller.kind === 'service' ? undefined : caller.id,
  });
};

/** Makes a task: for the importer and the handler alike. */
export const createTask = async (service: OfficeService, tx: Tx, message: Task, caller: Caller): Promise<TaskRow> => {
  const row = (await newFields(tx, task, asMessage(message), caller)) as unknown as TaskRow;
  const owner = await newOwner(service.directory, tx, 'task', message.ownerId, caller);
  if (message.departmentId && message.departmentId !== owner.departmentId)
    throw invalidField('task.departmentId', 'DEPARTMENT_OF_OWNER', 'A task belongs to the department of its owner.');
  give(row, owner);
  Object.assign(row, { state: 'TASK_STATE_OPEN', finish_time: null, finisher_id: null });
  row.participant_ids = message.participantIds;
  row.checklist = settleChecklist(message.checklist);
  tidyTask(row);
  await checkParticipants(service.directory, tx, 'task', { ids: row.participant_ids, before: [] }, caller);
  const number = await service.number('task');
  const made = await keeping(tx, insertRecord<TaskRow>(tx, task, { ...(row as unknown as Row), number }, caller));
  await tellOwner(tx, made, caller);
  return made;
};

/** Written here and not by the columns' own mapping. */
const SETTLED = new Set(['checklist', 'participantIds', 'participant_ids']);

/** Writes fields of a task under its rules: for bulk edits and the handler alike. */
export const updateTask = (
  service: OfficeService,
  tx: Tx,
  id: string,
  message: Task,
  mask: string[],
  caller: Caller,
): Promise<TaskRow> =>
  keeping(
    tx,
    changeRecord<TaskRow>(
      tx,
      task,
      id,
      caller,
      { action: 'update', verb: 'updated', version: message.version },
      async (row) => {
        refuseFinished(row);
        const paths = new Set(writablePaths(task, caller, asMessage(message), mask));
        const plain = mask.filter((path) => !SETTLED.has(path));
        const before = row.participant_ids;
        // An empty mask would mean everything.
        if (plain.length || !mask.length)
          await writeFields(tx, task, row as unknown as Row, asMessage(message), caller, plain);
        if (paths.has('checklist')) row.checklist = settleChecklist(message.checklist);
        if (paths.has('participantIds')) row.participant_ids = message.participantIds;
        tidyTask(row);
        await checkParticipants(service.directory, tx, 'task', { ids: row.participant_ids, before }, caller);
      },
    ),
  );

export const setTaskState = (tx: Tx, id: string, state: TaskState, caller: Caller, version: number): Promise<TaskRow> =>
  keeping(
    tx,
    changeRecord<TaskRow>(tx, task, id, caller, { action: 'update', verb: 'state_changed', version }, (row) =>
      moveTask(row, state, { id: caller.id, service: caller.kind === 'service' }, now().toISOString()),
    ),
  );

export const deleteTask = (tx: Tx, id: string, caller: Caller, version = 0): Promise<TaskRow> =>
  keeping(tx, deleteRecord<TaskRow>(tx, task, id, caller, version));

export const giveTask = async (
  { directory }: OfficeService,
  tx: Tx,
  id: string,
  ownerId: string,
  caller: Caller,
  { version = 0, reason = '', deleted = false } = {},
): Promise<TaskRow> => {
  const owner = await ownerOf(directory, tx, ownerId, 'ownerId', caller);
  let before = '';
  const given = await keeping(
    tx,
    changeRecord<TaskRow>(
      tx,
      task,
      id,
      caller,
      { action: 'assign', verb: 'assigned', version, reason, deleted },
      (row) => {
        before = row.owner_id;
        give(row, owner);
      },
    ),
  );
  if (before !== owner.id && !deleted) await tellOwner(tx, given, caller);
  return given;
};

/** Out of the recycle bin. What is finished stays with whose it was, also when they have left. */
export const bringBackTask = (
  { directory }: OfficeService,
  tx: Tx,
  id: string,
  ownerId: string | undefined,
  caller: Caller,
): Promise<TaskRow> =>
  keeping(
    tx,
    restoreOwned<TaskRow>(tx, task, id, caller, { directory, ownerId, give, open: ({ state }) => !isFinished(state) }),
  );
