import { Product } from '@pelagic/proto/crm/sales/v1/product';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everything, LIST, startSalesService } from '../testing.ts';
import { keepPrice } from './product.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;

beforeAll(async () => {
  started = await startSalesService();
  ann = await started.person({ permissions: everything('ALL') });
});
afterAll(() => started.stop());

const money = (amount: string, currency = 'CNY') => ({ amount, currency });
const create = async (fields: object = {}, person = ann) =>
  (
    await person.products.createProduct({
      product: Product.fromJSON({ name: '离心泵', ...fields }),
      requestId: '',
      validateOnly: false,
    })
  ).product!;
const update = async (id: string, fields: object, person = ann) =>
  (
    await person.products.updateProduct({
      id,
      product: Product.fromJSON(fields),
      updateMask: Object.keys(fields),
    })
  ).product!;

describe('a product', () => {
  it('is numbered, keeps its prices, and is found by name, SKU and price', async () => {
    const made = await create({
      name: ' 深海泵 ',
      sku: 'DSP-1',
      unit: '台',
      listPrice: money('1200'),
      cost: money('700.5'),
    });
    expect(made).toMatchObject({
      number: expect.stringMatching(/^PROD-\d{4}-\d{6}$/),
      name: '深海泵',
      state: 'PRODUCT_STATE_ACTIVE',
      listPrice: { amount: '1200.00', baseAmount: '1200.00' },
      prices: [{ price: { amount: '1200.00' } }],
    });
    const list = async (fields: object) =>
      (await ann.products.listProducts({ ...LIST, ...fields })).products.map(({ id }) => id);
    expect(await list({ query: 'dsp-1' })).toEqual([made.id]);
    expect(await list({ filter: 'list_price > 1100 AND cost < 701', orderBy: 'list_price' })).toEqual([made.id]);
    const same = await update(made.id, { listPrice: money('1200.00') });
    expect(same.version).toBe(1);
    expect((await started.events(made.id)).map(({ subject }) => subject)).toEqual(['crm.sales.product.created.v1']);
  });

  it('has a SKU of its own, also when two come at once and when one comes back', async () => {
    const twice = await Promise.allSettled([create({ sku: 'one' }), create({ sku: 'ONE' })]);
    expect(twice.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const refusal = { code: 'ALREADY_EXISTS', reason: 'SKU_TAKEN', fields: [{ field: 'product.sku' }] };
    await expect(create({ sku: 'One' })).rejects.toMatchObject(refusal);
    const { id } = await create({ sku: 'two' });
    await ann.products.deleteProduct({ id, version: 0 });
    await create({ sku: 'two' });
    await expect(ann.products.undeleteProduct({ id })).rejects.toMatchObject(refusal);
  });

  it.each([
    [{ name: ' ' }, 'product.name'],
    [{ listPrice: money('-1') }, 'product.listPrice.amount'],
    [{ cost: money('1', 'XXZ') }, 'product.cost.currency'],
    [{ categoryId: '019a0000-0000-7000-8000-000000000000' }, 'product.categoryId'],
  ])('refuses %j, naming the field', async (fields, field) => {
    await expect(create(fields)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', fields: [{ field }] });
  });

  it('hides what it costs from who may not know, who cannot ask by it either', async () => {
    const { id } = await create({ cost: money('5') });
    const seller = await started.person({
      permissions: { 'product.read': 'ALL' },
      fields: { product: { hidden: ['cost'] } },
    });
    expect((await seller.products.getProduct({ id })).product).toMatchObject({ id });
    expect((await seller.products.getProduct({ id })).product!.cost).toBeUndefined();
    await expect(seller.products.listProducts({ ...LIST, filter: 'cost > 1' })).rejects.toMatchObject({
      fields: [{ reason: 'UNKNOWN_FIELD' }],
    });
    await expect(create({}, seller)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});

describe('the history of a price', () => {
  const at = (amount: string) => ({ ...money(amount), baseAmount: amount, rateDate: '2026-01-01' });
  it('has one entry a day, and none for a day that changed nothing', () => {
    const first = keepPrice([], at('10.00'), '2026-01-01');
    const second = keepPrice(first, at('12.00'), '2026-02-01');
    expect(second.map(({ fromDate, price }) => [fromDate, price?.amount])).toEqual([
      ['2026-02-01', '12.00'],
      ['2026-01-01', '10.00'],
    ]);
    expect(keepPrice(second, at('13.00'), '2026-02-01').map(({ price }) => price?.amount)).toEqual(['13.00', '10.00']);
    expect(keepPrice(second, at('10.00'), '2026-02-01')).toEqual(first);
    expect(keepPrice(second, null, '2026-03-01')).toHaveLength(3);
  });
});
