import { SvelteMap } from 'svelte/reactivity';
import type { Problem } from '#lib/api/problem.ts';
import { asProblem } from '#lib/api/problem.ts';
import { sayProblem } from '#lib/ui/toast.svelte.ts';

/** Files that are on their way at the same time; the others wait. */
const AT_ONCE = 3;

type Way = { signal: AbortSignal; requestId: string; onprogress: (share: number) => unknown };
/** Brings one file to where it belongs. The same request id is the same file, once. */
type Bring = (file: File, way: Way) => Promise<unknown>;

/** One file on its way. */
export class Upload {
  readonly id = crypto.randomUUID();
  readonly file: File;
  /** Of its bytes, 0 to 1. */
  share = $state(0);
  state = $state<'waiting' | 'going' | 'failed'>('waiting');
  problem = $state.raw<Problem | null>(null);
  aborter = new AbortController();

  constructor(file: File) {
    this.file = file;
  }
}

/** Files that somebody chose, brought a few at a time; what failed stays until it is tried again or put away. */
export class Uploads {
  readonly #all = new SvelteMap<string, Upload>();
  readonly #bring: Bring;
  #watched = true;

  constructor(bring: Bring) {
    this.#bring = bring;
  }

  get all(): Upload[] {
    return [...this.#all.values()];
  }

  get #going(): number {
    return this.all.filter(({ state }) => state === 'going').length;
  }

  add(files: File[]): void {
    for (const file of files) {
      const upload = new Upload(file);
      this.#all.set(upload.id, upload);
    }
    this.#next();
  }

  retry(upload: Upload): void {
    [upload.state, upload.share, upload.problem, upload.aborter] = ['waiting', 0, null, new AbortController()];
    this.#next();
  }

  /** On its way or failed: it is no more. */
  cancel(upload: Upload): void {
    this.#all.delete(upload.id);
    upload.aborter.abort();
    this.#next();
  }

  /** The page is left: what is on its way goes on, and what fails then is said aloud. */
  leave(): void {
    this.#watched = false;
  }

  #next(): void {
    for (const upload of this.all) if (upload.state === 'waiting' && this.#going < AT_ONCE) void this.#send(upload);
    // The browser asks before it throws files away that are half over the line.
    const [warn, calm] = ['addEventListener', 'removeEventListener'] as const;
    globalThis[this.#going > 0 ? warn : calm]('beforeunload', askFirst);
  }

  async #send(upload: Upload): Promise<void> {
    upload.state = 'going';
    const { signal } = upload.aborter;
    const onprogress = (share: number) => (upload.share = share);
    try {
      await this.#bring(upload.file, { signal, requestId: upload.id, onprogress });
      this.#all.delete(upload.id);
    } catch (error) {
      if (!signal.aborted) [upload.state, upload.problem] = ['failed', asProblem(error)];
      if (!signal.aborted && !this.#watched) sayProblem(error);
    }
    this.#next();
  }
}

const askFirst = (event: Event): void => event.preventDefault();
