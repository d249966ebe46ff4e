import type { Caller } from '@pelagic/chassis/caller';
import type {
  Cube as CubeMessage,
  Dimension as DimensionMessage,
  Measure as MeasureMessage,
} from '@pelagic/proto/crm/analytics/v1/analytics';
import { CUBES } from './cubes/catalogue.ts';
import type { Dimension, Measure } from './cubes/cube.ts';
import type { Directory } from './directory/directory.ts';
import { dimensionsOf, measuresOf } from './question/asked.ts';
import { said } from './question/labels.ts';

/** The cubes as the caller may use them, said in their language. A retired custom field or tag is offered no more; reports that ask by it go on. */
export const dictionary = (everything: Directory, caller: Caller): CubeMessage[] => {
  const directory = {
    ...everything,
    customFields: everything.customFields.filter(({ retired }) => !retired),
    tags: everything.tags.filter(({ retired }) => !retired),
  };
  const readable = [...CUBES.values()].filter(
    ({ noun }) => caller.kind === 'service' || caller.grants?.permissions.has(`${noun}.read`),
  );
  return readable.map((cube) => {
    const measure = ([name, { label, description, unit, moment }]: [string, Measure]): MeasureMessage => ({
      name,
      unit,
      label: said(caller, label),
      description: said(caller, description),
      date: cube.moments[moment]!.date.replace(/^[fm]\./, ''),
    });
    const dimension = ([name, { label, description, kind, values = {} }]: [string, Dimension]): DimensionMessage => ({
      name,
      kind,
      label: said(caller, label),
      description: said(caller, description),
      values: Object.entries(values).map(([key, text]) => ({ key, label: said(caller, text) })),
    });
    return {
      name: cube.noun,
      noun: cube.noun,
      label: said(caller, cube.label),
      description: said(caller, cube.description),
      measures: [...measuresOf(cube, directory, caller)].map(measure),
      dimensions: [...dimensionsOf(cube, directory, caller)].map(dimension),
    };
  });
};
