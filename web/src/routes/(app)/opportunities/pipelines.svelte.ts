import { api, body, type Schemas } from '#lib/api/client.ts';
import { live } from '#lib/live.ts';
import type { Choice } from '#lib/noun/field.ts';

export type Pipeline = Schemas['Pipeline'];
export type Stage = Schemas['Stage'];

/** The pipelines of the enterprise: few, and on nearly every page of sales, so they come once and stay. */
class Pipelines {
  #all = $state.raw<Pipeline[]>([]);
  #asked = false;

  /** Also those no longer in use: old deals stand in them. */
  get all(): Pipeline[] {
    if (!this.#asked) {
      this.#asked = true;
      setTimeout(() => void this.load().catch(() => (this.#asked = false)), 0);
      live.on('pipeline', () => this.load());
    }
    return this.#all;
  }

  get active(): Pipeline[] {
    return this.all.filter(({ active }) => active);
  }

  async load(): Promise<Pipeline[]> {
    const answer = await body(api.GET('/v1/pipelines', { params: { query: { includeInactive: true } } }));
    this.#asked = true;
    this.#all = answer.pipelines;
    return this.#all;
  }

  of(id: string): Pipeline | undefined {
    return this.all.find((pipeline) => pipeline.id === id);
  }

  /** Every stage as a choice, with its pipeline's name where there are several. */
  stageChoices(): Choice[] {
    const several = this.all.length > 1;
    return this.all.flatMap(({ name, stages }) =>
      stages.map((stage) => ({ value: stage.id, label: several ? `${name} · ${stage.name}` : stage.name })),
    );
  }
}

export const pipelines = new Pipelines();
