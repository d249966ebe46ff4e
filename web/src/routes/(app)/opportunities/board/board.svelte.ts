import { untrack } from 'svelte';
import { api, body, type Schemas } from '#lib/api/client.ts';
import { asProblem, type Problem } from '#lib/api/problem.ts';
import { opportunities, type Opportunity } from '../opportunity.ts';

export type BoardColumn = Schemas['BoardColumn'];

export interface BoardQuery {
  pipelineId: string;
  filter: string;
  words: string;
}

/** The board of a pipeline: columns with their totals and first cards. A move shows at once and goes back when it is refused. */
export class Board {
  columns = $state.raw<BoardColumn[]>([]);
  status = $state<'loading' | 'ready' | 'error'>('loading');
  problem = $state.raw<Problem | null>(null);
  #query: BoardQuery | null = null;
  #controller = new AbortController();

  async open(query: BoardQuery): Promise<void> {
    this.#query = query;
    this.#controller.abort();
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    // Asked from an effect, which must not run again because the columns came.
    if (untrack(() => this.columns.length) === 0) this.status = 'loading';
    try {
      const { pipelineId, filter, words } = query;
      const answer = await body(
        api.GET('/v1/opportunities:board', {
          params: { query: { pipelineId, filter, query: words, pageSize: 30 } },
          signal,
        }),
      );
      this.columns = answer.columns;
      this.status = 'ready';
    } catch (error) {
      if (signal.aborted) return;
      this.problem = asProblem(error);
      this.status = 'error';
    }
  }

  async reload(): Promise<void> {
    if (this.#query) await this.open(this.#query);
  }

  /** The next cards of a column, unless the board was asked for anew meanwhile. */
  async more(stageId: string): Promise<void> {
    const column = this.columns.find((candidate) => candidate.stageId === stageId);
    if (!column?.nextPageToken || !this.#query) return;
    const { filter, words, pipelineId } = this.#query;
    const own = [...(filter ? [`(${filter})`] : []), `pipeline_id = "${pipelineId}"`, `stage_id = "${stageId}"`].join(
      ' AND ',
    );
    const { signal } = this.#controller;
    const page = await opportunities.list({ filter: own, words, token: column.nextPageToken, size: 30 });
    if (signal.aborted) return;
    this.#change(stageId, { opportunities: [...column.opportunities, ...page.rows], nextPageToken: page.next });
  }

  /** Shows the deal in its new column while `move` asks the service; puts everything back unless it answers the deal, then looks how things stand. */
  async move(deal: Opportunity, to: string, move: () => Promise<Opportunity | undefined>): Promise<void> {
    const before = this.columns;
    this.#take(deal);
    this.#put(deal, to);
    const moved = await move();
    if (!moved) this.columns = before;
    await this.reload();
  }

  #take(deal: Opportunity): void {
    const column = this.columns.find(({ stageId }) => stageId === deal.stageId);
    if (column)
      this.#change(deal.stageId, {
        opportunities: column.opportunities.filter(({ id }) => id !== deal.id),
        count: column.count - 1,
        baseAmount: plus(column.baseAmount, `-${baseOf(deal)}`),
      });
  }

  #put(deal: Opportunity, to: string): void {
    const column = this.columns.find(({ stageId }) => stageId === to);
    if (column)
      this.#change(to, {
        opportunities: [deal, ...column.opportunities],
        count: column.count + 1,
        baseAmount: plus(column.baseAmount, baseOf(deal)),
      });
  }

  #change(stageId: string, changed: Partial<BoardColumn>): void {
    this.columns = this.columns.map((column) => (column.stageId === stageId ? { ...column, ...changed } : column));
  }
}

const baseOf = ({ amount }: Opportunity): string => amount?.baseAmount || '0';

/** A total until the service has counted again; it is shown rounded, so a binary fraction does no harm. */
const plus = (total: string, amount: string): string => String(Number(total || 0) + Number(amount));
