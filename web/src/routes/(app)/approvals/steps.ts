import { m } from '#lib/paraglide/messages.js';
import AssignDialog from '#lib/record/AssignDialog.svelte';
import ReasonDialog from '#lib/record/ReasonDialog.svelte';
import { openModal } from '#lib/ui/modal.svelte.ts';
import { say, sayProblem } from '#lib/ui/toast.svelte.ts';
import { decideApproval, reassignApproval, titleOf, withdrawApproval, type Approval } from './approval.ts';

/** What may be done with an approval; each answers true when it was done, and says so. A refusal is shown in its dialog. */

const told = (done: true | undefined, text: string): boolean => {
  if (done) say(text);
  return Boolean(done);
};

export async function approve(approval: Approval): Promise<boolean> {
  try {
    await decideApproval(approval, true, '');
    return told(true, m.approval_said_approved());
  } catch (error) {
    sayProblem(error);
    return false;
  }
}

export async function refuse(approval: Approval): Promise<boolean> {
  const done = await openModal(ReasonDialog, {
    title: m.approval_refuse_title({ name: titleOf(approval) }),
    body: m.approval_refuse_body(),
    action: m.approval_refuse(),
    danger: true,
    send: (reason: string) => decideApproval(approval, false, reason),
  });
  return told(done, m.approval_said_refused());
}

export async function withdraw(approval: Approval): Promise<boolean> {
  const done = await openModal(ReasonDialog, {
    title: m.approval_withdraw_title({ name: titleOf(approval) }),
    body: m.approval_withdraw_body(),
    action: m.approval_withdraw(),
    send: (reason: string) => withdrawApproval(approval, reason),
  });
  return told(done, m.approval_said_withdrawn());
}

export async function reassign(approval: Approval): Promise<boolean> {
  const done = await openModal(AssignDialog, {
    title: m.approval_reassign_title({ name: titleOf(approval) }),
    assign: (approverId: string, reason: string) => reassignApproval(approval, approverId, reason),
  });
  return told(done, m.approval_said_reassigned());
}
