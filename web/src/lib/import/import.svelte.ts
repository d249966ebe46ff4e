import { api, body, type PostBody, type Schemas, type Service } from '#lib/api/client.ts';
import { asProblem, problemOf, type Problem } from '#lib/api/problem.ts';
import { jobAsWatched, watchJob, type Job } from '#lib/jobs/jobs.svelte.ts';
import { getLocale } from '#lib/paraglide/runtime.js';

export type Inspection = Schemas['InspectImportResponse'];
export type Preview = Schemas['PreviewImportResponse'];
export type MatchAction = Schemas['MatchAction'];
type Settings = PostBody<'/v1/{service}/imports'>['settings'];

/** The way of a file into the product: uploaded, its columns mapped, every row checked, then brought in as a job. */
export class Import {
  step = $state<'file' | 'columns' | 'check' | 'job'>('file');
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);
  fileName = $state('');
  inspection = $state.raw<Inspection | null>(null);
  preview = $state.raw<Preview | null>(null);

  /** Field by heading; empty leaves the column out. */
  fields = $state<Record<string, string>>({});
  onMatch = $state<MatchAction>('MATCH_ACTION_SKIP');
  history = $state(false);
  defaultOwnerId = $state('');

  #started = $state.raw<Job | null>(null);
  #fileId = '';
  #requestId = crypto.randomUUID();
  readonly #service: Service;
  readonly #noun: string;

  constructor(service: Service, noun: string) {
    this.#service = service;
    this.#noun = noun;
  }

  /** The job as it is now. */
  get job(): Job | null {
    return this.#started && jobAsWatched(this.#started);
  }

  /** Fields that columns may go into: those of the past only for who brings in history. */
  get offered(): Inspection['fields'] {
    return (this.inspection?.fields ?? []).filter(({ history }) => !history || this.history);
  }

  /** Labels of required fields that no column goes into. */
  get missing(): string[] {
    const mapped = new Set(Object.values(this.fields));
    return this.offered.filter(({ field, required }) => required && !mapped.has(field)).map(({ label }) => label);
  }

  async take(file: File): Promise<void> {
    await this.#attempt(async () => {
      this.fileName = file.name;
      this.#fileId = await this.#upload(file);
      const request = { noun: this.#noun, fileId: this.#fileId };
      const inspection = await body(api.POST('/v1/{service}/imports:inspect', { params: this.#params, body: request }));
      this.inspection = inspection;
      this.fields = Object.fromEntries(inspection.columns.map((column) => [column, proposed(inspection, column)]));
      this.step = 'columns';
    });
  }

  /** Goes through every row as the import would; nothing is written. */
  async check(): Promise<void> {
    await this.#attempt(async () => {
      const request = { noun: this.#noun, settings: this.#settings() };
      this.preview = await body(api.POST('/v1/{service}/imports:preview', { params: this.#params, body: request }));
      this.step = 'check';
    });
  }

  async start(): Promise<void> {
    await this.#attempt(async () => {
      const request = { noun: this.#noun, settings: this.#settings(), requestId: this.#requestId };
      this.#started = await body(api.POST('/v1/{service}/imports', { params: this.#params, body: request }));
      this.step = 'job';
    });
    if (this.#started) this.#started = await watchJob(this.#started);
  }

  again(): void {
    this.step = 'file';
    this.problem = null;
    this.#started = null;
    this.#requestId = crypto.randomUUID();
  }

  get #params() {
    return { path: { service: this.#service } };
  }

  #settings(): Settings {
    const offered = new Set(this.offered.map(({ field }) => field));
    const mapping = Object.entries(this.fields).map(([column, field]) => ({
      column,
      // A proposed date of the past is left out again when the box is not ticked.
      field: offered.has(field) ? field : '',
      values: valuesOf(this.inspection, column),
    }));
    return {
      fileId: this.#fileId,
      mapping,
      onMatch: this.onMatch,
      history: this.history,
      ...(this.defaultOwnerId ? { defaultOwnerId: this.defaultOwnerId } : {}),
    };
  }

  async #upload(file: File): Promise<string> {
    const headers = {
      'content-type': file.type || 'application/octet-stream',
      'x-file-name': encodeURIComponent(file.name),
      'accept-language': getLocale(),
    };
    const answer = await fetch(`/v1/${this.#service}/files`, { method: 'POST', headers, body: file });
    if (!answer.ok) throw await problemOf(answer);
    return ((await answer.json()) as { id: string }).id;
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.problem = null;
    try {
      await work();
    } catch (error) {
      this.problem = asProblem(error);
    }
    this.busy = false;
  }
}

function proposed({ mapping }: Inspection, column: string): string {
  return mapping.find((one) => one.column === column)?.field ?? '';
}

function valuesOf(inspection: Inspection | null, column: string): Record<string, string> {
  return inspection?.mapping.find((one) => one.column === column)?.values ?? {};
}
