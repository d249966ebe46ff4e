/** One thing that was wrong, with the first that showed it. */
export type Fault = { what: string; times: number; request: string; answer: string };

/** What a part of the run did. */
export type Figures = {
  requests: number;
  /** Requests that more than their form was looked at of: done, or refused by a rule. */
  rules: number;
  statuses: Record<string, number>;
  faults: Fault[];
};

const SHOWN_MAX = 1_500;

/** Ids, figures and what was sent differ from fault to fault; the fault does not. */
const kindOf = (what: string): string =>
  what
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>')
    .replace(/\d+/g, '<n>')
    .slice(0, 200);

export class Tally {
  requests = 0;
  rules = 0;
  readonly #statuses = new Map<string, number>();
  readonly #faults = new Map<string, Fault>();

  count(status: string, rule: boolean): void {
    this.requests += 1;
    if (rule) this.rules += 1;
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }

  fault(where: string, what: string, request: string, answer: string): void {
    const key = `${where}: ${kindOf(what)}`;
    const known = this.#faults.get(key);
    if (known) known.times += 1;
    else
      this.#faults.set(key, {
        what: `${where}: ${what}`,
        times: 1,
        request: request.slice(0, SHOWN_MAX),
        answer: answer.slice(0, SHOWN_MAX),
      });
  }

  figures(): Figures {
    const statuses = Object.fromEntries([...this.#statuses].toSorted(([a], [b]) => a.localeCompare(b)));
    return { requests: this.requests, rules: this.rules, statuses, faults: [...this.#faults.values()] };
  }
}
