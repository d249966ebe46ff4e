import type { Approval } from '@pelagic/proto/crm/office/v1/approval';
import type { Money } from '@pelagic/proto/crm/common/v1/common';
import { may } from '@pelagic/chassis/access';
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

export const approvalMessage = (row: ApprovalRow): Approval =>
  approval.mapping.toMessage(row as unknown as Row) as unknown as Approval;

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

/** Nobody decides on what they asked for themselves. */
export const giveApproval = (row: ApprovalRow, approverId: string | null): void => {
  if (approverId && approverId === row.requester_id)
    throw invalidField('approverId', 'NOT_THE_REQUESTER', 'Nobody decides on what they asked for themselves.');
  row.approver_id = approverId;
};
