import { m } from '#lib/paraglide/messages.js';
import AssignDialog from '#lib/record/AssignDialog.svelte';
import ReasonDialog from '#lib/record/ReasonDialog.svelte';
import { openModal } from '#lib/ui/modal.svelte.ts';
import { say, sayProblem } from '#lib/ui/toast.svelte.ts';
import { decideApproval, reassignApproval, titleOf, withdrawApproval, type Approval } from './approval.ts';

/** What may be done with an approval; each answers true when it was done, and says so, or why it was not. */

async function attempt(work: () => Promise<unknown>, done: string): Promise<boolean> {
  try {
    await work();
    say(done);
    return true;
  } catch (error) {
    sayProblem(error);
    return false;
  }
}

export const approve = (approval: Approval): Promise<boolean> =>
  attempt(() => decideApproval(approval, true, ''), m.approval_said_approved());

export async function refuse(approval: Approval): Promise<boolean> {
  const reason = await openModal(ReasonDialog, {
    title: m.approval_refuse_title({ name: titleOf(approval) }),
    body: m.approval_refuse_body(),
    action: m.approval_refuse(),
    danger: true,
  });
  return reason ? attempt(() => decideApproval(approval, false, reason), m.approval_said_refused()) : false;
}

export async function withdraw(approval: Approval): Promise<boolean> {
  const reason = await openModal(ReasonDialog, {
    title: m.approval_withdraw_title({ name: titleOf(approval) }),
    body: m.approval_withdraw_body(),
    action: m.approval_withdraw(),
  });
  return reason ? attempt(() => withdrawApproval(approval, reason), m.approval_said_withdrawn()) : false;
}

/** To somebody else; a refusal is shown in the dialog. */
export async function reassign(approval: Approval): Promise<boolean> {
  const done = await openModal(AssignDialog, {
    title: m.approval_reassign_title({ name: titleOf(approval) }),
    assign: (approverId: string, reason: string) => reassignApproval(approval, approverId, reason),
  });
  if (done) say(m.approval_said_reassigned());
  return Boolean(done);
}
