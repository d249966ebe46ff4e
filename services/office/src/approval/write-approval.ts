import { applyChange, insertRecord, lockRecord, type Change } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import type { Directory } from '@pelagic/chassis/directory';
import { stale } from '@pelagic/chassis/problem';
import { sql } from 'kysely';
import { approverFor } from '../reporting/approver.ts';
import { isNews, notify, settle } from '../notification/notify.ts';
import type { OfficeService } from '../office-service.ts';
import { approval, giveApproval, refuseDecided, type ApprovalRow } from './approval.ts';

/** Who is to decide is asked; once it is decided, who asked is told. What was withdrawn is no news to either. */
const tellParts = async (tx: Tx, row: ApprovalRow, actorId: string | undefined): Promise<void> => {
  const { id, version, state, approver_id, requester_id, subject_noun, subject_id } = row;
  const news = { cause: `${id}/${version}`, recordNoun: subject_noun, recordId: subject_id };
  if (state === 'APPROVAL_STATE_PENDING' && approver_id)
    await notify(tx, {
      ...news,
      employeeId: approver_id,
      kind: 'NOTIFICATION_KIND_APPROVAL_ASKED',
      actorId: actorId ?? requester_id,
    });
  if (state === 'APPROVAL_STATE_APPROVED' || state === 'APPROVAL_STATE_REFUSED')
    await notify(tx, { ...news, employeeId: requester_id, kind: 'NOTIFICATION_KIND_APPROVAL_DECIDED', actorId });
};

/** What is asked for, under an id that who asks gives: heard of twice, it is one. `time` is when they asked. */
export type Request = Pick<
  ApprovalRow,
  'id' | 'subject_noun' | 'subject_id' | 'subject_number' | 'subject_owner_id' | 'title' | 'amount' | 'requester_id'
>;

/** Who may not decide on it, beside who asks. */
const owners = ({ subject_owner_id }: Pick<ApprovalRow, 'subject_owner_id'>): string[] =>
  subject_owner_id ? [subject_owner_id] : [];

export const openApproval = async (
  { directory }: OfficeService,
  tx: Tx,
  request: Request,
  caller: Caller,
  time: string,
): Promise<void> => {
  const made = await sql`select from approval where id = ${request.id}`.execute(tx.sql);
  if (made.rows.length) return;
  const row = {
    ...request,
    create_time: time,
    update_time: time,
    state: 'APPROVAL_STATE_PENDING',
    approver_id: await approverFor(tx.sql, directory, request.requester_id, owners(request)),
    decider_id: null,
    reason: '',
    decide_time: null,
  };
  const opened = await insertRecord<ApprovalRow>(tx, approval, row, caller, 'requested');
  if (isNews(time, Date.now())) await tellParts(tx, opened, undefined);
};

const nameOf = async (directory: Directory, id: string | null): Promise<string> =>
  (id && (await directory.employee(id))?.name) || '';

/** Changes one that nobody decided yet. Who comes too late hears who was faster, and not merely that it changed. */
export const changePending = async (
  { directory }: Pick<OfficeService, 'directory'>,
  tx: Tx,
  id: string,
  caller: Caller,
  { action, verb, version = 0, reason = '' }: Change,
  rule: (row: ApprovalRow) => void,
): Promise<ApprovalRow> => {
  const row = await lockRecord<ApprovalRow>(tx, approval, id, caller, { action });
  if (row.state !== 'APPROVAL_STATE_PENDING')
    refuseDecided(row, await nameOf(directory, row.decider_id ?? row.requester_id));
  if (version && version !== row.version) throw stale('approval', row.version);
  const changed = await applyChange(tx, approval, row, { verb, reason }, rule);
  if (changed.version === row.version) return changed;
  if (row.approver_id) await settle(tx, row.approver_id, 'NOTIFICATION_KIND_APPROVAL_ASKED', row.id);
  // By the clock of the change: history that is brought in is no news.
  if (isNews(changed.update_time, Date.now()))
    await tellParts(tx, changed, caller.kind === 'service' ? undefined : caller.id);
  return changed;
};

type Pending = Pick<ApprovalRow, 'id' | 'requester_id' | 'subject_owner_id' | 'approver_id'>;

/** It goes to whom it would go to without who was to decide. */
const giveToNext = async (service: OfficeService, tx: Tx, pending: Pending, caller: Caller): Promise<void> => {
  const { id, requester_id, approver_id } = pending;
  const passed = [...owners(pending), ...(approver_id ? [approver_id] : [])];
  const approverId = await approverFor(tx.sql, service.directory, requester_id, passed);
  const change = { action: 'reassign', verb: 'reassigned', reason: 'Who was to decide cannot any more.' };
  await changePending(service, tx, id, caller, change, (row) => giveApproval(row, approverId));
};

/** What waits for somebody who cannot decide any more. */
export const passOn = async (service: OfficeService, tx: Tx, employeeId: string, caller: Caller): Promise<void> => {
  const { rows } = await sql<Pending>`
    select id, requester_id, subject_owner_id, approver_id from approval
    where approver_id = ${employeeId} and state = 'APPROVAL_STATE_PENDING' order by id`.execute(tx.sql);
  for (const pending of rows) await giveToNext(service, tx, pending, caller);
};

/** What is decided on is somebody else's now; if it is theirs who was to decide, the next one does. */
export const changeOwner = async (
  service: OfficeService,
  tx: Tx,
  subjectId: string,
  ownerId: string,
  caller: Caller,
): Promise<void> => {
  const { rows } = await sql<Pending>`
    select id, requester_id, subject_owner_id, approver_id from approval
    where subject_id = ${subjectId}::uuid and state = 'APPROVAL_STATE_PENDING' and subject_owner_id is distinct from ${ownerId}::uuid
    for update`.execute(tx.sql);
  for (const pending of rows) {
    const now = { ...pending, subject_owner_id: ownerId };
    if (pending.approver_id === ownerId) await giveToNext(service, tx, now, caller);
    await sql`update approval set subject_owner_id = ${ownerId}::uuid where id = ${pending.id}`.execute(tx.sql);
  }
};
