import { api, body, type Schemas } from '#lib/api/client.ts';
import { live } from '#lib/live.ts';
import type { Choice } from '#lib/noun/field.ts';

export type Queue = Schemas['Queue'];

/** The queues of the enterprise: few, and on every page of tickets, so they come once and stay. */
class Queues {
  #all = $state.raw<Queue[]>([]);
  #asked = false;

  /** Also those no longer in use: old tickets lie in them. */
  get all(): Queue[] {
    if (!this.#asked) {
      this.#asked = true;
      setTimeout(() => void this.load().catch(() => (this.#asked = false)), 0);
      live.on('queue', () => this.load());
    }
    return this.#all;
  }

  get active(): Queue[] {
    return this.all.filter(({ active }) => active);
  }

  async load(): Promise<Queue[]> {
    const answer = await body(api.GET('/v1/queues', { params: { query: { includeInactive: true } } }));
    this.#asked = true;
    this.#all = answer.queues;
    return this.#all;
  }

  choices(): Choice[] {
    return this.all.map(({ id, name }) => ({ value: id, label: name }));
  }
}

export const queues = new Queues();
