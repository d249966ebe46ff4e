import { ProductCategoryServiceService, type ProductCategory } from '@pelagic/proto/crm/sales/v1/product_category';
import { newFields, writeFields } from '@pelagic/capabilities/record/fields';
import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { applyChange, deleteRecord, insertRecord, lockRecord } from '@pelagic/capabilities/record/records';
import { tidyName } from '@pelagic/capabilities/record/tidy';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { once } from '@pelagic/chassis/once';
import { refused, stale } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { sql, type Kysely } from 'kysely';
import type { SalesService } from '../sales-service.ts';
import {
  CATEGORIES_MAX,
  categoryMessage,
  checkPlace,
  productCategory,
  refuseTakenName,
  type CategoryRow,
} from './product-category.ts';

const living = async (db: Kysely<any>): Promise<CategoryRow[]> =>
  (
    await sql<CategoryRow>`
      select * from product_category where delete_time is null order by lower(name), id limit ${CATEGORIES_MAX}`.execute(
      db,
    )
  ).rows;

/** Two who move categories at once could hang each below the other: they take turns. */
const inTurn = async (tx: Tx): Promise<CategoryRow[]> => {
  await sql`select pg_advisory_xact_lock(hashtextextended('product_category', 0))`.execute(tx.sql);
  return living(tx.sql);
};

const createCategory = async (tx: Tx, message: ProductCategory, caller: Caller): Promise<CategoryRow> => {
  const row = (await newFields(tx, productCategory, message as unknown as Message, caller)) as unknown as CategoryRow;
  row.name = tidyName(row.name, 'productCategory.name');
  const tree = await inTurn(tx);
  if (tree.length >= CATEGORIES_MAX)
    throw refused('TOO_MANY_CATEGORIES', `There are ${CATEGORIES_MAX} product categories already.`);
  const id = uuidv7();
  checkPlace([...tree, { ...row, id }], { id, parent_id: row.parent_id });
  return insertRecord<CategoryRow>(tx, productCategory, { ...(row as unknown as Row), id }, caller).catch(
    refuseTakenName,
  );
};

const updateCategory = async (
  tx: Tx,
  id: string,
  message: ProductCategory,
  mask: string[],
  caller: Caller,
): Promise<CategoryRow> => {
  const tree = await inTurn(tx);
  const locked = await lockRecord<CategoryRow>(tx, productCategory, id, caller, { action: 'manage' });
  if (message.version && message.version !== locked.version) throw stale('product_category', locked.version);
  return applyChange<CategoryRow>(tx, productCategory, locked, { verb: 'updated' }, async (row) => {
    await writeFields(tx, productCategory, row as unknown as Row, message as unknown as Message, caller, mask);
    row.name = tidyName(row.name, 'productCategory.name');
    checkPlace(tree, row);
  }).catch(refuseTakenName);
};

/** Refuses while something hangs below it or stands in it; products in the recycle bin lose it when they come back. */
const removeCategory = async (tx: Tx, id: string, caller: Caller, version: number): Promise<void> => {
  await inTurn(tx);
  await deleteRecord<CategoryRow>(tx, productCategory, id, caller, version, async () => {
    const { rows } = await sql<{ used: boolean }>`
      select exists (select from product_category where parent_id = ${id} and delete_time is null)
        or exists (select from product where category_id = ${id} and delete_time is null) as used`.execute(tx.sql);
    if (rows[0]?.used)
      throw refused('CATEGORY_IN_USE', 'There are categories below it or products in it: move them first.');
  });
};

export const productCategoryHandlers = ({ database }: SalesService): Handlers<ProductCategoryServiceService> => {
  const answer = async (row: Promise<CategoryRow>) => ({ productCategory: categoryMessage(await row) });
  return {
    createProductCategory: (request, caller) =>
      database.transact((tx) =>
        once(tx, caller, ProductCategoryServiceService.createProductCategory, request, () =>
          answer(createCategory(tx, request.productCategory!, caller)),
        ),
      ),
    listProductCategories: async () => ({ productCategories: (await living(database.sql)).map(categoryMessage) }),
    updateProductCategory: ({ id, productCategory: message, updateMask }, caller) =>
      answer(database.transact((tx) => updateCategory(tx, id, message!, updateMask ?? [], caller))),
    deleteProductCategory: async ({ id, version }, caller) => {
      await database.transact((tx) => removeCategory(tx, id, caller, version));
      return {};
    },
  };
};
