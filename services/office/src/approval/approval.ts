import type { Approval } from '@pelagic/proto/crm/office/v1/approval';
import type { Money } from '@pelagic/proto/crm/common/v1/common';
import { may, queryable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { invalidField, refused } from '@pelagic/chassis/problem';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { sql, type RawBuilder } from 'kysely';

export type ApprovalState = `APPROVAL_STATE_${'PENDING' | 'APPROVED' | 'REFUSED' | 'WITHDRAWN'}`;

export type ApprovalRow = RecordRow & {
  state: ApprovalState;
  subject_noun: string;
  subject_id: string;
  subject_number: string;
  /** Whose it is, as far as known. */
  subject_owner_id: string | null;
  title: string;
  amount: Money | null;
  requester_id: string;
  approver_id: string | null;
  decider_id: string | null;
  reason: string;
  decide_time: string | null;
};

/** Whose part an action is; whoever has a part reads it, and who manages approvals reads all. */
const PARTS: Record<string, string[]> = {
  read: ['requester_id', 'approver_id', 'decider_id'],
  decide: ['approver_id'],
  withdraw: ['requester_id'],
};

const reach = (caller: Caller, action: string, table: string): RawBuilder<boolean> => {
  if (caller.kind === 'service') return sql`true`;
  if (action === 'reassign' || action === 'read') {
    if (may(caller, 'approval.manage')) return sql`true`;
  }
  const parts = (Object.hasOwn(PARTS, action) ? PARTS[action]! : []).map(
    (column) => sql`${sql.ref(`${table}.${column}`)} = ${caller.id}::uuid`,
  );
  return parts.length ? sql`(${sql.join(parts, sql` or `)})` : sql`false`;
};

export const approval = defineNoun({
  noun: 'approval',
  search: { open: ['title', 'subject_number'], guarded: [] },
  reach,
});

/** Fields that say something of what is decided on, by the field of it that they are copied from. */
const COPIED = { subjectNumber: 'number', title: 'name', amount: 'amount' } as const;

/** As the caller may see it: who decides sees what they decide on, everybody else what their role lets them see of it. */
export const approvalMessage = (row: ApprovalRow, caller: Caller): Approval => {
  const message = approval.mapping.toMessage(row as unknown as Row) as unknown as Approval;
  if (caller.id === row.approver_id || caller.id === row.decider_id) return message;
  for (const [own, of] of Object.entries(COPIED))
    if (!queryable(caller, row.subject_noun, of)) Object.assign(message, { [own]: own === 'amount' ? undefined : '' });
  return message;
};

const OUTCOMES: Record<ApprovalState, string> = {
  APPROVAL_STATE_PENDING: 'pending',
  APPROVAL_STATE_APPROVED: 'approved',
  APPROVAL_STATE_REFUSED: 'refused',
  APPROVAL_STATE_WITHDRAWN: 'withdrawn',
};

/** What is over stays as it is; `decider` is the name of who was faster. */
export const refuseDecided = ({ state }: ApprovalRow, decider: string): void => {
  if (state !== 'APPROVAL_STATE_PENDING')
    throw refused('APPROVAL_DECIDED', `${decider || 'Somebody'} was faster: it is ${OUTCOMES[state]}.`, {
      params: { decider, outcome: OUTCOMES[state] },
    });
};

export type Decision = { approve: boolean; reason: string; by: string; time: string };

/** Approves or refuses it; a refusal says why. */
export const decide = (row: ApprovalRow, { approve, reason, by, time }: Decision): void => {
  const why = reason.trim();
  if (!approve && !why) throw invalidField('reason', 'REQUIRED', 'Say why it is refused.');
  row.state = approve ? 'APPROVAL_STATE_APPROVED' : 'APPROVAL_STATE_REFUSED';
  row.reason = why;
  row.decider_id = by;
  row.decide_time = time;
};

export const withdraw = (row: ApprovalRow, reason: string, time: string): void => {
  const why = reason.trim();
  if (!why) throw invalidField('reason', 'REQUIRED', 'Say why it is withdrawn.');
  row.state = 'APPROVAL_STATE_WITHDRAWN';
  row.reason = why;
  row.decide_time = time;
};

/** Nobody decides on what they asked for themselves, or on what is theirs. */
export const giveApproval = (row: ApprovalRow, approverId: string | null): void => {
  if (approverId && approverId === row.requester_id)
    throw invalidField('approverId', 'NOT_THE_REQUESTER', 'Nobody decides on what they asked for themselves.');
  if (approverId && approverId === row.subject_owner_id)
    throw invalidField('approverId', 'NOT_THE_OWNER', 'Nobody decides on what is theirs.');
  row.approver_id = approverId;
};
