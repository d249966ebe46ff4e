import { api, body } from '#lib/api/client.ts';
import { asProblem } from '#lib/api/problem.ts';
import { m } from '#lib/paraglide/messages.js';
import { saved } from '#lib/record/done.ts';
import { sayProblem } from '#lib/ui/toast.svelte.ts';
import { ticket as noun, type Ticket, type TicketState } from './ticket.ts';

const WAITING: TicketState[] = [
  'TICKET_STATE_PENDING_CUSTOMER',
  'TICKET_STATE_PENDING_THIRD_PARTY',
  'TICKET_STATE_ON_HOLD',
];

/** Where a ticket may go from here, as the service has it too. */
export function nextStates(state: Ticket['state']): TicketState[] {
  switch (state) {
    case 'TICKET_STATE_SOLVED':
      return ['TICKET_STATE_CLOSED', 'TICKET_STATE_OPEN'];
    case 'TICKET_STATE_CLOSED':
    case 'TICKET_STATE_CANCELLED':
      return ['TICKET_STATE_OPEN'];
    default:
      return [
        ...(state === 'TICKET_STATE_OPEN' ? [] : (['TICKET_STATE_OPEN'] as const)),
        ...WAITING.filter((waiting) => waiting !== state),
        'TICKET_STATE_SOLVED',
        'TICKET_STATE_CANCELLED',
      ];
  }
}

const setState = (
  { id, version }: Ticket,
  state: TicketState,
  more: { cause?: string; solution?: string } = {},
): Promise<Ticket> =>
  body(api.POST('/v1/tickets/{id}:setState', { params: { path: { id } }, body: { state, version, ...more } }));

/**
 * Solves a ticket with what was typed. Who saved meanwhile does not cost a person the text: as long as the ticket can
 * still be solved, it is solved as it is now.
 */
export async function solve(ticket: Ticket, texts: { cause: string; solution: string }): Promise<Ticket> {
  try {
    return await setState(ticket, 'TICKET_STATE_SOLVED', texts);
  } catch (error) {
    if (!asProblem(error).isConflict) throw error;
    const current = await noun.resource.get(ticket.id);
    if (!nextStates(current.state).includes('TICKET_STATE_SOLVED')) throw error;
    return setState(current, 'TICKET_STATE_SOLVED', texts);
  }
}

/** Moves a ticket and says so; undefined when the service refused. */
export async function changeState(ticket: Ticket, state: TicketState): Promise<Ticket | undefined> {
  try {
    const changed = await setState(ticket, state);
    await saved(noun, changed, m.ticket_state_changed());
    return changed;
  } catch (error) {
    sayProblem(error);
    return undefined;
  }
}
