import { api, body, type Schemas, type Service } from '#lib/api/client.ts';
import { asProblem, type Problem } from '#lib/api/problem.ts';
import { uploadFile } from './upload-file.ts';
import { Uploads } from './uploads.svelte.ts';

export type Attachment = Schemas['Attachment'];

/** The files on one record, the newest first, and those on their way to it. */
export class Attachments {
  rows = $state.raw<Attachment[] | undefined>(undefined);
  total = $state(0);
  problem = $state.raw<Problem | null>(null);
  next = $state('');
  readonly uploads: Uploads;
  readonly #service: Service;
  readonly #noun: string;
  readonly #recordId: string;
  #turn = 0;

  constructor(service: Service, noun: string, recordId: string) {
    this.#service = service;
    this.#noun = noun;
    this.#recordId = recordId;
    /** What arrived and was not put on the record: tried again, it is not sent again. */
    const arrived = new Map<string, string>();
    this.uploads = new Uploads(async (file, { requestId, ...way }) => {
      const fileId = arrived.get(requestId) ?? (await uploadFile(service, file, way));
      arrived.set(requestId, fileId);
      const attachment = { recordNoun: noun, recordId, fileId };
      const params = { path: { service }, query: { requestId } };
      await api.POST('/v1/{service}/attachments', { params, body: attachment, signal: way.signal });
      await this.load();
    });
  }

  load(): Promise<void> {
    return this.#take('', []);
  }

  more(): Promise<void> {
    return this.#take(this.next, this.rows ?? []);
  }

  /** Where its bytes are; asked for anew each time, with the rights of that moment. */
  href({ fileId }: Attachment): string {
    return `/v1/${this.#service}/files/${fileId}`;
  }

  /** Throws the Problem of a refusal. */
  async remove({ id, version }: Attachment): Promise<void> {
    const path = { service: this.#service, id };
    await api.DELETE('/v1/{service}/attachments/{id}', { params: { path, query: { version } } });
    await this.load();
  }

  async #take(pageToken: string, before: Attachment[]): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    const query = { noun: this.#noun, recordId: this.#recordId, pageToken };
    try {
      const params = { path: { service: this.#service }, query };
      const answer = await body(api.GET('/v1/{service}/attachments', { params }));
      if (turn !== this.#turn) return;
      this.rows = [...before, ...answer.attachments];
      [this.next, this.total, this.problem] = [answer.nextPageToken, answer.totalSize, null];
    } catch (error) {
      if (turn === this.#turn) this.problem = asProblem(error);
    }
  }
}
