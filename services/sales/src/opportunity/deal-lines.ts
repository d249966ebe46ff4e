import type { ProductLine } from '@pelagic/proto/crm/sales/v1/product';
import type { Rates } from '@pelagic/capabilities/money/money';
import type { Tx } from '@pelagic/chassis/database';
import { settleLines } from '../line/line.ts';
import { productsOf } from '../product/line-products.ts';
import { asStored, sumUp } from './amount.ts';
import type { OpportunityRow } from './opportunity.ts';

/** Writes the lines of a deal, and their sum as its amount. Without lines the amount stays as it was. */
export const writeLines = async (
  tx: Tx,
  row: OpportunityRow,
  lines: ProductLine[],
  before: ProductLine[],
  { date, rates }: { date: string; rates: Rates },
): Promise<void> => {
  const terms = { date, rates, field: 'opportunity.lines' };
  row.lines = asStored(await settleLines(lines, before, await productsOf(tx, lines), terms));
  sumUp(row);
};
