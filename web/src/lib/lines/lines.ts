import type { Schemas } from '#lib/api/client.ts';
import { resource } from '#lib/api/resource.ts';
import { names } from '#lib/names.svelte.ts';
import type { Search } from '#lib/ui/Picker.svelte';

export type Line = Schemas['ProductLine'];
type Product = Schemas['Product'];

const products = resource<Product>('sales', 'product', '/v1/products', 'products');

/** What was found while lines are written: the price and unit of a product need not be asked for again. */
const found = new Map<string, Product>();

export const productOf = (id: string): Product | undefined => found.get(id);

/** Products that are sold, by name, number or SKU. */
export const findProducts: Search = async (words, signal) => {
  const { rows } = await products.list({ words, filter: 'state = ACTIVE', size: 20 }, signal);
  return rows.map((product) => {
    found.set(product.id, product);
    names.learn('product', product.id, product.name);
    return { value: product.id, label: product.name, hint: [product.sku, product.number].filter(Boolean).join(' · ') };
  });
};

/** A line as it is typed. */
export interface Draft {
  key: string;
  id: string;
  productId: string;
  productName: string;
  quantity: string;
  price: string;
  discountPercent: string;
}

export const emptyDraft = (): Draft => ({
  key: crypto.randomUUID(),
  id: '',
  productId: '',
  productName: '',
  quantity: '1',
  price: '',
  discountPercent: '',
});

export const draftOf = ({ id, productId, productName, quantity, price, discountPercent }: Line): Draft => ({
  key: id,
  id,
  productId,
  productName,
  quantity,
  price: price?.amount ?? '',
  discountPercent: discountPercent === '0' ? '' : discountPercent,
});

/** Rows that nobody began are none. */
export const isBegun = ({ productId }: Draft): boolean => productId !== '';

/** What a request carries of a line: its worth is the service's to say. */
export const writtenLine = ({ id, productId, quantity, price, discountPercent }: Draft, currency: string) => ({
  ...(id && { id }),
  productId,
  quantity,
  ...(price && { price: { amount: price, currency } }),
  ...(discountPercent && { discountPercent }),
});
