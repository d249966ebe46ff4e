import Package from '@lucide/svelte/icons/package';
import type { Schemas } from '#lib/api/client.ts';
import { resource } from '#lib/api/resource.ts';
import type { Choice, Field } from '#lib/noun/field.ts';
import type { Noun } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { productActions } from './actions.ts';
import { categories } from './categories.svelte.ts';

export type Product = Schemas['Product'];
export type ProductState = Exclude<Product['state'], 'PRODUCT_STATE_UNSPECIFIED'>;

export const products = resource<Product>('sales', 'product', '/v1/products', 'products');

const STATES: Record<ProductState, () => Choice> = {
  PRODUCT_STATE_ACTIVE: () => ({ value: 'PRODUCT_STATE_ACTIVE', label: m.product_active(), tone: 'ok' }),
  PRODUCT_STATE_RETIRED: () => ({ value: 'PRODUCT_STATE_RETIRED', label: m.product_retired(), tone: 'neutral' }),
};

export const productState = (state: Product['state']): Choice => STATES[state as ProductState]();

const FIELDS: Field[] = [
  { key: 'name', kind: 'text', label: m.product_name, required: true, maxLength: 200, sortable: true, width: 240 },
  { key: 'sku', kind: 'text', label: m.product_sku, maxLength: 60, sortable: true, width: 130 },
  { key: 'categoryId', kind: 'choice', label: m.product_category, width: 160, options: () => categories.choices() },
  { key: 'unit', kind: 'text', label: m.product_unit, maxLength: 20, width: 80 },
  { key: 'listPrice', kind: 'money', label: m.list_price, sortable: true, width: 130 },
  { key: 'cost', kind: 'money', label: m.product_cost, sortable: true, width: 130 },
  {
    key: 'state',
    kind: 'choice',
    label: m.state,
    prefix: 'PRODUCT_STATE_',
    readOnly: true,
    sortable: true,
    width: 90,
    options: () => Object.values(STATES).map((choice) => choice()),
  },
  { key: 'number', kind: 'text', label: m.record_number, readOnly: true, sortable: true, width: 150 },
  { key: 'creatorId', kind: 'record', noun: 'employee', label: m.creator, readOnly: true, width: 140 },
  { key: 'createTime', kind: 'time', label: m.create_time, readOnly: true, sortable: true, width: 130 },
  { key: 'updateTime', kind: 'time', label: m.update_time, readOnly: true, sortable: true, width: 130 },
  { key: 'note', kind: 'textarea', label: m.note, maxLength: 4000, width: 260 },
];

export const product: Noun<Product> = {
  resource: products,
  path: '/products',
  icon: Package,
  plural: m.products,
  createLabel: m.product_create,
  purpose: m.product_purpose,
  title: ({ name }) => name,
  fields: FIELDS,
  columns: ['sku', 'categoryId', 'unit', 'listPrice', 'cost', 'state', 'updateTime'],
  form: ['name', 'sku', 'categoryId', 'unit', 'listPrice', 'cost', 'note'],
  groups: [
    { label: m.group_product, keys: ['name', 'sku', 'categoryId', 'unit', 'note'] },
    { label: m.group_prices, keys: ['listPrice', 'cost'] },
    { label: m.group_record, keys: ['number', 'creatorId', 'createTime', 'updateTime'] },
  ],
  actions: productActions,
};
