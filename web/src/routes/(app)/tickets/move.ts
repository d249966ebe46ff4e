import { api, body } from '#lib/api/client.ts';
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

export const setState = (
  { id, version }: Ticket,
  state: TicketState,
  more: { cause?: string; solution?: string } = {},
): Promise<Ticket> =>
  body(api.POST('/v1/tickets/{id}:setState', { params: { path: { id } }, body: { state, version, ...more } }));

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
