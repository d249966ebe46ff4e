import type { ProductLine } from '@pelagic/proto/crm/sales/v1/product';
import type { Tx } from '@pelagic/chassis/database';
import { sql } from 'kysely';
import type { LineProduct } from '../line/line.ts';

/** The products that lines name, those in the recycle bin among them. */
export const productsOf = async (tx: Tx, lines: ProductLine[]): Promise<Map<string, LineProduct>> => {
  if (!lines.length) return new Map();
  const ids = [...new Set(lines.map(({ productId }) => productId))];
  const { rows } = await sql<LineProduct>`
    select id, name, unit, list_price, state = 'PRODUCT_STATE_ACTIVE' and delete_time is null as sold
    from product where id = any(${ids}::uuid[])`.execute(tx.sql);
  return new Map(rows.map((row) => [row.id, row]));
};
