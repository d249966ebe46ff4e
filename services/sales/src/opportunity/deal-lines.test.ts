import { Opportunity } from '@pelagic/proto/crm/sales/v1/opportunity';
import { Product } from '@pelagic/proto/crm/sales/v1/product';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { english, everything, LIST, moveOf, newDeal, startSalesService } from '../testing.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;
let pump: string;
let hose: string;

const product = async (fields: object): Promise<string> =>
  (
    await ann.products.createProduct({
      product: Product.fromJSON({ name: 'Product', ...fields }),
      requestId: '',
      validateOnly: false,
    })
  ).product!.id;

beforeAll(async () => {
  started = await startSalesService();
  ann = await started.person({ permissions: everything('ALL') });
  await ann.pipelines.createPipeline({ pipeline: english(), requestId: '' });
  pump = await product({ name: 'Pump', unit: 'pc', listPrice: { amount: '99.99', currency: 'CNY' } });
  hose = await product({ name: 'Hose', unit: 'm' });
});
afterAll(() => started.stop());

const cny = (amount: string) => ({ amount, currency: 'CNY' });
const deal = async (fields: object) => (await ann.deals.createOpportunity(newDeal(fields))).opportunity!;
const update = async (id: string, fields: object) =>
  (
    await ann.deals.updateOpportunity({
      id,
      opportunity: Opportunity.fromJSON(fields),
      updateMask: Object.keys(fields),
    })
  ).opportunity!;
const sentBack = ({ lines }: Opportunity) =>
  lines.map(({ id, productId, quantity, discountPercent, price }) => ({
    id,
    productId,
    quantity,
    discountPercent,
    price: cny(price!.amount),
  }));

describe('the lines of a deal', () => {
  it('sum up to its amount, each rounded, with prices from the list where none is given', async () => {
    const made = await deal({
      lines: [
        { productId: pump, quantity: '3', discountPercent: '33.33' },
        { productId: hose, quantity: '0.125', price: cny('10.04') },
      ],
    });
    expect(made.lines).toMatchObject([
      { productName: 'Pump', unit: 'pc', price: { amount: '99.99' }, total: { amount: '199.99' } },
      { productName: 'Hose', unit: 'm', discountPercent: '0', total: { amount: '1.26' } },
    ]);
    expect(made.amount).toMatchObject({ amount: '201.25', currency: 'CNY', baseAmount: '201.25' });
    const filter = 'amount = 201.25';
    expect((await ann.deals.listOpportunities({ ...LIST, filter })).opportunities.map(({ id }) => id)).toEqual([
      made.id,
    ]);
  });

  it('tell nothing when nothing of them changes, and keep what the product was called', async () => {
    const made = await deal({ lines: [{ productId: pump, quantity: '2' }] });
    expect((await update(made.id, { lines: sentBack(made) })).version).toBe(1);
    const renamed = await product({ name: 'Old name', listPrice: cny('5') });
    const other = await deal({ lines: [{ productId: renamed, quantity: '1' }] });
    await ann.products.updateProduct({
      id: renamed,
      product: Product.fromJSON({ name: 'New name' }),
      updateMask: ['name'],
    });
    const [line] = sentBack(other);
    const more = await update(other.id, {
      lines: [
        { ...line, quantity: '4' },
        { productId: renamed, quantity: '1' },
      ],
    });
    expect(more.lines.map(({ productName }) => productName)).toEqual(['Old name', 'New name']);
    expect(more.amount?.amount).toBe('25.00');
    const { event } = (await started.events(other.id)).at(-1)!;
    expect(Object.keys(event.data.before)).toEqual(['amount', 'lines']);
  });

  it('have the say over the amount while there are any', async () => {
    const made = await deal({ lines: [{ productId: pump, quantity: '1' }] });
    await expect(update(made.id, { amount: cny('5') })).rejects.toMatchObject({
      fields: [{ field: 'opportunity.amount', reason: 'AMOUNT_OF_LINES' }],
    });
    expect((await update(made.id, { amount: cny('99.99') })).version).toBe(1);
    const none = await update(made.id, { lines: [] });
    expect(none.amount?.amount).toBe('99.99');
    expect((await update(made.id, { amount: cny('5') })).amount?.amount).toBe('5.00');
  });

  it.each([
    [{ quantity: '0' }, 'quantity', 'BAD_QUANTITY'],
    [{ quantity: '1.00001' }, 'quantity', 'BAD_FORMAT'],
    [{ quantity: '1', discountPercent: '100.01' }, 'discountPercent', 'BAD_DISCOUNT'],
    [{ quantity: '1', price: cny('-1') }, 'price.amount', 'NEGATIVE'],
    [{ quantity: '1', price: cny('1.001') }, 'price.amount', 'TOO_PRECISE'],
  ])('refuse %j, naming the field', async (line, field, reason) => {
    await expect(deal({ lines: [{ productId: pump, ...line }] })).rejects.toMatchObject({
      fields: [{ field: `opportunity.lines[0].${field}`, reason }],
    });
  });

  it('name products that are sold, in one currency', async () => {
    const gone = await product({ name: 'Gone', listPrice: cny('1') });
    const kept = await deal({ lines: [{ productId: gone, quantity: '1' }] });
    await ann.products.setProductState({ id: gone, state: 'PRODUCT_STATE_RETIRED', version: 0 });
    const refusal = { fields: [{ field: 'opportunity.lines[0].productId', reason: 'PRODUCT_RETIRED' }] };
    await expect(deal({ lines: [{ productId: gone, quantity: '1' }] })).rejects.toMatchObject(refusal);
    const [line] = sentBack(kept);
    expect((await update(kept.id, { lines: [{ ...line, quantity: '2' }] })).amount?.amount).toBe('2.00');
    await expect(deal({ lines: [{ productId: hose, quantity: '1' }] })).rejects.toMatchObject({
      fields: [{ field: 'opportunity.lines[0].price', reason: 'REQUIRED' }],
    });
    const mixed = [
      { productId: pump, quantity: '1' },
      { productId: hose, quantity: '1', price: { amount: '1', currency: 'USD' } },
    ];
    await started.database.sql
      .insertInto('directory_rate')
      .values({ id: uuidv7(), currency: 'USD', from_date: '2020-01-01', rate: '7' })
      .execute();
    await expect(deal({ lines: mixed })).rejects.toMatchObject({ fields: [{ reason: 'ONE_CURRENCY' }] });
  });

  it('stand once the deal is won', async () => {
    const made = await deal({ lines: [{ productId: pump, quantity: '1' }], customerId: started.customer({}, ann) });
    const { pipeline } = await ann.pipelines.getPipeline({ id: made.pipelineId, revision: 0 });
    const won = pipeline!.stages.find(({ category }) => category === 'STAGE_CATEGORY_WON')!;
    await ann.deals.moveOpportunity(moveOf(made.id, won.id));
    const lines = [{ ...sentBack(made)[0], quantity: '2' }];
    await expect(update(made.id, { lines })).rejects.toMatchObject({ reason: 'OPPORTUNITY_CLOSED' });
  });
});
