import { asProblem, type Problem } from '#lib/api/problem.ts';
import type { Page, Resource, Stored } from '#lib/api/resource.ts';
import type { LiveChange } from '#lib/live.ts';
import { anyOf, FILTER_MAX, type ListQuery } from './query.ts';

const PAGE_SIZE = 50;
/** More changes at once than this, and the first page is asked for anew. */
const REFRESH_AT_ONCE = 50;

/** The rows of a list as far as one has scrolled: pages by cursor, kept current while others work. */
export class Rows<T extends Stored> {
  #rows = $state.raw<T[]>([]);
  #next = '';
  #query: ListQuery | null = null;
  /** What the rows answer; another question's error leaves none of them. */
  #answered = '';
  /** What others did could not be fetched: the rows are to be asked for anew. */
  #stale = false;
  #controller = new AbortController();

  /** loading: nothing to show yet; more: the next page is on its way. */
  status = $state<'loading' | 'ready' | 'more' | 'error'>('loading');
  problem = $state.raw<Problem | null>(null);
  /** Up to 1,001; undefined until counted. */
  total = $state<number | undefined>(undefined);
  /** Ids that came in or changed a moment ago, to be seen. */
  fresh = $state.raw<ReadonlySet<string>>(new Set());

  /** Where the list was left, in pixels. */
  scrollTop = 0;

  readonly resource: Resource<T>;

  constructor(resource: Resource<T>) {
    this.resource = resource;
  }

  get all(): readonly T[] {
    return this.#rows;
  }

  get complete(): boolean {
    return this.status === 'ready' && this.#next === '';
  }

  /** Shows another query. The old rows stay until the new ones are here; where none come, they make room for the error. */
  async open(query: ListQuery): Promise<void> {
    this.#controller.abort();
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    this.#query = query;
    this.status = 'loading';
    this.problem = null;
    try {
      this.#take(query, await this.#ask(query, '', signal), signal);
    } catch (error) {
      if (signal.aborted) return;
      if (asked(query) !== this.#answered) this.#clear();
      this.#stale = true;
      this.#fail(error);
    }
  }

  reload(): Promise<void> {
    return this.#query ? this.open(this.#query) : Promise.resolve();
  }

  /** What failed, once more: the question, or its next page. */
  retry(): Promise<void> {
    if (this.#stale) return this.reload();
    this.status = 'ready';
    this.problem = null;
    return this.more();
  }

  /** The next page; nothing when there is none or it is under way. */
  async more(): Promise<void> {
    if (this.status !== 'ready' || !this.#next || !this.#query) return;
    const { signal } = this.#controller;
    this.status = 'more';
    try {
      const page = await this.#ask(this.#query, this.#next, signal);
      if (signal.aborted) return;
      // A row that moved between two pages comes twice.
      const known = new Set(this.#rows.map(({ id }) => id));
      this.#rows = [...this.#rows, ...page.rows.filter(({ id }) => !known.has(id))];
      this.#next = page.next;
      this.status = 'ready';
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  /** What was saved here. */
  put(record: T): void {
    const at = this.#rows.findIndex(({ id }) => id === record.id);
    this.#rows = at < 0 ? [record, ...this.#rows] : this.#rows.with(at, record);
    if (at < 0 && this.total !== undefined) this.total += 1;
  }

  /** What was saved elsewhere, when it is among the rows. */
  patch(record: T): void {
    const at = this.#rows.findIndex(({ id }) => id === record.id);
    if (at >= 0) this.#rows = this.#rows.with(at, record);
  }

  drop(id: string): void {
    const rest = this.#rows.filter((row) => row.id !== id);
    if (rest.length < this.#rows.length && this.total !== undefined && this.total <= 1000) this.total -= 1;
    this.#rows = rest;
  }

  /** What others did: rows that changed are fetched again, new ones that match come in on top. */
  async follow({ changed, gone, missed }: LiveChange): Promise<void> {
    for (const id of gone) this.drop(id);
    if (missed || changed.length > REFRESH_AT_ONCE) return this.reload();
    if (changed.length === 0 || !this.#query || (this.problem && this.#rows.length === 0)) return;
    if (this.#stale) return this.reload();
    const filter = [this.#query.filter, anyOf(changed)].filter(Boolean).join(' AND ');
    if (filter.length > FILTER_MAX) return this.reload();
    const { signal } = this.#controller;
    try {
      const page = await this.resource.list({ ...request(this.#query), filter, size: REFRESH_AT_ONCE }, signal);
      if (!signal.aborted) this.#merge(changed, page.rows);
    } catch (error) {
      if (signal.aborted) return;
      this.#stale = true;
      this.problem = asProblem(error);
    }
  }

  #merge(asked: string[], found: T[]): void {
    const byId = new Map(found.map((record) => [record.id, record]));
    const known = new Set(this.#rows.map(({ id }) => id));
    const fresh = found.filter(
      (record) => !this.#rows.some((row) => row.id === record.id && row.version >= record.version),
    );
    for (const id of asked) if (!byId.has(id)) this.drop(id);
    const incoming = found.filter(({ id }) => !known.has(id));
    this.#rows = [...incoming, ...this.#rows.map((row) => newer(row, byId.get(row.id)))];
    if (this.total !== undefined && this.total <= 1000) this.total += incoming.length;
    this.fresh = new Set(fresh.map(({ id }) => id));
  }

  #ask(query: ListQuery, token: string, signal: AbortSignal): Promise<Page<T>> {
    return this.resource.list({ ...request(query), token, size: PAGE_SIZE, count: token === '' }, signal);
  }

  #take(query: ListQuery, page: Page<T>, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#answered = asked(query);
    this.#stale = false;
    this.problem = null;
    this.#rows = page.rows;
    this.#next = page.next;
    this.total = page.total ?? (page.next ? undefined : page.rows.length);
    this.fresh = new Set();
    this.status = 'ready';
  }

  #clear(): void {
    this.#rows = [];
    this.#next = '';
    this.total = undefined;
  }

  #fail(error: unknown): void {
    this.problem = asProblem(error);
    this.status = 'error';
  }
}

function request({ filter, words, sort, deleted }: ListQuery) {
  return { filter, words, sort, deleted };
}

function asked(query: ListQuery): string {
  return JSON.stringify(request(query));
}

function newer<T extends Stored>(row: T, found: T | undefined): T {
  return found && found.version >= row.version ? found : row;
}
