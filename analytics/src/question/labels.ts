import { queryable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { enterprise } from '@pelagic/chassis/enterprise';
import { CUBES } from '../cubes/catalogue.ts';
import type { Dimension, Text } from '../cubes/cube.ts';
import type { Directory } from '../directory/directory.ts';
import type { Engine } from '../engine/engine.ts';
import { bindings, TEXTS } from './bindings.ts';
import { ask } from './limits.ts';
import { visibleRecords } from './scope.ts';

/** In the caller's language; that of the enterprise when the caller has none. */
export const said = (caller: Caller, text: Text): string =>
  (caller.grants?.locale || enterprise().locale).startsWith('zh') ? text.zh : text.en;

/** Kinds of dimensions whose values are records. */
const RECORDS = ['customer', 'campaign'] as const;

/** Names of records of a noun that the caller may see; none when the name is hidden or masked for them. */
export const recordNames = async (
  engine: Engine,
  caller: Caller,
  now: Date,
  noun: (typeof RECORDS)[number],
  ids: string[],
): Promise<Map<string, string>> => {
  const wanted = [...new Set(ids.filter(Boolean))];
  if (!wanted.length || !queryable(caller, noun, 'name')) return new Map();
  const bound = bindings();
  const records = visibleRecords(CUBES.get(noun)!, { caller, now, bindings: bound });
  const sql = `select id, name from ${records} where id in ${bound.bind(TEXTS, wanted)}`;
  const rows = await ask<{ id: string; name: string }>(
    engine,
    { sql, params: bound.params },
    `analytics ${noun} names`,
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
};

/** Names of all the records that the keys of an answer are, whatever their noun. */
export const namesIn = async (
  engine: Engine,
  caller: Caller,
  now: Date,
  dimensions: Dimension[],
  keys: string[][],
): Promise<Map<string, string>> => {
  const found = await Promise.all(
    RECORDS.map((noun) => {
      const ids = dimensions.flatMap(({ kind }, index) => (kind === noun ? keys.map((row) => row[index]!) : []));
      return recordNames(engine, caller, now, noun, ids);
    }),
  );
  return new Map(found.flatMap((names) => [...names]));
};

const stageName = (directory: Directory, id: string): string => {
  for (const { stages } of [...directory.pipelines.values(), ...directory.pipelineRevisions]) {
    const stage = stages.find((candidate) => candidate.id === id);
    if (stage) return stage.name;
  }
  return '';
};

/** The name of a key for people; the key itself where it is one, empty for a missing value. */
export const labelOf = (
  dimension: Dimension,
  key: string,
  directory: Directory,
  caller: Caller,
  names: Map<string, string>,
): string => {
  if (!key) return '';
  switch (dimension.kind) {
    case 'employee':
      return directory.employees.get(key)?.name ?? '';
    case 'department':
      return directory.departments.get(key)?.name ?? '';
    case 'pipeline':
      return directory.pipelines.get(key)?.name ?? '';
    case 'queue':
      return directory.queues.get(key)?.name ?? '';
    case 'product':
      return directory.products.get(key)?.name ?? '';
    case 'product_category':
      return directory.productCategories.get(key)?.name ?? '';
    case 'stage':
      return stageName(directory, key);
    case 'customer':
    case 'campaign':
      return names.get(key) ?? '';
    default: {
      const known = dimension.values?.[key];
      return known ? said(caller, known) : key;
    }
  }
};
