import { api, body, type Schemas } from '#lib/api/client.ts';
import { asProblem, type Problem } from '#lib/api/problem.ts';

export type TimelineEntry = Schemas['TimelineEntry'];

/** Which entries are shown. */
export interface TimelineFilter {
  /** Nouns of the entries; all when empty. */
  kinds: string[];
  /** Who did it; everybody when empty. */
  actorId: string;
}

const EVERYTHING: TimelineFilter = { kinds: [], actorId: '' };
const PAGE_SIZE = 30;

/** As the URL says it: `?kinds=activity,lead&by=…`. */
export function parseTimelineFilter(search: URLSearchParams): TimelineFilter {
  return {
    kinds: (search.get('kinds') ?? '').split(',').filter(Boolean),
    actorId: search.get('by') ?? '',
  };
}

/** `search` with the filter in it; what belongs to others stays. Empty values leave no trace. */
export function printTimelineFilter({ kinds, actorId }: TimelineFilter, search: URLSearchParams): string {
  const next = new URLSearchParams(search);
  for (const [name, value] of [
    ['kinds', kinds.join(',')],
    ['by', actorId],
  ] as const) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  return `?${next}`;
}

/** What happened around a record, newest first, as far as one has scrolled. */
export class Timeline {
  entries = $state.raw<TimelineEntry[]>([]);
  status = $state<'loading' | 'ready' | 'more' | 'error'>('loading');
  problem = $state.raw<Problem | null>(null);
  /** What the pages behind `more` are of. */
  #filter: TimelineFilter = EVERYTHING;
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

  show(filter: TimelineFilter): Promise<void> {
    this.#filter = filter;
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
      const { kinds, actorId } = this.#filter;
      const filter = { kinds, ...(actorId ? { actorId } : {}) };
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
