import { untrack } from 'svelte';
import { asProblem, type Problem } from '#lib/api/problem.ts';
import { tickets, type Ticket, type TicketState } from '../ticket.ts';

export interface Column {
  state: TicketState;
  cards: Ticket[];
  /** Up to 1,001. */
  count: number;
  next: string;
}

/** What is at work; what is closed or cancelled is found in the table. */
const SHOWN: TicketState[] = [
  'TICKET_STATE_NEW',
  'TICKET_STATE_OPEN',
  'TICKET_STATE_PENDING_CUSTOMER',
  'TICKET_STATE_PENDING_THIRD_PARTY',
  'TICKET_STATE_ON_HOLD',
  'TICKET_STATE_SOLVED',
];
const SIZE = 30;

/** Tickets by state, each column a list of its own. A move shows at once and goes back when it is refused. */
export class Board {
  columns = $state.raw<Column[]>([]);
  status = $state<'loading' | 'ready' | 'error'>('loading');
  problem = $state.raw<Problem | null>(null);
  #query = { filter: '', words: '' };
  #controller = new AbortController();

  async open(filter: string, words: string): Promise<void> {
    this.#query = { filter, words };
    this.#controller.abort();
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    // Asked from an effect, which must not run again because the columns came.
    if (untrack(() => this.columns.length) === 0) this.status = 'loading';
    try {
      this.columns = await Promise.all(SHOWN.map((state) => this.#column(state, signal)));
      this.status = 'ready';
    } catch (error) {
      if (signal.aborted) return;
      this.problem = asProblem(error);
      this.status = 'error';
    }
  }

  reload(): Promise<void> {
    return this.open(this.#query.filter, this.#query.words);
  }

  /** The next cards of a column, unless the board was asked for anew meanwhile. */
  async more(state: string): Promise<void> {
    const column = this.columns.find((candidate) => candidate.state === state);
    if (!column?.next) return;
    const { signal } = this.#controller;
    const page = await tickets.list({ ...this.#asked(column.state), token: column.next });
    if (signal.aborted) return;
    this.#change(state, { cards: [...column.cards, ...page.rows], next: page.next });
  }

  /** Shows the ticket in its new column while `move` asks the service, then looks how things stand. */
  async move(ticket: Ticket, to: string, move: () => Promise<Ticket | undefined>): Promise<void> {
    const before = this.columns;
    const from = before.find(({ state }) => state === ticket.state);
    const target = before.find(({ state }) => state === to);
    if (from)
      this.#change(from.state, { cards: from.cards.filter(({ id }) => id !== ticket.id), count: from.count - 1 });
    if (target) this.#change(to, { cards: [ticket, ...target.cards], count: target.count + 1 });
    if (!(await move())) this.columns = before;
    await this.reload();
  }

  #asked(state: TicketState) {
    const { filter, words } = this.#query;
    const own = `state = ${state.replace('TICKET_STATE_', '')}`;
    return { filter: filter ? `(${filter}) AND ${own}` : own, words, size: SIZE, count: true };
  }

  async #column(state: TicketState, signal: AbortSignal): Promise<Column> {
    const { rows, next, total } = await tickets.list(this.#asked(state), signal);
    return { state, cards: rows, count: total ?? rows.length, next };
  }

  #change(state: string, changed: Partial<Column>): void {
    this.columns = this.columns.map((column) => (column.state === state ? { ...column, ...changed } : column));
  }
}
