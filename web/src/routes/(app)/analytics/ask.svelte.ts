import { untrack } from 'svelte';
import { api, body, type PostBody, type Schemas } from '#lib/api/client.ts';
import type { Problem } from '#lib/api/problem.ts';
import { follow, type Follow } from './follow.ts';

export type Question = PostBody<'/v1/analytics/questions:ask'>['question'];
export type Answer = Schemas['AskQuestionResponse'];
export type Funnel = Schemas['GetFunnelResponse'];
export type FunnelQuestion = PostBody<'/v1/analytics/funnels:get'>;

/** An answer of the analytics service that follows its question. */
class Following<Q, A> {
  answer = $state.raw<A | null>(null);
  question = $state.raw<Q | null>(null);
  problem = $state.raw<Problem | null>(null);
  loading = $state(true);
  behind = $state(false);
  #asked: Q | null = null;
  readonly #follow: Follow<Q>;

  constructor(fetch: (question: Q, signal: AbortSignal) => Promise<A>) {
    this.#follow = follow<Q, A>(this, fetch);
  }

  /** Asked from an effect, which must not run again because the answer came. */
  async ask(question: Q): Promise<void> {
    this.#asked = question;
    await untrack(() => this.#follow(question));
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
