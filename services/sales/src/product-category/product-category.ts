import type { ProductCategory } from '@pelagic/proto/crm/sales/v1/product_category';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { brokenConstraint, type Tx } from '@pelagic/chassis/database';
import { invalidField, Problem } from '@pelagic/chassis/problem';
import { sql, type Kysely } from 'kysely';

export type CategoryRow = RecordRow & { name: string; parent_id: string | null };

/** The tree is everybody's; who may change it is the seam's question. */
export const productCategory = defineNoun({
  noun: 'product_category',
  search: { open: ['name'], guarded: [] },
  reach: () => sql<boolean>`true`,
});

export const categoryMessage = (row: CategoryRow): ProductCategory =>
  productCategory.mapping.toMessage(row as unknown as Row) as unknown as ProductCategory;

export const LEVELS_MAX = 6;
export const CATEGORIES_MAX = 1_000;

/** Whether it is there; it cannot be taken away until this is done. */
export const lockCategory = async (tx: Tx, id: string): Promise<boolean> =>
  (await sql`select from product_category where id = ${id} and delete_time is null for share`.execute(tx.sql)).rows
    .length > 0;

/** As files name them: by the name alone, or with those above it, as in 设备 / 水泵. */
export const categoriesNamed = async (db: Kysely<any>, text: string): Promise<{ id: string; name: string }[]> => {
  const wanted = text
    .toLowerCase()
    .split('/')
    .map((part) => part.trim())
    .join(' / ');
  const { rows } = await sql<{ id: string; name: string }>`
    with recursive path as (
      select id, lower(name) as path, name from product_category where parent_id is null and delete_time is null
      union all
      select below.id, path.path || ' / ' || lower(below.name), below.name
      from product_category below join path on path.id = below.parent_id where below.delete_time is null
    )
    select id, name from path where path = ${wanted} or lower(name) = ${wanted} limit 3`.execute(db);
  return rows;
};

type Placed = Pick<CategoryRow, 'id' | 'parent_id'>;

/** Throws unless the category may hang there: below something that is there, not below itself, not too deep. */
export const checkPlace = (categories: Placed[], { id, parent_id: parentId }: Placed): void => {
  const refuse = (reason: 'UNKNOWN_CATEGORY' | 'CATEGORY_BELOW_ITSELF' | 'CATEGORY_TOO_DEEP', message: string) =>
    invalidField('productCategory.parentId', reason, message);
  const parents = new Map(categories.map((category) => [category.id, category.parent_id]));
  if (parentId && !parents.has(parentId)) throw refuse('UNKNOWN_CATEGORY', 'There is no such product category.');
  let above = 0;
  for (let at = parentId; at; at = parents.get(at) ?? null) {
    if (at === id) throw refuse('CATEGORY_BELOW_ITSELF', 'A category cannot hang below itself.');
    above += 1;
  }
  const depth = (at: string): number =>
    1 + Math.max(0, ...categories.filter(({ parent_id: parent }) => parent === at).map((below) => depth(below.id)));
  if (above + depth(id) > LEVELS_MAX) throw refuse('CATEGORY_TOO_DEEP', `The tree has at most ${LEVELS_MAX} levels.`);
};

export const refuseTakenName = (error: unknown): never => {
  if (brokenConstraint(error) !== 'product_category_name') throw error;
  const message = 'A category beside it has this name already.';
  throw new Problem('ALREADY_EXISTS', 'NAME_TAKEN', message, {
    fields: [{ field: 'productCategory.name', reason: 'NAME_TAKEN', message }],
    cause: error,
  });
};
