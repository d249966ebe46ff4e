import type { Resource, Stored } from '#lib/api/resource.ts';
import { live } from '#lib/live.ts';

const SHOWN = 10;

/** The first records of another noun that belong to one, kept current while its page is open. */
export class Related<T extends Stored> {
  records = $state.raw<T[]>([]);
  total = $state<number | undefined>(undefined);
  readonly #resource: Resource<T>;
  readonly #sort: string;

  constructor(resource: Resource<T>, sort = '') {
    this.#resource = resource;
    this.#sort = sort;
  }

  /** Loads what the filter finds and again when the noun changes; returns how to stop. */
  follow(filter: string): () => void {
    const controller = new AbortController();
    const load = () => this.#load(filter, controller.signal);
    void load();
    const stop = live.on(this.#resource.noun, load);
    return () => {
      stop();
      controller.abort();
    };
  }

  async #load(filter: string, signal: AbortSignal): Promise<void> {
    try {
      const page = await this.#resource.list({ filter, sort: this.#sort, size: SHOWN, count: true }, signal);
      this.records = page.rows;
      this.total = page.total ?? page.rows.length;
    } catch {
      // A side note of the page: the next change or visit brings it.
    }
  }
}
