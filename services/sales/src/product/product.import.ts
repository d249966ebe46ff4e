import type { Product } from '@pelagic/proto/crm/sales/v1/product';
import type { BulkTarget } from '@pelagic/capabilities/job/bulk-target';
import type { ImportTarget, Lookup, RowKey } from '@pelagic/capabilities/job/import-target';
import { deleteRecord } from '@pelagic/capabilities/record/records';
import { tidy } from '@pelagic/capabilities/record/tidy';
import type { Tx } from '@pelagic/chassis/database';
import { sql } from 'kysely';
import { categoriesNamed } from '../product-category/product-category.ts';
import type { SalesService } from '../sales-service.ts';
import { product, type ProductRow } from './product.ts';
import { bringBackProduct, createProduct, updateProduct } from './write-product.ts';

const asProduct = (message: object): Product => message as unknown as Product;

/** By its SKU where it has one; names may stand twice in a catalogue. */
const keysOf = (message: object): RowKey[] => {
  const { sku = '', name = '' } = message as Partial<Product>;
  return sku ? [{ kind: 'sku', value: tidy(sku).toLowerCase() }] : [{ kind: 'name', value: tidy(name).toLowerCase() }];
};

const find = async (tx: Tx, keys: RowKey[]): Promise<string[]> => {
  const values = (kind: string) => keys.filter((key) => key.kind === kind).map(({ value }) => value);
  const { rows } = await sql<{ id: string }>`
    select id from product where delete_time is null and (external_id <> '' and external_id = any(${values('external')}::text[])
      or sku <> '' and lower(sku) = any(${values('sku')}::text[]) or lower(name) = any(${values('name')}::text[])) limit 10`.execute(
    tx.sql,
  );
  return rows.map(({ id }) => id);
};

const byCategory: Lookup = (text, { tx }) => categoriesNamed(tx.sql, text);

/** Products as files bring them, known by the id they were imported with, by their SKU, or by their name without one. */
export const productImport = (service: SalesService): ImportTarget => ({
  noun: 'product',
  fields: [
    {
      field: 'name',
      labels: { zh: ['名称', '产品名称', '产品', '品名', '商品名称'], en: ['Name', 'Product', 'Product name'] },
      required: true,
      matchKey: true,
    },
    { field: 'sku', matchKey: true },
    { field: 'categoryId', lookup: byCategory },
    { field: 'unit' },
    { field: 'listPrice' },
    { field: 'cost' },
    { field: 'note' },
    { field: 'externalId', matchKey: true },
    { field: 'createTime', history: true },
  ],
  keys: keysOf,
  keyFields: { sku: ['sku'], name: ['name'] },
  find,
  findsMany: true,
  create: async (tx, message, caller) => (await createProduct(service, tx, asProduct(message), caller)).id,
  update: async (tx, id, message, mask, caller) => {
    const fields = mask.filter((path) => path !== 'createTime');
    if (fields.length) await updateProduct(service, tx, id, asProduct({ ...message, version: 0 }), fields, caller);
  },
});

/** Products as bulk edits change them, each by itself. */
export const productBulk = (service: SalesService): BulkTarget => ({
  noun: product,
  update: (tx, { id, version, caller }, message, mask) =>
    updateProduct(service, tx, id, asProduct({ ...message, version }), mask, caller),
  delete: (tx, { id, version, caller }) => deleteRecord<ProductRow>(tx, product, id, caller, version),
  undelete: (tx, { id, caller }) => bringBackProduct(tx, id, caller),
});
