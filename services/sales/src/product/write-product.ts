import { settleSum } from '@pelagic/capabilities/money/money';
import type { Product } from '@pelagic/proto/crm/sales/v1/product';
import { newFields, writablePaths, writeFields } from '@pelagic/capabilities/record/fields';
import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { changeRecord, insertRecord, restoreRecord } from '@pelagic/capabilities/record/records';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { today } from '@pelagic/chassis/enterprise';
import { invalidField } from '@pelagic/chassis/problem';
import { lockCategory } from '../product-category/product-category.ts';
import { ratesFor, type SalesService } from '../sales-service.ts';
import {
  keepPrice,
  product,
  productMessage,
  refuseTakenSku,
  tidyProduct,
  type ProductRow,
  type ProductState,
} from './product.ts';

/** A category that is there, and stays there until this is done. */
const checkCategory = async (tx: Tx, id: string | null): Promise<void> => {
  if (id && !(await lockCategory(tx, id)))
    throw invalidField('product.categoryId', 'UNKNOWN_CATEGORY', 'There is no such product category.');
};

const settle = async (
  service: SalesService,
  row: ProductRow,
  message: Product,
  before: Product | undefined,
  paths: ReadonlySet<string>,
): Promise<void> => {
  const rates = ratesFor(service);
  if (paths.has('cost')) row.cost = await settleSum(message.cost, before?.cost, 'product.cost', rates);
  if (paths.has('listPrice')) {
    row.list_price = await settleSum(message.listPrice, before?.listPrice, 'product.listPrice', rates);
    row.prices = keepPrice(row.prices, row.list_price, today());
  }
  tidyProduct(row);
};

const SUMS = new Set(['listPrice', 'cost']);
/** Under their .proto names too. */
const isSum = (path: string): boolean => SUMS.has(path) || path === 'list_price';

/** Enters a product: for the importer and the handler alike. */
export const createProduct = async (
  service: SalesService,
  tx: Tx,
  message: Product,
  caller: Caller,
): Promise<ProductRow> => {
  const row = (await newFields(tx, product, message as unknown as Message, caller)) as unknown as ProductRow;
  Object.assign(row, { state: 'PRODUCT_STATE_ACTIVE', prices: [] });
  await settle(service, row, message, undefined, SUMS);
  await checkCategory(tx, row.category_id);
  const number = await service.number('product');
  return insertRecord<ProductRow>(tx, product, { ...(row as unknown as Row), number }, caller).catch(refuseTakenSku);
};

/** Writes fields of a product under its rules: for bulk edits, the importer and the handler alike. */
export const updateProduct = (
  service: SalesService,
  tx: Tx,
  id: string,
  message: Product,
  mask: string[],
  caller: Caller,
): Promise<ProductRow> =>
  changeRecord<ProductRow>(
    tx,
    product,
    id,
    caller,
    { action: 'update', verb: 'updated', version: message.version },
    async (row) => {
      const before = productMessage(row);
      // Parts of money are written as a whole.
      const asked = [...new Set(mask.map((path) => (path.startsWith('custom.') ? path : path.split('.')[0]!)))];
      const paths = new Set(writablePaths(product, caller, message as unknown as Message, asked));
      const plain = asked.filter((path) => !isSum(path));
      // An empty mask would mean everything.
      if (plain.length || !asked.length)
        await writeFields(tx, product, row as unknown as Row, message as unknown as Message, caller, plain);
      await settle(service, row, message, before, paths);
      if (row.category_id !== (before.categoryId ?? null)) await checkCategory(tx, row.category_id);
    },
  ).catch(refuseTakenSku);

export const setProductState = (
  tx: Tx,
  id: string,
  state: ProductState,
  caller: Caller,
  version: number,
): Promise<ProductRow> =>
  changeRecord<ProductRow>(tx, product, id, caller, { action: 'update', verb: 'state_changed', version }, (row) => {
    row.state = state;
  });

/** Out of the recycle bin, unless its SKU is another's by now; its category may be gone. */
export const bringBackProduct = (tx: Tx, id: string, caller: Caller): Promise<ProductRow> =>
  restoreRecord<ProductRow>(tx, product, id, caller, async (row) => {
    if (row.category_id && !(await lockCategory(tx, row.category_id))) row.category_id = null;
  }).catch(refuseTakenSku);
