import { api, body, type Schemas } from '#lib/api/client.ts';
import { asProblem, type Problem } from '#lib/api/problem.ts';

export type TimelineEntry = Schemas['TimelineEntry'];

const PAGE_SIZE = 30;

/** What happened around a record, newest first, as far as one has scrolled. */
export class Timeline {
  entries = $state.raw<TimelineEntry[]>([]);
  status = $state<'loading' | 'ready' | 'more' | 'error'>('loading');
  problem = $state.raw<Problem | null>(null);
  /** Nouns of the entries to show; all when empty. */
  kinds = $state.raw<string[]>([]);
  /** Who did it; everybody when empty. */
  actorId = $state('');
  #next = $state('');
  #turn = 0;

  readonly #noun: string;
  readonly #recordId: string;

  constructor(noun: string, recordId: string) {
    this.#noun = noun;
    this.#recordId = recordId;
  }

  get hasMore(): boolean {
    return this.#next !== '';
  }

  get filtered(): boolean {
    return this.kinds.length > 0 || this.actorId !== '';
  }

  show({ kinds = this.kinds, actorId = this.actorId }: { kinds?: string[]; actorId?: string }): Promise<void> {
    this.kinds = kinds;
    this.actorId = actorId;
    return this.load();
  }

  load(): Promise<void> {
    if (this.entries.length === 0) this.status = 'loading';
    return this.#page('');
  }

  async more(): Promise<void> {
    if (this.status !== 'ready' || !this.#next) return;
    this.status = 'more';
    await this.#page(this.#next);
  }

  async #page(pageToken: string): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    try {
      const filter = { kinds: this.kinds, ...(this.actorId ? { actorId: this.actorId } : {}) };
      const query = { noun: this.#noun, recordId: this.#recordId, ...filter, pageSize: PAGE_SIZE, pageToken };
      const answer = await body(api.GET('/v1/timeline', { params: { query } }));
      if (turn !== this.#turn) return;
      this.entries = pageToken ? [...this.entries, ...answer.entries] : answer.entries;
      this.#next = answer.nextPageToken;
      this.status = 'ready';
    } catch (error) {
      if (turn !== this.#turn) return;
      this.problem = asProblem(error);
      this.status = 'error';
    }
  }
}
