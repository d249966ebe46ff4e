import { asProblem, type Problem } from './problem.ts';

/** An answer that a page is made from: what was there stays while it is asked for again. */
export class Loaded<T> {
  value = $state.raw<T | undefined>(undefined);
  problem = $state.raw<Problem | null>(null);
  readonly #ask: () => Promise<T>;
  #turn = 0;

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
  }

  /** Asks another question: what was there answers the one before. */
  anew(): Promise<void> {
    this.value = undefined;
    this.problem = null;
    return this.load();
  }

  async load(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    try {
      const value = await this.#ask();
      if (turn !== this.#turn) return;
      this.value = value;
      this.problem = null;
    } catch (error) {
      if (turn === this.#turn) this.problem = asProblem(error);
    }
  }
}

/** Rows that come in pages, added to as one goes on. */
export class Pages<T> {
  rows = $state.raw<T[] | undefined>(undefined);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  #next = $state('');
  readonly #ask: (token: string) => Promise<{ rows: T[]; next: string }>;
  #turn = 0;

  constructor(ask: (token: string) => Promise<{ rows: T[]; next: string }>) {
    this.#ask = ask;
  }

  get complete(): boolean {
    return this.#next === '';
  }

  load(): Promise<void> {
    return this.#take('', []);
  }

  /** Asks another question: what was there answers the one before. */
  anew(): Promise<void> {
    this.rows = undefined;
    this.problem = null;
    return this.load();
  }

  async more(): Promise<void> {
    if (!this.busy && this.#next) await this.#take(this.#next, this.rows ?? []);
  }

  async #take(token: string, before: T[]): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    this.busy = true;
    try {
      const { rows, next } = await this.#ask(token);
      if (turn !== this.#turn) return;
      this.rows = [...before, ...rows];
      this.#next = next;
      this.problem = null;
    } catch (error) {
      if (turn === this.#turn) this.problem = asProblem(error);
    }
    if (turn === this.#turn) this.busy = false;
  }
}
