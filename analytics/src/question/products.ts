import type { Dimension, Rows } from '../cubes/cube.ts';

/** A row for each product of each of the records, with what of it is of that product. */
export const productsOf = (records: string): string =>
  `(select *, product, product_quantity, product_amount, product_list_amount from ${records}
    array join product_ids as product, product_quantities as product_quantity, product_amounts as product_amount,
      product_list_amounts as product_list_amount)`;

/** A list over all products, in one order. Constant in a statement, as `transform` wants it. */
const every = (what: string): string =>
  `(select groupArray(${what}) from (select id, state from directory final where noun = 'product' order by id))`;

/** What a product is filed under now. */
const categoryOf = (product: string): string =>
  `transform(${product}, ${every('id')}, ${every("JSONExtractString(state, 'categoryId')")}, '')`;

/** All values of a record, each once. A record that was counted before it had products has none. */
const valuesOf = ({ kind }: Dimension): string =>
  kind === 'product' ? 'f.product_ids' : `arrayDistinct(arrayMap(product -> ${categoryOf('product')}, f.product_ids))`;

const valueOf = ({ kind }: Dimension): string => (kind === 'product' ? 'f.product' : categoryOf('f.product'));

/** The value that a row is counted under; a record that has several is counted under each. */
export const placeOfProducts = (dimension: Dimension, rows: Rows): string => {
  if (rows === 'products') return valueOf(dimension);
  const values = valuesOf(dimension);
  return `arrayJoin(if(empty(${values}), [''], ${values}))`;
};

/** Whether a row is counted under any of the values, a bound list. */
export const productsMatch = (dimension: Dimension, rows: Rows, values: string): string => {
  if (rows === 'products') return `${valueOf(dimension)} in ${values}`;
  const own = valuesOf(dimension);
  return `(hasAny(${own}, ${values}) or (empty(${own}) and has(${values}, '')))`;
};
