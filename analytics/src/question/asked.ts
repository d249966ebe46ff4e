import { may, queryable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { invalidField } from '@pelagic/chassis/problem';
import type { Question } from '@pelagic/proto/crm/analytics/v1/analytics';
import { CUBES } from '../cubes/catalogue.ts';
import type { Behind, Cube, Dimension, Measure } from '../cubes/cube.ts';
import { customDimensions, customMeasures } from '../cubes/custom.ts';
import { tagDimension } from '../cubes/tags.ts';
import { customFieldsOf, type Directory } from '../directory/directory.ts';
import { grainOf, periodOf, type Grain, type Period } from './period.ts';
import { demandRead } from './scope.ts';

export type Named<T> = T & { name: string };

/** A question that makes sense and that the caller may ask. */
export type Asked = {
  cube: Cube;
  measures: Named<Measure>[];
  dimensions: Named<Dimension>[];
  period: Period;
  compare: Period | undefined;
  grain: Grain | undefined;
  employeeId: string;
  departmentId: string;
  todaysTree: boolean;
  filters: { dimension: Named<Dimension>; values: string[] }[];
  /** Of a key: its place among the keys, the grain first; of a measure: its place among the measures. */
  order: { by: 'key' | 'measure'; index: number };
  limit: number;
};

const LIMIT_DEFAULT = 100;
/** More than a grain can have periods. */
const LIMIT_OF_GRAIN = 1_000;

const unknown = (field: string, name: string, names: string[]) =>
  invalidField(field, 'UNKNOWN_NAME', `There is no ${name}; choose from ${names.join(', ')}.`, { name });

export const cubeOf = (name: string, caller: Caller, field = 'question.cube'): Cube => {
  const cube = CUBES.get(name);
  if (!cube) throw unknown(field, name, [...CUBES.keys()]);
  demandRead(cube, caller);
  return cube;
};

/** The dimensions of a cube with its tags and those of its custom fields, without what the caller may not read. */
export const dimensionsOf = (cube: Cube, directory: Directory, caller: Caller): Map<string, Dimension> => {
  const every = {
    ...cube.dimensions,
    ...tagDimension(cube, directory.tags),
    ...customDimensions(customFieldsOf(directory, cube.noun)),
  };
  const readable = ({ from, field, permission }: Dimension): boolean =>
    (!field || queryable(caller, from === 'customer' ? 'customer' : cube.noun, field)) &&
    (!permission || caller.kind === 'service' || Boolean(caller.grants?.permissions.has(permission)));
  return new Map(Object.entries(every).filter(([, dimension]) => readable(dimension)));
};

/** Whether the caller may read what of other nouns something is made of. */
export const mayReadBehind = (caller: Caller, behind: Behind = {}): boolean =>
  Object.entries(behind).every(
    ([noun, fields]) => may(caller, `${noun}.read`) && fields.every((field) => queryable(caller, noun, field)),
  );

/** The measures of a cube with those of its custom fields, without what the caller may not read. */
export const measuresOf = (cube: Cube, directory: Directory, caller: Caller): Map<string, Measure> => {
  const every = { ...cube.measures, ...customMeasures(cube, customFieldsOf(directory, cube.noun)) };
  return new Map(
    Object.entries(every).filter(
      ([, { fields = [], moment, behind }]) =>
        [...fields, ...(cube.moments[moment]?.fields ?? [])].every((field) => queryable(caller, cube.noun, field)) &&
        mayReadBehind(caller, behind),
    ),
  );
};

const named = <T>(known: Map<string, T>, name: string, field: string): Named<T> => {
  const found = known.get(name);
  if (!found) throw unknown(field, name, [...known.keys()]);
  return { ...found, name };
};

/** Whose figures: who may not read whose a record is finds it out by no person and no department either. */
export const refuseOrganization = (
  noun: string,
  caller: Caller,
  { employeeId, departmentId }: { employeeId: string; departmentId: string },
  prefix: string,
): void => {
  const asked = [...(employeeId ? ['ownerId'] : []), ...(departmentId ? ['departmentId'] : [])];
  const field = asked.find((each) => !queryable(caller, noun, each));
  if (field)
    throw invalidField(
      `${prefix}organization.${field === 'ownerId' ? 'employeeId' : field}`,
      'FIELD_NOT_READABLE',
      'Your role may not read whose these records are.',
      { field },
    );
};

const orderOf = (
  question: Question,
  measures: Named<Measure>[],
  dimensions: Named<Dimension>[],
  grain: Grain | undefined,
): Asked['order'] => {
  const { orderBy } = question;
  if (!orderBy) return grain ? { by: 'key', index: 0 } : { by: 'measure', index: 0 };
  const measure = measures.findIndex(({ name }) => name === orderBy);
  if (measure >= 0) return { by: 'measure', index: measure };
  const dimension = dimensions.findIndex(({ name }) => name === orderBy);
  if (dimension >= 0) return { by: 'key', index: dimension + (grain ? 1 : 0) };
  throw unknown(
    'question.orderBy',
    orderBy,
    [...measures, ...dimensions].map(({ name }) => name),
  );
};

/** Throws a Problem that names the field when the question makes no sense or asks for what is not the caller's to see. */
export const asked = (question: Question, directory: Directory, caller: Caller): Asked => {
  const cube = cubeOf(question.cube, caller);
  const known = { measures: measuresOf(cube, directory, caller), dimensions: dimensionsOf(cube, directory, caller) };
  if (!question.measures.length) throw invalidField('question.measures', 'REQUIRED', 'Ask for at least one measure.');
  const measures = question.measures.map((name, index) => named(known.measures, name, `question.measures[${index}]`));
  const dimensions = question.dimensions.map((name, index) =>
    named(known.dimensions, name, `question.dimensions[${index}]`),
  );
  const { employeeId = '', departmentId = '', todaysTree = false } = question.organization ?? {};
  if (employeeId && departmentId)
    throw invalidField('question.organization.departmentId', 'ONE_OF', 'Choose a person or a department, not both.', {
      fields: 'employeeId, departmentId',
    });
  refuseOrganization(cube.noun, caller, { employeeId, departmentId }, 'question.');
  const grain = grainOf(question.grain);
  return {
    cube,
    measures,
    dimensions,
    period: periodOf(question.period!, 'question.period'),
    compare: question.compare && periodOf(question.compare, 'question.compare'),
    grain,
    employeeId,
    departmentId,
    todaysTree,
    filters: question.filters.map(({ dimension, values }, index) => ({
      dimension: named(known.dimensions, dimension, `question.filters[${index}].dimension`),
      values,
    })),
    order: orderOf(question, measures, dimensions, grain),
    limit: question.limit || (grain ? LIMIT_OF_GRAIN : LIMIT_DEFAULT),
  };
};
