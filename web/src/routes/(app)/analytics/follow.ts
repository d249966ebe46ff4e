import { asProblem, type Problem } from '#lib/api/problem.ts';

/** What a card shows of the last answer; the old one stays until the new one is here. */
export type Followed<Q, A> = {
  answer: A | null;
  /** What the answer is to: not what is being asked now. */
  question: Q | null;
  problem: Problem | null;
  loading: boolean;
  /** Another question is under way: what is shown is of the one before. */
  behind: boolean;
};

export type Follow<Q> = (question: Q) => Promise<void>;

/** Asks, and writes what comes of it into `shown`. A new question takes the place of the one that is under way. */
export function follow<Q, A>(
  shown: Followed<Q, A>,
  fetch: (question: Q, signal: AbortSignal) => Promise<A>,
): Follow<Q> {
  let underWay: { text: string; again: boolean; controller: AbortController } | null = null;

  return async function ask(question) {
    const text = JSON.stringify(question);
    // Under a stream of changes an answer that is thrown away whenever there is more to count would never come.
    if (underWay?.text === text) {
      underWay.again = true;
      return;
    }
    underWay?.controller.abort();
    const controller = new AbortController();
    const mine = { text, again: false, controller };
    underWay = mine;
    shown.loading = shown.answer === null || shown.problem !== null;
    shown.behind = JSON.stringify(shown.question) !== text;
    try {
      const answer = await fetch(question, controller.signal);
      if (controller.signal.aborted) return;
      shown.answer = answer;
      shown.question = question;
      shown.problem = null;
    } catch (error) {
      if (controller.signal.aborted) return;
      shown.problem = asProblem(error);
    }
    underWay = null;
    shown.loading = false;
    shown.behind = false;
    if (mine.again) await ask(question);
  };
}
