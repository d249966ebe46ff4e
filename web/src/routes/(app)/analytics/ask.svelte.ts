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
  problem = $state.raw<Problem | null>(null);
  loading = $state(true);
  #question: Q | null = null;
  #controller = new AbortController();
  readonly #fetch: (question: Q, signal: AbortSignal) => Promise<A>;

  constructor(fetch: (question: Q, signal: AbortSignal) => Promise<A>) {
    this.#fetch = fetch;
  }

  get question(): Q | null {
    return this.#question;
  }

  async ask(question: Q): Promise<void> {
    this.#question = question;
    this.#controller.abort();
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    // Asked from an effect, which must not run again because the answer came.
    this.loading = untrack(() => this.answer === null || this.problem !== null);
    try {
      const answer = await this.#fetch(question, signal);
      if (signal.aborted) return;
      this.answer = answer;
      this.problem = null;
    } catch (error) {
      if (signal.aborted) return;
      this.problem = asProblem(error);
    }
    this.loading = false;
  }

  async again(): Promise<void> {
    if (this.#question) await this.ask(this.#question);
  }
}

export type Asked = Following<Question, Answer>;
export type AskedFunnel = Following<FunnelQuestion, Funnel>;

export function asking(): Asked {
  return new Following((question: Question, signal: AbortSignal) =>
    body(api.POST('/v1/analytics/questions:ask', { body: { question }, signal })),
  );
}

export function askingFunnel(): AskedFunnel {
  return new Following((question: FunnelQuestion, signal: AbortSignal) =>
    body(api.POST('/v1/analytics/funnels:get', { body: question, signal })),
  );
}
