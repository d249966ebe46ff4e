import type { Money } from '@pelagic/proto/crm/common/v1/common';
import type { Product, ProductPrice } from '@pelagic/proto/crm/sales/v1/product';
import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { tidy, tidyName } from '@pelagic/capabilities/record/tidy';
import { may } from '@pelagic/chassis/access';
import { brokenConstraint } from '@pelagic/chassis/database';
import { Problem } from '@pelagic/chassis/problem';
import { sql } from 'kysely';

export type ProductState = `PRODUCT_STATE_${'ACTIVE' | 'RETIRED'}`;

export type ProductRow = RecordRow & {
  number: string;
  name: string;
  sku: string;
  category_id: string | null;
  unit: string;
  list_price: Money | null;
  cost: Money | null;
  state: ProductState;
  note: string;
  prices: ProductPrice[];
  external_id: string;
  custom: Record<string, unknown>;
};

/** Nobody owns a product: a permission, and not a matter of whose it is. */
export const product = defineNoun({
  noun: 'product',
  search: { open: ['name', 'number', 'sku'], guarded: [] },
  reach: (caller, action) => (may(caller, `product.${action}`) ? sql<boolean>`true` : sql<boolean>`false`),
});

export const productMessage = (row: ProductRow): Product =>
  product.mapping.toMessage(row as unknown as Row) as unknown as Product;

export const tidyProduct = (row: ProductRow): void => {
  row.name = tidyName(row.name, 'product.name');
  row.sku = tidy(row.sku);
  row.unit = tidy(row.unit);
};

/** A list price that differs from the last one is one more entry; of one day the last word counts. */
export const keepPrice = (prices: ProductPrice[], price: Money | null, day: string): ProductPrice[] => {
  const [last] = prices;
  const same = (a: Money | null | undefined) => a?.amount === price?.amount && a?.currency === price?.currency;
  if (same(last?.price)) return prices;
  const earlier = last?.fromDate === day ? prices.slice(1) : prices;
  // Taken back within the day: as if nothing had happened.
  if (same(earlier[0]?.price)) return earlier;
  return [{ fromDate: day, ...(price && { price }) } as ProductPrice, ...earlier].slice(0, PRICES_KEPT);
};
const PRICES_KEPT = 100;

/** Names the conflict when another living product has the SKU. */
export const refuseTakenSku = (error: unknown): never => {
  if (brokenConstraint(error) !== 'product_sku') throw error;
  const message = 'Another product has this SKU.';
  throw new Problem('ALREADY_EXISTS', 'SKU_TAKEN', message, {
    fields: [{ field: 'product.sku', reason: 'SKU_TAKEN', message }],
    cause: error,
  });
};
