import { api, body, type Schemas, type Service } from '#lib/api/client.ts';
import { asProblem, Problem, problemOf } from '#lib/api/problem.ts';
import { traceparent } from '#lib/api/traceparent.ts';
import { jobAsWatched, watchJob, type Job } from '#lib/jobs/jobs.svelte.ts';
import { isEmpty } from '#lib/noun/field.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { session } from '#lib/session.svelte.ts';
import { Stored } from '#lib/stored.svelte.ts';
import { recall, remember, type Mapped } from './remembered.ts';
import {
  defaultsOf,
  mappingOf,
  type Inspection,
  type Meanings,
  type Offered,
  type Preview,
  type Settings,
  type Targets,
} from './settings.ts';

/** What the gateway takes. */
const FILE_MAX_BYTES = 50 * 1024 * 1024;

const tooLarge = (): Problem =>
  new Problem({
    status: 413,
    code: 'INVALID_ARGUMENT',
    reason: 'FILE_TOO_LARGE',
    detail: m.import_too_large(),
    traceId: '',
    fields: [],
  });

/** The way of a file into the product: uploaded, its columns mapped, every row checked, then brought in as a job. */
export class Import {
  step = $state<'file' | 'columns' | 'check' | 'job'>('file');
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);
  fileName = $state('');
  inspection = $state.raw<Inspection | null>(null);
  preview = $state.raw<Preview | null>(null);

  targets = $state<Targets>({});
  meanings = $state<Meanings>({});
  /** What rows get that say nothing themselves, by field. */
  defaults = $state<Record<string, unknown>>({});
  onMatch = $state<Schemas['MatchAction']>('MATCH_ACTION_SKIP');
  history = $state(false);
  /** The columns are mapped as this person last did by hand. */
  recalled = $state(false);
  defaultOwnerId = $state('');

  #started = $state.raw<Job | null>(null);
  #checked = $state('');
  #fileId = '';
  #requestId = crypto.randomUUID();
  readonly #service: Service;
  readonly #noun: string;
  readonly #remembered: Stored<Mapped[]>;

  constructor(service: Service, noun: string) {
    this.#service = service;
    this.#noun = noun;
    this.#remembered = new Stored(`import.${noun}.${session.view.employeeId}`, []);
  }

  /** The job as it is now. */
  get job(): Job | null {
    return this.#started && jobAsWatched(this.#started);
  }

  /** Fields that columns may go into: those of the past only for who brings in history. */
  get offered(): Offered[] {
    return (this.inspection?.fields ?? []).filter(({ history }) => !history || this.history);
  }

  /** Required fields that no column goes into. */
  get withoutColumn(): Offered[] {
    return this.offered.filter(({ field, required }) => required && this.columnsOf(field).length === 0);
  }

  /** Labels of those that have no default either. */
  get missing(): string[] {
    return this.withoutColumn.filter(({ field }) => isEmpty(this.defaults[field])).map(({ label }) => label);
  }

  get leftOut(): string[] {
    const known = new Set(this.offered.map(({ field }) => field));
    return Object.keys(this.targets).filter((column) => !this.targets[column]?.some((field) => known.has(field)));
  }

  /** Something was changed since every row was checked. */
  get stale(): boolean {
    return JSON.stringify(this.#settings()) !== this.#checked;
  }

  columnsOf(field: string): string[] {
    return Object.keys(this.targets).filter((column) => this.targets[column]?.includes(field));
  }

  give(field: string, value: string, meaning: string): void {
    const { [value]: _, ...rest } = this.meanings[field] ?? {};
    this.meanings[field] = meaning === '' ? rest : { ...rest, [value]: meaning };
  }

  async take(file: File): Promise<void> {
    await this.#attempt(async () => {
      this.fileName = file.name;
      this.#fileId = await this.#upload(file);
      const request = { noun: this.#noun, fileId: this.#fileId };
      const inspection = await body(api.POST('/v1/{service}/imports:inspect', { params: this.#params, body: request }));
      this.inspection = inspection;
      this.preview = null;
      const recalled = recall(this.#remembered.current, this.#proposed);
      this.#map(recalled ?? this.#proposed);
      this.recalled = recalled !== undefined;
      this.step = 'columns';
    });
  }

  /** Back to the mapping that goes by the headings alone. */
  asProposed(): void {
    this.#map(this.#proposed);
    this.recalled = false;
  }

  /** Goes through every row as the import would; nothing is written. */
  async check(): Promise<void> {
    await this.#attempt(async () => {
      const settings = this.#settings();
      const request = { noun: this.#noun, settings };
      this.preview = await body(api.POST('/v1/{service}/imports:preview', { params: this.#params, body: request }));
      this.#checked = JSON.stringify(settings);
      this.step = 'check';
      const mapped = $state.snapshot({ targets: this.targets, meanings: this.meanings });
      this.#remembered.current = remember(this.#remembered.current, mapped, this.#proposed);
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

  get #proposed(): Mapped {
    const mapping = this.inspection?.mapping ?? [];
    return { targets: Object.fromEntries(mapping.map(({ column, field }) => [column, [field]])), meanings: {} };
  }

  #map({ targets, meanings }: Mapped): void {
    this.targets = targets;
    this.meanings = meanings;
  }

  get #params() {
    return { path: { service: this.#service } };
  }

  #settings(): Settings {
    return {
      fileId: this.#fileId,
      mapping: mappingOf(this.targets, this.meanings, this.offered),
      defaults: defaultsOf(this.defaults, this.offered),
      onMatch: this.onMatch,
      history: this.history,
      ...(this.defaultOwnerId ? { defaultOwnerId: this.defaultOwnerId } : {}),
    };
  }

  async #upload(file: File): Promise<string> {
    // Said before it is sent: the gateway would say it in bytes, after all of them went over the line.
    if (file.size > FILE_MAX_BYTES) throw tooLarge();
    const headers = {
      'content-type': file.type || 'application/octet-stream',
      'x-file-name': encodeURIComponent(file.name),
      'accept-language': getLocale(),
      traceparent: traceparent(),
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
