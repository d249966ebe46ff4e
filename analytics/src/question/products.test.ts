import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking, drilling, openHouse, reader, type House } from '../testing/house.ts';
import { CUSTOMERS, PEOPLE, smallEnterprise } from '../testing/enterprise.ts';

const YEAR = { fromDate: '2026-01-01', toDate: '2026-12-31' };
const [HARDWARE, SERVICES] = ['00000000-0000-7000-8000-0000000000a1', '00000000-0000-7000-8000-0000000000a2'];
const [SENSOR, GATEWAY, TRAINING] = [1, 2, 3].map((n) => `00000000-0000-7000-8000-0000000000b${n}`) as [
  string,
  string,
  string,
];

let house: House;
let ask: ReturnType<typeof asking>;
let drill: ReturnType<typeof drilling>;

const CHIEF = reader({ 'contract.read': 'ALL', 'customer.read': 'ALL', 'product.read': 'ALL' });

const sum = (amount: string) => ({ amount, currency: 'CNY', baseAmount: amount });
const line = (productId: string, quantity: string, price: string, total: string) => ({
  ...{ productId, quantity, price: sum(price), total: sum(total) },
});

/** Three contracts of the year: two of a sensor each, one without lines; a draft that counts nowhere. */
const told = () => {
  const story = smallEnterprise();
  const at = { at: '2026-03-02T04:00:00Z', date: '2026-03-02' };
  for (const [id, name] of [
    [HARDWARE, 'Hardware'],
    [SERVICES, 'Services'],
  ] as const)
    story.create('crm.sales.product_category.created.v1', { id, name }, at);
  for (const [id, name, categoryId] of [
    [SENSOR, 'Sensor', HARDWARE],
    [GATEWAY, 'Gateway', HARDWARE],
    [TRAINING, 'Training', SERVICES],
  ] as const)
    story.create('crm.sales.product.created.v1', { id, name, categoryId, note: 'long' }, at);
  const sign = (name: string, ownerId: string, amount: string, lines: object[], state = 'EFFECTIVE') =>
    story.create(
      'crm.sales.contract.created.v1',
      {
        ...{ name, number: name, ownerId, lines, amount: sum(amount), signDate: '2026-03-02' },
        ...{ customerId: CUSTOMERS.acme, state: `CONTRACT_STATE_${state}` },
      },
      at,
    );
  sign('C-1', PEOPLE.ann, '270', [
    line(SENSOR, '10', '20', '200'),
    line(GATEWAY, '1', '80', '80'),
    line(SENSOR, '1', '20', '20'),
  ]);
  sign('C-2', PEOPLE.bob, '100', [line(TRAINING, '2', '60', '100')]);
  sign('C-3', PEOPLE.bob, '50', []);
  sign('C-4', PEOPLE.bob, '999', [line(SENSOR, '1', '999', '999')], 'DRAFT');
  return story.told;
};

beforeAll(async () => {
  house = await openHouse('products');
  ask = asking(house);
  drill = drilling(house);
  await house.tell(told());
});
afterAll(() => house?.close());

const table = async (question: Record<string, unknown>, caller = CHIEF): Promise<[string, ...string[]][]> =>
  (await ask(caller, { cube: 'contract', period: YEAR, ...question })).rows.map(({ labels, cells }) => [
    labels.join(' / '),
    ...cells.map(({ value }) => value),
  ]);

describe('figures by product', () => {
  it('come to the contract amount, the discount on the whole spread over the lines', async () => {
    const measures = ['sold_amount', 'sold_quantity', 'average_price', 'discount_amount', 'realisation_rate'];
    expect(await table({ measures, dimensions: ['product'] })).toEqual([
      ['Sensor', '198.00', '11', '18.00', '22.00', '90.00'],
      ['Training', '100.00', '2', '50.00', '20.00', '83.33'],
      ['Gateway', '72.00', '1', '72.00', '8.00', '90.00'],
      ['', '50.00', '0', '', '0.00', '100.00'],
    ]);
    const { totals } = await ask(CHIEF, { cube: 'contract', measures: ['sold_amount', 'agreed_amount'], period: YEAR });
    expect(totals.map(({ value }) => value)).toEqual(['420.00', '420.00']);
  });

  it('roll up by what a product is filed under now, and stand beside who sold it', async () => {
    expect(await table({ measures: ['sold_amount'], dimensions: ['product_category'] })).toEqual([
      ['Hardware', '270.00'],
      ['Services', '100.00'],
      ['', '50.00'],
    ]);
    expect(await table({ measures: ['sold_amount'], dimensions: ['owner', 'product_category'] })).toEqual([
      ['Ann / Hardware', '270.00'],
      ['Bob / Services', '100.00'],
      ['Bob / ', '50.00'],
    ]);
  });

  it('count a contract once under each of its products and categories', async () => {
    expect(await table({ measures: ['agreed_count'], dimensions: ['product'], orderBy: 'product' })).toEqual([
      ['', '1'],
      ['Sensor', '1'],
      ['Gateway', '1'],
      ['Training', '1'],
    ]);
    expect(await table({ measures: ['agreed_count'], dimensions: ['product_category'] })).toContainEqual([
      'Hardware',
      '1',
    ]);
  });

  it.each([
    ['product', SENSOR, ['198.00', '1', '270.00']],
    ['product_category', HARDWARE, ['270.00', '1', '270.00']],
    ['product', '', ['50.00', '1', '50.00']],
  ])('are filtered by %s', async (dimension, value, expected) => {
    const question = {
      ...{ cube: 'contract', period: YEAR, filters: [{ dimension, values: [value] }] },
      measures: ['sold_amount', 'agreed_count', 'agreed_amount'],
    };
    expect((await ask(CHIEF, question)).totals.map((cell) => cell.value)).toEqual(expected);
  });

  it.each([['product'], ['product_category']])('open the contracts that they are made of, by %s', async (dimension) => {
    const measures = ['sold_amount', 'realisation_rate', 'agreed_count'];
    const question = { cube: 'contract', measures, dimensions: [dimension], period: YEAR };
    const { rows, totals } = await ask(CHIEF, question);
    for (const { keys, cells } of [...rows, { keys: [], cells: totals }])
      for (const [index, measure] of measures.entries()) {
        const behind = await drill(CHIEF, question, measure, keys, { pageSize: 200 });
        expect([keys, measure, behind.total]).toEqual([keys, measure, cells[index]!.value]);
        expect(new Set(behind.rows.map(({ id }) => id)).size).toBe(behind.totalSize);
      }
    const sensors = await drill(CHIEF, { ...question, dimensions: ['product'] }, 'sold_amount', [SENSOR], {});
    expect(sensors.rows).toMatchObject([{ name: 'C-1', value: '198' }]);
  });

  it('are for who may read lines and products', async () => {
    const permissions = { 'contract.read': 'ALL', 'product.read': 'ALL' } as const;
    const question = { cube: 'contract', measures: ['sold_amount'], dimensions: ['product'], period: YEAR };
    expect((await ask(reader(permissions), question)).rows).toHaveLength(4);
    const blind = reader(permissions, { fields: { contract: { hidden: ['lines'] } } });
    await expect(ask(blind, question)).rejects.toMatchObject({ fields: [{ field: 'question.measures[0]' }] });
    await expect(ask(blind, { ...question, measures: ['agreed_count'] })).rejects.toMatchObject({
      fields: [{ field: 'question.dimensions[0]' }],
    });
    await expect(ask(reader({ 'contract.read': 'ALL' }), question)).rejects.toMatchObject({
      fields: [{ field: 'question.dimensions[0]' }],
    });
    const own = reader({ ...permissions, 'contract.read': 'OWN' }, { id: PEOPLE.ann });
    const hers = await ask(own, question);
    expect(hers.totals[0]!.value).toBe('270.00');
  });
});
