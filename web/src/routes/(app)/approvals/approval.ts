import { api, body, type Schemas } from '#lib/api/client.ts';
import type { Choice } from '#lib/noun/field.ts';
import { m } from '#lib/paraglide/messages.js';
import { session } from '#lib/session.svelte.ts';

export type Approval = Schemas['Approval'];
export type Box = 'TO_DECIDE' | 'ASKED' | 'DECIDED' | 'ALL';

type State = Exclude<Approval['state'], 'APPROVAL_STATE_UNSPECIFIED'>;

const STATES: Record<State, () => Choice> = {
  APPROVAL_STATE_PENDING: () => ({ value: 'PENDING', label: m.approval_pending(), tone: 'wait' }),
  APPROVAL_STATE_APPROVED: () => ({ value: 'APPROVED', label: m.approval_approved(), tone: 'ok' }),
  APPROVAL_STATE_REFUSED: () => ({ value: 'REFUSED', label: m.approval_refused(), tone: 'bad' }),
  APPROVAL_STATE_WITHDRAWN: () => ({ value: 'WITHDRAWN', label: m.approval_withdrawn(), tone: 'neutral' }),
};

export const approvalState = (state: Approval['state']): Choice => STATES[state as State]();

/** The boxes of this person, in the order of the tabs. */
export const boxes = (): { box: Box; label: string }[] => [
  { box: 'TO_DECIDE', label: m.approvals_to_decide() },
  { box: 'ASKED', label: m.approvals_asked() },
  { box: 'DECIDED', label: m.approvals_decided() },
  ...(session.can('approval.manage') ? [{ box: 'ALL' as const, label: m.approvals_all() }] : []),
];

export const titleOf = ({ title, subjectNumber }: Approval): string => title || subjectNumber;

const isPending = ({ state }: Approval): boolean => state === 'APPROVAL_STATE_PENDING';
export const mayDecide = (approval: Approval): boolean =>
  isPending(approval) && approval.approverId === session.view.employeeId;
export const mayWithdraw = (approval: Approval): boolean =>
  isPending(approval) && approval.requesterId === session.view.employeeId;
export const mayReassign = (approval: Approval): boolean => isPending(approval) && session.can('approval.manage');

export async function listApprovals(box: Box, token: string) {
  const query = { box: `APPROVAL_BOX_${box}` as const, pageSize: 50, ...(token ? { pageToken: token } : {}) };
  const { approvals, nextPageToken } = await body(api.GET('/v1/approvals', { params: { query } }));
  return { rows: approvals, next: nextPageToken };
}

export const decideApproval = ({ id, version }: Approval, approve: boolean, reason: string) =>
  body(api.POST('/v1/approvals/{id}:decide', { params: { path: { id } }, body: { approve, reason, version } }));

export const withdrawApproval = ({ id, version }: Approval, reason: string) =>
  body(api.POST('/v1/approvals/{id}:withdraw', { params: { path: { id } }, body: { reason, version } }));

export const reassignApproval = ({ id, version }: Approval, approverId: string, reason: string) =>
  body(api.POST('/v1/approvals/{id}:reassign', { params: { path: { id } }, body: { approverId, reason, version } }));
