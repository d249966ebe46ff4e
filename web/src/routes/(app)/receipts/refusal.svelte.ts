import type { Schemas } from '#lib/api/client.ts';
import { asProblem, type Problem } from '#lib/api/problem.ts';
import { fieldMessage, problemMessage } from '#lib/api/problem-message.ts';
import { placeOf } from './allocation.ts';

type Sent = Schemas['ReceiptAllocation'][];

/** What a refusal says of the allocations that were sent: beside its instalment, or of the whole. */
export class Refusal {
  /** Sentences by instalment. */
  faults = $state.raw<Record<string, string>>({});
  problem = $state('');

  clear(): void {
    this.faults = {};
    this.problem = '';
  }

  /** Answers what the request does; undefined when it was refused. */
  async catch<T>(sent: Sent, ask: () => Promise<T>): Promise<T | undefined> {
    this.clear();
    try {
      return await ask();
    } catch (error) {
      const problem = asProblem(error);
      this.read(problem, sent);
      if (Object.keys(this.faults).length === 0) this.problem = whole(problem);
      return undefined;
    }
  }

  /** Takes what speaks of single instalments. */
  read(problem: Problem, sent: Sent): void {
    this.faults = Object.fromEntries(
      problem.fields.flatMap((field) => {
        const at = placeOf(field.field);
        const instalmentId = at === undefined ? undefined : sent[at]?.instalmentId;
        return instalmentId ? [[instalmentId, fieldMessage(field)]] : [];
      }),
    );
  }
}

const whole = (problem: Problem): string => {
  const [field] = problem.fields;
  return field ? fieldMessage(field) : problemMessage(problem);
};
