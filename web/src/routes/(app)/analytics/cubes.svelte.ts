import { api, body, type Schemas } from '#lib/api/client.ts';
import type { Unit } from '#lib/chart/figure.ts';

type Cube = Schemas['Cube'];
type Measure = Schemas['Measure'];

/** The dictionary of figures: what each measure is called, counted in and means, in the language of the pages. */
class Cubes {
  #all = $state.raw<Cube[]>([]);
  #asked: Promise<void> | null = null;

  load(): Promise<void> {
    this.#asked ??= body(api.GET('/v1/analytics/cubes')).then(
      (answer) => void (this.#all = answer.cubes),
      (error: unknown) => {
        this.#asked = null;
        throw error;
      },
    );
    return this.#asked;
  }

  measure(cube: string, name: string): Measure | undefined {
    return this.#all.find((candidate) => candidate.name === cube)?.measures.find((measure) => measure.name === name);
  }

  unit(cube: string, name: string): Unit {
    return (this.measure(cube, name)?.unit ?? 'count') as Unit;
  }
}

export const cubes = new Cubes();
