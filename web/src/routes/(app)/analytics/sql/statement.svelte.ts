import { api } from '#lib/api/client.ts';
import { asProblem, type Problem } from '#lib/api/problem.ts';

/** Rows that are shown; a file has all of them. */
export const SHOWN_MAX = 1_000;

type Column = { name: string; type: string };

/** What a statement answered: rows, or text where it names a format of its own. */
export type Result = {
  seconds: number;
} & ({ kind: 'rows'; columns: Column[]; rows: unknown[][]; cut: boolean } | { kind: 'text'; text: string });

const PATH = '/v1/analytics/sql';

const send = (body: string, query: Record<string, string | number>, signal: AbortSignal) =>
  api.POST(PATH, {
    params: { query },
    body,
    bodySerializer: (text) => text,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    parseAs: 'text',
    signal,
  });

const readRows = (text: string, seconds: number): Result => {
  const { meta, data } = JSON.parse(text) as { meta: Column[]; data: unknown[][] };
  return { kind: 'rows', seconds, columns: meta, rows: data.slice(0, SHOWN_MAX), cut: data.length > SHOWN_MAX };
};

/** One statement at a time: runs, is cancelled, tells what came of it. */
export class Statement {
  result = $state.raw<Result | undefined>(undefined);
  problem = $state.raw<Problem | undefined>(undefined);
  cancelled = $state(false);
  running = $state(false);
  #stop = new AbortController();

  async run(text: string): Promise<void> {
    await this.#work(async (signal) => {
      const began = performance.now();
      // One more than is shown tells whether there are more.
      const asked = { default_format: 'JSONCompact', max_rows: SHOWN_MAX + 1 };
      const { data = '', response } = await send(text, asked, signal);
      const seconds = (performance.now() - began) / 1_000;
      const format = response.headers.get('x-clickhouse-format');
      this.result = format === 'JSONCompact' ? readRows(data, seconds) : { kind: 'text', seconds, text: data };
    });
  }

  /** Every row, as a file. */
  async file(text: string): Promise<string | undefined> {
    return this.#work(async (signal) => (await send(text, { default_format: 'CSVWithNames' }, signal)).data);
  }

  cancel(): void {
    this.#stop.abort();
  }

  async #work<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    this.cancel();
    const stop = new AbortController();
    this.#stop = stop;
    [this.running, this.cancelled, this.problem] = [true, false, undefined];
    try {
      return await work(stop.signal);
    } catch (error) {
      if (this.#stop === stop) [this.cancelled, this.problem] = [stop.signal.aborted, this.#problemOf(error, stop)];
      return undefined;
    } finally {
      if (this.#stop === stop) this.running = false;
    }
  }

  #problemOf(error: unknown, { signal }: AbortController): Problem | undefined {
    return signal.aborted ? undefined : asProblem(error);
  }
}
