import type { Cube, Rows } from '../cubes/cube.ts';
import { INSTALMENT_NAMES, instalmentsOf } from './instalments.ts';
import { productsOf } from './products.ts';
import { tableOf, visibleRecords, type Scoping } from './scope.ts';

/** What figures of records in their last state are summed over, with a row for each of them, or for each of their parts. */
const OF_FACTS = ['facts', 'products', 'instalments'] as const satisfies Rows[];

export type Parts = (typeof OF_FACTS)[number];

export const isOfFacts = (rows: Rows): rows is Parts => OF_FACTS.some((each) => each === rows);

/** The records that the caller may see, or the parts that they are made of. */
export const visibleParts = (cube: Cube, rows: Parts, today: string, scoping: Scoping): string => {
  const records = visibleRecords(cube, scoping);
  switch (rows) {
    case 'facts':
      return records;
    case 'products':
      return productsOf(records);
    case 'instalments':
      // Of a contract that is seen, so are its receipts.
      return instalmentsOf(records, tableOf('receipt', scoping), scoping.bindings.bind('Date32', today));
  }
};

/** Names that stand beside the columns of records where their parts are: no other may take their place. */
export const NAMES_OF_PARTS: readonly string[] = [
  ...['product', 'product_quantity', 'product_amount', 'product_list_amount'],
  ...INSTALMENT_NAMES,
];
