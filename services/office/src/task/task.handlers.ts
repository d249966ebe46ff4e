import { TaskServiceService, type Task } from '@pelagic/proto/crm/office/v1/task';
import { listRecords } from '@pelagic/capabilities/record/list';
import { getRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import { once } from '@pelagic/chassis/once';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { OfficeService } from '../office-service.ts';
import { task, taskMessage, type TaskRow, type TaskState } from './task.ts';
import { bringBackTask, createTask, deleteTask, giveTask, setTaskState, updateTask } from './write-task.ts';

/** Asked before a transaction, which waits for nobody. */
const checkLink = ({ links }: OfficeService, { recordNoun, recordId }: Task, caller: Caller): Promise<void> =>
  links.check(recordNoun, recordId, caller, 'task');

export const taskHandlers = (service: OfficeService): Handlers<TaskServiceService> => {
  const { database } = service;
  const answer = async (row: Promise<TaskRow>) => ({ task: taskMessage(await row) });
  return {
    createTask: async (request, caller) => {
      await checkLink(service, request.task!, caller);
      const transact = request.validateOnly ? database.rehearse : database.transact;
      return transact((tx) =>
        once(tx, caller, TaskServiceService.createTask, request, () =>
          answer(createTask(service, tx, request.task!, caller)),
        ),
      );
    },
    getTask: ({ id }, caller) => answer(getRecord<TaskRow>(database.sql, task, id, caller)),
    listTasks: async (request, caller) => {
      const { rows, ...page } = await listRecords<TaskRow>(database.sql, task, request, caller);
      return { tasks: rows.map(taskMessage), ...page };
    },
    updateTask: async ({ id, task: message, updateMask }, caller) => {
      await checkLink(service, message!, caller);
      return answer(database.transact((tx) => updateTask(service, tx, id, message!, updateMask ?? [], caller)));
    },
    assignTask: ({ id, ownerId, version, reason }, caller) =>
      answer(database.transact((tx) => giveTask(service, tx, id, ownerId, caller, { version, reason }))),
    setTaskState: ({ id, state, version }, caller) =>
      answer(database.transact((tx) => setTaskState(tx, id, state as TaskState, caller, version))),
    deleteTask: async ({ id, version }, caller) => {
      await database.transact((tx) => deleteTask(tx, id, caller, version));
      return {};
    },
    undeleteTask: ({ id, ownerId }, caller) =>
      answer(database.transact((tx) => bringBackTask(service, tx, id, ownerId, caller))),
  };
};
