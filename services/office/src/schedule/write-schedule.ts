import type { Schedule } from '@pelagic/proto/crm/office/v1/schedule';
import { newFields, writablePaths, writeFields } from '@pelagic/capabilities/record/fields';
import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { ownerOf } from '@pelagic/capabilities/record/owner';
import { changeRecord, deleteRecord, insertRecord } from '@pelagic/capabilities/record/records';
import { restoreOwned } from '@pelagic/capabilities/record/restore';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import type { DirectoryEmployee } from '@pelagic/chassis/directory';
import { invalidField } from '@pelagic/chassis/problem';
import type { OfficeService } from '../office-service.ts';
import { checkParticipants, newOwner } from '../people/people.ts';
import { reminding } from '../reminder/reminder.ts';
import { keepTimes, remindersOf, schedule, tidySchedule, type ScheduleRow } from './schedule.ts';

const asMessage = (message: Schedule): Message => message as unknown as Message;

const give = (row: ScheduleRow, owner: DirectoryEmployee): void => {
  row.owner_id = owner.id;
  row.department_id = owner.departmentId;
};

const keeping = (tx: Tx, writing: Promise<ScheduleRow>): Promise<ScheduleRow> => reminding(tx, remindersOf, writing);

/** Makes a schedule: for the importer and the handler alike. */
export const createSchedule = async (
  { directory }: OfficeService,
  tx: Tx,
  message: Schedule,
  caller: Caller,
): Promise<ScheduleRow> => {
  const row = (await newFields(tx, schedule, asMessage(message), caller)) as unknown as ScheduleRow;
  const owner = await newOwner(directory, tx, 'schedule', message.ownerId, caller);
  if (message.departmentId && message.departmentId !== owner.departmentId)
    throw invalidField(
      'schedule.departmentId',
      'DEPARTMENT_OF_OWNER',
      'A schedule belongs to the department of its owner.',
    );
  give(row, owner);
  row.participant_ids = message.participantIds;
  tidySchedule(row);
  await checkParticipants(directory, tx, 'schedule', { ids: row.participant_ids, before: [] }, caller);
  return keeping(tx, insertRecord<ScheduleRow>(tx, schedule, row as unknown as Row, caller));
};

/** Written here and not by the columns' own mapping. */
const SETTLED = new Set(['participantIds', 'participant_ids']);

/** Writes fields of a schedule under its rules: for bulk edits and the handler alike. */
export const updateSchedule = (
  { directory }: OfficeService,
  tx: Tx,
  id: string,
  message: Schedule,
  mask: string[],
  caller: Caller,
): Promise<ScheduleRow> =>
  keeping(
    tx,
    changeRecord<ScheduleRow>(
      tx,
      schedule,
      id,
      caller,
      { action: 'update', verb: 'updated', version: message.version },
      async (row) => {
        const paths = new Set(writablePaths(schedule, caller, asMessage(message), mask));
        const plain = mask.filter((path) => !SETTLED.has(path));
        const before = structuredClone(row);
        // An empty mask would mean everything.
        if (plain.length || !mask.length)
          await writeFields(tx, schedule, row as unknown as Row, asMessage(message), caller, plain);
        if (paths.has('participantIds')) row.participant_ids = message.participantIds;
        tidySchedule(row);
        keepTimes(row, before);
        await checkParticipants(
          directory,
          tx,
          'schedule',
          { ids: row.participant_ids, before: before.participant_ids },
          caller,
        );
      },
    ),
  );

export const giveSchedule = async (
  { directory }: OfficeService,
  tx: Tx,
  id: string,
  ownerId: string,
  caller: Caller,
  { version = 0, reason = '', deleted = false } = {},
): Promise<ScheduleRow> => {
  const owner = await ownerOf(directory, tx, ownerId, 'ownerId', caller);
  const change = { action: 'assign', verb: 'assigned', version, reason, deleted };
  return keeping(
    tx,
    changeRecord<ScheduleRow>(tx, schedule, id, caller, change, (row) => give(row, owner)),
  );
};

export const deleteSchedule = (tx: Tx, id: string, caller: Caller, version = 0): Promise<ScheduleRow> =>
  keeping(tx, deleteRecord<ScheduleRow>(tx, schedule, id, caller, version));

/** Out of the recycle bin. What is over stays with whose it was, also when they have left. */
export const bringBackSchedule = (
  { directory }: OfficeService,
  tx: Tx,
  id: string,
  ownerId: string | undefined,
  caller: Caller,
): Promise<ScheduleRow> =>
  keeping(
    tx,
    restoreOwned<ScheduleRow>(tx, schedule, id, caller, {
      directory,
      ownerId,
      give,
      open: ({ end_time }) => new Date(end_time) > new Date(),
    }),
  );
