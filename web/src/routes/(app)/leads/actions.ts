import ArrowRightLeft from '@lucide/svelte/icons/arrow-right-left';
import BadgeCheck from '@lucide/svelte/icons/badge-check';
import Ban from '@lucide/svelte/icons/ban';
import PhoneOutgoing from '@lucide/svelte/icons/phone-outgoing';
import Recycle from '@lucide/svelte/icons/recycle';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import { api, body } from '#lib/api/client.ts';
import type { Action } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { saved } from '#lib/record/done.ts';
import ReasonDialog from '#lib/record/ReasonDialog.svelte';
import { assignAction, deleteAction, editAction, shareAction, undeleteAction } from '#lib/record/usual-actions.ts';
import { session } from '#lib/session.svelte.ts';
import { openModal } from '#lib/ui/modal.svelte.ts';
import { sayProblem } from '#lib/ui/toast.svelte.ts';
import { isGivenUp, lead as noun, type Lead, type LeadState } from './lead.ts';

/** What may be done with a lead in the state it is in, by this person; the service has the last word. */
export function leadActions(lead: Lead): Action[] {
  if (lead.deleteTime) return undeleteAction(noun, lead);
  const converted = lead.state === 'LEAD_STATE_CONVERTED';
  const closed = converted || isGivenUp(lead);
  const path = { id: lead.id };
  const { version } = lead;
  const assign = (ownerId: string, reason: string) =>
    body(api.POST('/v1/leads/{id}:assign', { params: { path }, body: { ownerId, reason, version } }));
  return [
    ...(closed ? takingUp(lead) : [...convert(lead), ...steps(lead)]),
    ...(converted ? [] : [...assignAction(noun, lead, assign, !lead.ownerId), ...editAction(noun, lead)]),
    ...shareAction(noun, lead, (shares) =>
      body(api.POST('/v1/leads/{id}:share', { params: { path }, body: { shares, version } })),
    ),
    ...(closed ? [] : closings(lead)),
    ...deleteAction(noun, lead),
  ];
}

function convert(lead: Lead): Action[] {
  if (!session.can('lead.convert')) return [];
  return [
    {
      id: 'lead.convert',
      label: m.lead_convert(),
      icon: ArrowRightLeft,
      href: `/leads/${lead.id}/convert`,
      primary: true,
    },
  ];
}

function steps(lead: Lead): Action[] {
  if (!session.can('lead.update')) return [];
  const contact: Action = {
    id: 'lead.contact',
    label: m.lead_start_contacting(),
    icon: PhoneOutgoing,
    run: () => setState(lead, 'LEAD_STATE_CONTACTING'),
  };
  const qualify: Action = {
    id: 'lead.qualify',
    label: m.lead_qualify(),
    icon: BadgeCheck,
    run: () => setState(lead, 'LEAD_STATE_QUALIFIED'),
  };
  if (lead.state === 'LEAD_STATE_NEW' || lead.state === 'LEAD_STATE_ASSIGNED') return [contact, qualify];
  return lead.state === 'LEAD_STATE_CONTACTING' ? [qualify] : [];
}

/** What was given up goes on where it stopped. */
function takingUp(lead: Lead): Action[] {
  if (lead.state === 'LEAD_STATE_CONVERTED' || !session.can('lead.update')) return [];
  const run = () => setState(lead, 'LEAD_STATE_CONTACTING');
  return [{ id: 'lead.take_up', label: m.lead_take_up(), icon: RotateCcw, primary: true, run }];
}

function closings(lead: Lead): Action[] {
  if (!session.can('lead.update')) return [];
  return [
    { id: 'lead.recycle', label: m.lead_recycle(), icon: Recycle, run: () => close(lead, 'LEAD_STATE_RECYCLED') },
    { id: 'lead.invalidate', label: m.lead_invalidate(), icon: Ban, run: () => close(lead, 'LEAD_STATE_INVALID') },
  ];
}

/** Moves the lead along its way; `reason` where the state asks for one. */
async function move({ id, version }: Lead, state: LeadState, reason = ''): Promise<void> {
  const request = { params: { path: { id } }, body: { state, reason, version } };
  await saved(noun, await body(api.POST('/v1/leads/{id}:setState', request)), m.lead_state_changed());
}

export const setState = (lead: Lead, state: LeadState): Promise<void> => move(lead, state).catch(sayProblem);

function close(lead: Lead, state: 'LEAD_STATE_INVALID' | 'LEAD_STATE_RECYCLED') {
  const invalid = state === 'LEAD_STATE_INVALID';
  return openModal(ReasonDialog, {
    title: invalid ? m.lead_invalidate_title({ name: lead.name }) : m.lead_recycle_title({ name: lead.name }),
    body: invalid ? m.lead_invalidate_body() : m.lead_recycle_body(),
    action: invalid ? m.lead_invalidate() : m.lead_recycle(),
    danger: invalid,
    send: (reason: string) => move(lead, state, reason),
  });
}
