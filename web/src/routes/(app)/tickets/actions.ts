import Ban from '@lucide/svelte/icons/ban';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import Hand from '@lucide/svelte/icons/hand';
import Inbox from '@lucide/svelte/icons/inbox';
import Pause from '@lucide/svelte/icons/pause';
import Play from '@lucide/svelte/icons/play';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import { api, body } from '#lib/api/client.ts';
import type { Action } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { saved } from '#lib/record/done.ts';
import { assignAction, deleteAction, editAction, shareAction, undeleteAction } from '#lib/record/usual-actions.ts';
import { session } from '#lib/session.svelte.ts';
import { openModal } from '#lib/ui/modal.svelte.ts';
import { sayProblem } from '#lib/ui/toast.svelte.ts';
import { changeState, nextStates } from './move.ts';
import SolveDialog from './SolveDialog.svelte';
import { ticket as noun, ticketState, type Ticket, type TicketState } from './ticket.ts';

/** What may be done with a ticket where it stands, by this person; the service has the last word. */
export function ticketActions(ticket: Ticket): Action[] {
  if (ticket.deleteTime) return undeleteAction(noun, ticket);
  const path = { id: ticket.id };
  const { version } = ticket;
  return [
    ...claim(ticket),
    ...moves(ticket),
    ...(ENDED.includes(ticket.state) ? [] : editAction(noun, ticket)),
    ...assignAction(noun, ticket, (ownerId, reason) =>
      body(api.POST('/v1/tickets/{id}:assign', { params: { path }, body: { ownerId, reason, version } })),
    ),
    ...giveBack(ticket),
    ...shareAction(noun, ticket, (shares) =>
      body(api.POST('/v1/tickets/{id}:share', { params: { path }, body: { shares, version } })),
    ),
    ...deleteAction(noun, ticket),
  ];
}

const ENDED: Ticket['state'][] = ['TICKET_STATE_CLOSED', 'TICKET_STATE_CANCELLED'];

const ICONS: Record<TicketState, Action['icon']> = {
  TICKET_STATE_NEW: Play,
  TICKET_STATE_OPEN: Play,
  TICKET_STATE_PENDING_CUSTOMER: Pause,
  TICKET_STATE_PENDING_THIRD_PARTY: Pause,
  TICKET_STATE_ON_HOLD: Pause,
  TICKET_STATE_SOLVED: CircleCheck,
  TICKET_STATE_CLOSED: CircleCheck,
  TICKET_STATE_CANCELLED: Ban,
};

const WORDS: Partial<Record<TicketState, () => string>> = {
  TICKET_STATE_OPEN: m.ticket_take_up,
  TICKET_STATE_SOLVED: m.ticket_solve,
  TICKET_STATE_CLOSED: m.ticket_close,
  TICKET_STATE_CANCELLED: m.ticket_cancel,
};

function claim(ticket: Ticket): Action[] {
  if (ticket.ownerId || !session.can('ticket.update') || ENDED.includes(ticket.state)) return [];
  return [{ id: 'ticket.claim', label: m.ticket_claim(), icon: Hand, primary: true, run: () => take(ticket) }];
}

/** Whatever its version: who comes second hears who has it. */
async function take({ id }: Ticket): Promise<void> {
  try {
    const taken = await body(api.POST('/v1/tickets/{id}:claim', { params: { path: { id } }, body: {} }));
    await saved(noun, taken, m.ticket_claimed());
  } catch (error) {
    sayProblem(error);
  }
}

function giveBack(ticket: Ticket): Action[] {
  if (!ticket.ownerId || !session.can('ticket.assign')) return [];
  return [{ id: 'ticket.back', label: m.ticket_give_back(), icon: Inbox, run: () => putBack(ticket) }];
}

async function putBack({ id, version }: Ticket): Promise<void> {
  try {
    const back = await body(api.POST('/v1/tickets/{id}:assign', { params: { path: { id } }, body: { version } }));
    await saved(noun, back, m.ticket_given_back());
  } catch (error) {
    sayProblem(error);
  }
}

function moves(ticket: Ticket): Action[] {
  if (!session.can('ticket.update')) return [];
  const over = ENDED.includes(ticket.state) || ticket.state === 'TICKET_STATE_SOLVED';
  return nextStates(ticket.state)
    .toSorted((a, b) => Number(b === 'TICKET_STATE_SOLVED') - Number(a === 'TICKET_STATE_SOLVED'))
    .map((to) => ({
      id: `ticket.${to}`,
      label: over && to === 'TICKET_STATE_OPEN' ? m.ticket_reopen() : (WORDS[to]?.() ?? ticketState(to).label),
      icon: over && to === 'TICKET_STATE_OPEN' ? RotateCcw : ICONS[to],
      primary: to === 'TICKET_STATE_SOLVED',
      run: () => (to === 'TICKET_STATE_SOLVED' ? openModal(SolveDialog, { ticket }) : changeState(ticket, to)),
    }));
}
