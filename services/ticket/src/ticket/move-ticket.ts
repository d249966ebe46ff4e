import type { SetTicketStateRequest } from '@pelagic/proto/crm/ticket/v1/ticket';
import type { WorkingTime } from '@pelagic/capabilities/calendar/working-time';
import { applyChange, lockRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { invalidField, refused, stale } from '@pelagic/chassis/problem';
import { tellSolved } from '../follow/letters.ts';
import { findQueue } from '../queue/queue.ts';
import type { TicketService } from '../ticket-service.ts';
import { endClock, pauseClock, startClock } from './due-clock.ts';
import { isOver, ticket, type TicketRow, type TicketState } from './ticket.ts';

const WAITING: TicketState[] = [
  'TICKET_STATE_PENDING_CUSTOMER',
  'TICKET_STATE_PENDING_THIRD_PARTY',
  'TICKET_STATE_ON_HOLD',
];
const ENDS: TicketState[] = ['TICKET_STATE_SOLVED', 'TICKET_STATE_CANCELLED'];

const others = (state: TicketState): TicketState[] => [
  'TICKET_STATE_OPEN',
  ...WAITING.filter((waiting) => waiting !== state),
  ...ENDS,
];

/** What may follow. A new ticket is opened by whoever begins with it; what is over is opened again. */
const NEXT: Record<TicketState, TicketState[]> = {
  TICKET_STATE_NEW: others('TICKET_STATE_NEW'),
  TICKET_STATE_OPEN: [...WAITING, ...ENDS],
  TICKET_STATE_PENDING_CUSTOMER: others('TICKET_STATE_PENDING_CUSTOMER'),
  TICKET_STATE_PENDING_THIRD_PARTY: others('TICKET_STATE_PENDING_THIRD_PARTY'),
  TICKET_STATE_ON_HOLD: others('TICKET_STATE_ON_HOLD'),
  TICKET_STATE_SOLVED: ['TICKET_STATE_OPEN', 'TICKET_STATE_CLOSED'],
  TICKET_STATE_CLOSED: ['TICKET_STATE_OPEN'],
  TICKET_STATE_CANCELLED: ['TICKET_STATE_OPEN'],
};

const refuseNotNext = (from: TicketState, to: TicketState): void => {
  if (NEXT[from].includes(to)) return;
  const allowed = NEXT[from].map((state) => state.replace('TICKET_STATE_', '')).join(', ');
  throw refused('TICKET_STATE_NOT_NEXT', `A ticket in this state cannot move there, only to ${allowed}.`, {
    params: { from, to, allowed },
  });
};

const openAgain = (row: TicketRow): void => {
  row.reopen_count += 1;
  row.solve_time = null;
  row.solve_minutes = null;
};

const solve = (row: TicketRow, time: WorkingTime, at: Date): void => {
  if (!row.solution) throw invalidField('solution', 'REQUIRED', 'Say how it was solved.');
  endClock(row, time, at);
  row.solve_time = at.toISOString();
  row.solve_minutes = row.worked_minutes;
};

/** The rule: which state may follow, and what the clock does. `time` is the working time of the ticket's queue. */
export const moveTicket = (row: TicketRow, to: TicketState, time: WorkingTime, at: Date): void => {
  if (row.state === to) return;
  refuseNotNext(row.state, to);
  const [wasOver, ran] = [isOver(row), row.running_since !== null];
  if (to === 'TICKET_STATE_SOLVED') solve(row, time, at);
  else if (to === 'TICKET_STATE_CANCELLED') {
    endClock(row, time, at);
    // Nobody waits for it any more.
    Object.assign(row, { due_time: null, late: false });
  } else if (WAITING.includes(to) && ran) pauseClock(row, time, at);
  else if (to === 'TICKET_STATE_OPEN' && !ran) {
    if (wasOver) openAgain(row);
    startClock(row, time, at);
  }
  row.state = to;
};

const verbOf = (before: TicketRow, to: TicketState): string => {
  if (to === 'TICKET_STATE_SOLVED') return 'solved';
  return to === 'TICKET_STATE_OPEN' && isOver(before) ? 'reopened' : 'state_changed';
};

export const workingTimeOf = async (
  { calendars }: Pick<TicketService, 'calendars'>,
  tx: Tx,
  { queue_id }: Pick<TicketRow, 'queue_id'>,
): Promise<WorkingTime> => calendars.of(tx.sql, (await findQueue(tx.sql, queue_id))?.calendar_id);

/** Moves a ticket, with what it was about and how it was solved. Of two moves that saw the same version, one wins. */
export const setTicketState = async (
  service: TicketService,
  tx: Tx,
  { id, state, version, reason, cause, solution }: SetTicketStateRequest,
  caller: Caller,
): Promise<TicketRow> => {
  const locked = await lockRecord<TicketRow>(tx, ticket, id, caller, { action: 'update' });
  if (version && version !== locked.version) throw stale('ticket', locked.version);
  const to = state as TicketState;
  const time = await workingTimeOf(service, tx, locked);
  const moved = await applyChange(tx, ticket, locked, { verb: verbOf(locked, to), reason }, (row) => {
    if (to === 'TICKET_STATE_SOLVED') {
      row.cause = cause.trim() || row.cause;
      row.solution = solution.trim() || row.solution;
    }
    moveTicket(row, to, time, now());
  });
  if (to === 'TICKET_STATE_SOLVED' && moved.version > locked.version) await tellSolved(service, tx, moved, caller);
  return moved;
};
