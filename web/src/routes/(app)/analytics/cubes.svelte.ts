import { api, body, type Schemas } from '#lib/api/client.ts';
import type { Unit } from '#lib/chart/figure.ts';

type Cube = Schemas['Cube'];
type Measure = Schemas['Measure'];
type Dimension = Schemas['Dimension'];

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

  get all(): Cube[] {
    return this.#all;
  }

  measure(cube: string, name: string): Measure | undefined {
    return this.#of(cube)?.measures.find((measure) => measure.name === name);
  }

  /** Those of the cube that the reader may use, in the order asked for; all that `custom.` begins with come last. */
  dimensions(cube: string, names: string[]): Dimension[] {
    const known = this.#of(cube)?.dimensions ?? [];
    const named = names.flatMap((name) => known.find((dimension) => dimension.name === name) ?? []);
    return [...named, ...known.filter(({ name }) => name.startsWith('custom.'))];
  }

  unit(cube: string, name: string): Unit {
    return (this.measure(cube, name)?.unit ?? 'count') as Unit;
  }

  #of(name: string): Cube | undefined {
    return this.#all.find((candidate) => candidate.name === name);
  }
}

export const cubes = new Cubes();
