import { api, body, type Schemas, type Service } from '#lib/api/client.ts';
import { asProblem, type Problem } from '#lib/api/problem.ts';

export type Comment = Schemas['Comment'];

/** What was said about one record, the newest first; older ones are added as one asks for them. */
export class Comments {
  rows = $state.raw<Comment[] | undefined>(undefined);
  total = $state(0);
  problem = $state.raw<Problem | null>(null);
  next = $state('');
  readonly #service: Service;
  readonly #noun: string;
  readonly #recordId: string;
  #turn = 0;

  constructor(service: Service, noun: string, recordId: string) {
    this.#service = service;
    this.#noun = noun;
    this.#recordId = recordId;
  }

  /** The newest again; older ones that were asked for stay. */
  load(): Promise<void> {
    return this.#take('', (newest, next) => {
      const rows = this.rows ?? [];
      const met = rows.findIndex(({ id }) => id === newest.at(-1)?.id);
      const older = met < 0 ? [] : rows.slice(met + 1);
      return older.length ? { rows: [...newest, ...older], next: this.next } : { rows: newest, next };
    });
  }

  more(): Promise<void> {
    return this.#take(this.next, (older, next) => ({ rows: [...(this.rows ?? []), ...older], next }));
  }

  /** Throws the Problem of a refusal. */
  async say(text: string, mentionIds: string[], requestId: string): Promise<void> {
    const comment = { recordNoun: this.#noun, recordId: this.#recordId, text, mentionIds };
    const path = { service: this.#service };
    await api.POST('/v1/{service}/comments', { params: { path, query: { requestId } }, body: comment });
    await this.load();
  }

  async change({ id, version }: Comment, text: string, mentionIds: string[]): Promise<void> {
    const path = { service: this.#service, id };
    const { data } = await api.PATCH('/v1/{service}/comments/{id}', {
      params: { path },
      body: { text, mentionIds, version },
    });
    this.rows = this.rows?.map((row) => (row.id === id && data ? data : row));
  }

  async remove({ id, version }: Comment): Promise<void> {
    const path = { service: this.#service, id };
    await api.DELETE('/v1/{service}/comments/{id}', { params: { path, query: { version } } });
    this.rows = this.rows?.filter((row) => row.id !== id);
    await this.load();
  }

  async #take(
    pageToken: string,
    put: (page: Comment[], next: string) => { rows: Comment[]; next: string },
  ): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    const query = { noun: this.#noun, recordId: this.#recordId, pageToken };
    try {
      const params = { path: { service: this.#service }, query };
      const answer = await body(api.GET('/v1/{service}/comments', { params }));
      if (turn !== this.#turn) return;
      ({ rows: this.rows, next: this.next } = put(answer.comments, answer.nextPageToken));
      [this.total, this.problem] = [answer.totalSize, null];
    } catch (error) {
      if (turn === this.#turn) this.problem = asProblem(error);
    }
  }
}
