import { createJob, jobMessage } from '@pelagic/capabilities/job/job';
import { getRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { invalidField, Problem } from '@pelagic/chassis/problem';
import type { Queue } from '@pelagic/chassis/queue';
import type { Job } from '@pelagic/proto/crm/capability/v1/job';
import { writeEntry } from '../audit/audit.ts';
import { employee, type EmployeeRow } from '../employee/employee.ts';

/** Settings of the job: who hands over everything, to whom, and why. */
export type HandOver = { employeeId: string; successorId: string; reason: string };

/** Queues the hand-over in the transaction that, say, suspends the person: both happen or neither. */
export const startHandOver = async (tx: Tx, queue: Queue, caller: Caller, handOver: HandOver): Promise<Job> => {
  const { employeeId, successorId, reason } = handOver;
  if (employeeId === successorId)
    throw invalidField('successorId', 'SAME_EMPLOYEE', 'The records are to go to somebody else.');
  const successor = await getRecord<EmployeeRow>(tx.sql, employee, successorId, caller).catch((error: unknown) => {
    throw error instanceof Problem && error.code === 'NOT_FOUND'
      ? invalidField('successorId', 'UNKNOWN_EMPLOYEE', 'There is no such employee.')
      : error;
  });
  if (successor.state !== 'EMPLOYEE_STATE_ACTIVE' && successor.state !== 'EMPLOYEE_STATE_INVITED')
    throw invalidField(
      'successorId',
      'EMPLOYEE_NOT_ACTIVE',
      `${successor.name} is not active and cannot be given records.`,
      { name: successor.name },
    );
  await writeEntry(tx, {
    action: 'hand_over_records',
    noun: 'employee',
    recordId: employeeId,
    reason,
    detail: { successorId },
  });
  return jobMessage(
    'identity',
    await createJob(tx, queue, caller, { kind: 'JOB_KIND_HAND_OVER', noun: 'employee', settings: handOver }),
  );
};
