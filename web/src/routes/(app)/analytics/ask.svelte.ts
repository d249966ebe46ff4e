import { untrack } from 'svelte';
import { api, body, type PostBody, type Schemas } from '#lib/api/client.ts';
import { asProblem, type Problem } from '#lib/api/problem.ts';

export type Question = PostBody<'/v1/analytics/questions:ask'>['question'];
export type Answer = Schemas['AskQuestionResponse'];
export type Funnel = Schemas['GetFunnelResponse'];
export type FunnelQuestion = PostBody<'/v1/analytics/funnels:get'>;

/** An answer of the analytics service that follows its question; the old one stays until the new one is here. */
class Following<Q, A> {
  answer = $state.raw<A | null>(null);
  /** What the answer is to: not what is being asked now. */
  question = $state.raw<Q | null>(null);
  problem = $state.raw<Problem | null>(null);
  loading = $state(true);
  /** Another question is under way: what is shown is of the one before. */
  behind = $state(false);
  #asked: Q | null = null;
  #controller = new AbortController();
  readonly #fetch: (question: Q, signal: AbortSignal) => Promise<A>;

  constructor(fetch: (question: Q, signal: AbortSignal) => Promise<A>) {
    this.#fetch = fetch;
  }

  async ask(question: Q): Promise<void> {
    this.#controller.abort();
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    // Asked from an effect, which must not run again because the answer came.
    untrack(() => {
      this.loading = this.answer === null || this.problem !== null;
      this.behind = JSON.stringify(this.question) !== JSON.stringify(question);
    });
    this.#asked = question;
    try {
      const answer = await this.#fetch(question, signal);
      if (signal.aborted) return;
      this.answer = answer;
      this.question = question;
      this.problem = null;
    } catch (error) {
      if (signal.aborted) return;
      this.problem = asProblem(error);
    }
    this.loading = false;
    this.behind = false;
  }

  async again(): Promise<void> {
    if (this.#asked) await this.ask(this.#asked);
  }
}

export function asking() {
  return new Following(async (question: Question, signal: AbortSignal): Promise<Answer> =>
    body(api.POST('/v1/analytics/questions:ask', { body: { question }, signal })),
  );
}

/** Several questions in one request. */
export function askingMany() {
  return new Following(
    async (questions: Question[], signal: AbortSignal): Promise<Answer[]> =>
      (await body(api.POST('/v1/analytics/questions:batchAsk', { body: { questions }, signal }))).answers,
  );
}

export function askingFunnel() {
  return new Following(async (question: FunnelQuestion, signal: AbortSignal): Promise<Funnel> =>
    body(api.POST('/v1/analytics/funnels:get', { body: question, signal })),
  );
}
