import ArrowRightLeft from '@lucide/svelte/icons/arrow-right-left';
import BadgeCheck from '@lucide/svelte/icons/badge-check';
import Ban from '@lucide/svelte/icons/ban';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import PhoneOutgoing from '@lucide/svelte/icons/phone-outgoing';
import Recycle from '@lucide/svelte/icons/recycle';
import Share2 from '@lucide/svelte/icons/share-2';
import Trash from '@lucide/svelte/icons/trash';
import Undo2 from '@lucide/svelte/icons/undo-2';
import UserRoundPlus from '@lucide/svelte/icons/user-round-plus';
import { api, body, type PostBody } from '#lib/api/client.ts';
import type { Action } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import AssignDialog from '#lib/record/AssignDialog.svelte';
import { saved, removed } from '#lib/record/done.ts';
import ReasonDialog from '#lib/record/ReasonDialog.svelte';
import ShareDialog from '#lib/record/ShareDialog.svelte';
import { session } from '#lib/session.svelte.ts';
import { ask } from '#lib/ui/confirm.svelte.ts';
import { openModal } from '#lib/ui/modal.svelte.ts';
import { sayProblem } from '#lib/ui/toast.svelte.ts';
import { lead as noun, leads, type Lead, type LeadState } from './lead.ts';

/** What may be done with a lead in the state it is in, by this person; the service has the last word. */
export function leadActions(lead: Lead): Action[] {
  const may = (action: string) => session.can(`lead.${action}`);
  if (lead.deleteTime) return may('delete') ? [{ id: 'lead.undelete', label: m.restore(), icon: Undo2, run: () => undelete(lead) }] : [];
  const over = lead.state === 'LEAD_STATE_CONVERTED';
  const closed = over || lead.state === 'LEAD_STATE_INVALID' || lead.state === 'LEAD_STATE_RECYCLED';
  return [
    ...(may('convert') && !closed ? [{ id: 'lead.convert', label: m.lead_convert(), icon: ArrowRightLeft, href: `/leads/${lead.id}/convert`, primary: true }] : []),
    ...(may('update') && !closed ? steps(lead) : []),
    ...(may('assign') && !over ? [{ id: 'lead.assign', label: m.assign(), icon: UserRoundPlus, run: () => assign(lead), primary: !lead.ownerId }] : []),
    ...(may('update') && !over ? [{ id: 'lead.edit', label: m.edit(), icon: PencilLine, href: `/leads/${lead.id}/edit` }] : []),
    ...(may('share') ? [{ id: 'lead.share', label: m.share(), icon: Share2, run: () => share(lead) }] : []),
    ...(may('update') && !closed
      ? [
          { id: 'lead.recycle', label: m.lead_recycle(), icon: Recycle, run: () => close(lead, 'LEAD_STATE_RECYCLED') },
          { id: 'lead.invalidate', label: m.lead_invalidate(), icon: Ban, run: () => close(lead, 'LEAD_STATE_INVALID') },
        ]
      : []),
    ...(may('delete') ? [{ id: 'lead.delete', label: m.delete_it(), icon: Trash, danger: true, run: () => remove(lead) }] : []),
  ];
}

function steps(lead: Lead): Action[] {
  const contacting = { id: 'lead.contact', label: m.lead_start_contacting(), icon: PhoneOutgoing, run: () => setState(lead, 'LEAD_STATE_CONTACTING') };
  const qualify = { id: 'lead.qualify', label: m.lead_qualify(), icon: BadgeCheck, run: () => setState(lead, 'LEAD_STATE_QUALIFIED') };
  if (lead.state === 'LEAD_STATE_NEW' || lead.state === 'LEAD_STATE_ASSIGNED') return [contacting, qualify];
  return lead.state === 'LEAD_STATE_CONTACTING' ? [qualify] : [];
}

/** Moves the lead along its way; `reason` where the state asks for one. */
export async function setState(lead: Lead, state: LeadState, reason = ''): Promise<void> {
  try {
    const path = { id: lead.id };
    const changed = await body(api.POST('/v1/leads/{id}:setState', { params: { path }, body: { state, reason, version: lead.version } }));
    await saved(noun, changed, m.lead_state_changed());
  } catch (error) {
    sayProblem(error);
  }
}

async function close(lead: Lead, state: 'LEAD_STATE_INVALID' | 'LEAD_STATE_RECYCLED'): Promise<void> {
  const invalid = state === 'LEAD_STATE_INVALID';
  const reason = await openModal(ReasonDialog, {
    title: invalid ? m.lead_invalidate_title({ name: lead.name }) : m.lead_recycle_title({ name: lead.name }),
    body: invalid ? m.lead_invalidate_body() : m.lead_recycle_body(),
    action: invalid ? m.lead_invalidate() : m.lead_recycle(),
    danger: invalid,
  });
  if (reason) await setState(lead, state, reason);
}

function assign(lead: Lead): Promise<unknown> {
  return openModal(AssignDialog, {
    title: m.lead_assign_title({ name: lead.name }),
    assign: async (ownerId: string, reason: string) => {
      const request = { ownerId, reason, version: lead.version };
      await saved(noun, await body(api.POST('/v1/leads/{id}:assign', { params: { path: { id: lead.id } }, body: request })), m.lead_assigned());
    },
  });
}

function share(lead: Lead): Promise<unknown> {
  return openModal(ShareDialog, {
    title: m.share_title({ name: lead.name }),
    shares: lead.shares,
    save: async (shares: PostBody<'/v1/leads/{id}:share'>['shares']) => {
      const request = { shares, version: lead.version };
      await saved(noun, await body(api.POST('/v1/leads/{id}:share', { params: { path: { id: lead.id } }, body: request })), m.shared());
    },
  });
}

async function remove(lead: Lead): Promise<void> {
  const sure = await ask({ title: m.delete_title({ name: lead.name }), body: m.delete_body(), action: m.delete_it(), danger: true });
  if (!sure) return;
  try {
    await leads.remove(lead.id, lead.version);
    await removed(noun, lead.id, m.deleted({ name: lead.name }), () => undelete(lead));
  } catch (error) {
    sayProblem(error);
  }
}

async function undelete(lead: Lead): Promise<void> {
  try {
    const restored = await leads.undelete(lead.id);
    await removed(noun, lead.id, m.restored({ name: restored.name }));
  } catch (error) {
    sayProblem(error);
  }
}
