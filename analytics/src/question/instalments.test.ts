import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dateIn } from '@pelagic/chassis/clock';
import { asking, drilling, openHouse, reader, type House } from '../testing/house.ts';
import { understand } from '../sql/statement.ts';
import { CUSTOMERS, PEOPLE, smallEnterprise } from '../testing/enterprise.ts';

const CHIEF = reader({ 'contract.read': 'ALL', 'receipt.read': 'ALL', 'customer.read': 'ALL' });
const MEASURES = ['due_amount', 'paid_amount', 'outstanding_amount', 'overdue_amount', 'overdue_count'];

const today = Temporal.PlainDate.from(dateIn('Asia/Shanghai'));
const [LATE, AHEAD] = [today.subtract({ days: 40 }).toString(), today.add({ days: 40 }).toString()];
const PERIOD = { fromDate: today.subtract({ days: 60 }).toString(), toDate: today.add({ days: 60 }).toString() };

let house: House;
let ask: ReturnType<typeof asking>;
let drill: ReturnType<typeof drilling>;
let contracts: Record<string, string>;

const sum = (amount: string, baseAmount = amount, currency = 'CNY') => ({ amount, currency, baseAmount });
const part = (index: number, dueDate: string, amount: string) => ({
  ...{ id: `00000000-0000-7000-8000-0000000000c${index}`, name: `第 ${index} 期`, dueDate, amount },
});

/** Ann has one in dollars, partly paid; Bob one that is paid, one that is only a draft, and one without a plan. */
const told = () => {
  const story = smallEnterprise();
  const at = { at: '2026-03-02T04:00:00Z', date: '2026-03-02' };
  const sign = (name: string, ownerId: string, amount: object, instalments: object[], state = 'EFFECTIVE') =>
    story.create(
      'crm.sales.contract.created.v1',
      {
        ...{ name, number: name, ownerId, amount, instalments, signDate: '2026-03-02' },
        ...{ customerId: CUSTOMERS.acme, state: `CONTRACT_STATE_${state}` },
      },
      at,
    );
  const pay = (number: string, contractId: string, amount: string, allocations: [string, string][]) =>
    story.create(
      'crm.sales.receipt.created.v1',
      {
        ...{ number, contractId, customerId: CUSTOMERS.acme, amount: sum(amount), kind: 'RECEIPT_KIND_RECEIPT' },
        ...{ allocations: allocations.map(([instalmentId, of]) => ({ instalmentId, amount: of })) },
      },
      at,
    );
  const first = sign('C-1', PEOPLE.ann, sum('300', '2130', 'USD'), [part(1, LATE, '100'), part(2, AHEAD, '200')]);
  const second = sign('C-2', PEOPLE.bob, sum('80'), [part(3, LATE, '80')], 'COMPLETED');
  sign('C-3', PEOPLE.bob, sum('999'), [part(4, LATE, '999')], 'DRAFT');
  sign('C-4', PEOPLE.bob, sum('50'), []);
  pay('R-1', first, '20', [[part(1, '', '').id, '20']]);
  pay('R-2', first, '15', [[part(1, '', '').id, '13.33']]);
  pay('R-3', second, '80', [[part(3, '', '').id, '80']]);
  contracts = { first, second };
  return story.told;
};

beforeAll(async () => {
  house = await openHouse('instalments');
  ask = asking(house);
  drill = drilling(house);
  await house.tell(told());
});
afterAll(() => house?.close());

const table = async (question: Record<string, unknown>, caller = CHIEF) =>
  (await ask(caller, { cube: 'contract', period: PERIOD, measures: MEASURES, ...question })).rows.map(
    ({ labels, cells }) => [labels.join(' / '), ...cells.map(({ value }) => value)],
  );

describe('what is to be received', () => {
  it('is counted by its due date with who has the contract, paid at the rate of the contract', async () => {
    expect(await table({ dimensions: ['owner'] })).toEqual([
      ['Ann', '2130.00', '236.64', '1893.36', '473.36', '1'],
      ['Bob', '80.00', '80.00', '0.00', '0.00', '0'],
    ]);
    const { totals } = await ask(CHIEF, { cube: 'contract', period: PERIOD, measures: ['collection_rate'] });
    expect(totals.map(({ value }) => value)).toEqual(['14.33']);
  });

  it('stands in the months in which it is due', async () => {
    const rows = await table({ grain: 'PERIOD_GRAIN_MONTH', measures: ['due_amount', 'overdue_amount'] });
    expect(rows.filter((row) => row[1] !== '0.00').map(([, ...cells]) => cells)).toEqual([
      ['790.00', '473.36'],
      ['1420.00', '0.00'],
    ]);
  });

  it('opens the contracts that it is made of, each once', async () => {
    const question = { cube: 'contract', measures: [...MEASURES, 'collection_rate'], dimensions: ['owner'] };
    const { rows, totals } = await ask(CHIEF, { ...question, period: PERIOD });
    for (const { keys, cells } of [...rows, { keys: [], cells: totals }])
      for (const [index, measure] of question.measures.entries()) {
        const behind = await drill(CHIEF, { ...question, period: PERIOD }, measure, keys, { pageSize: 200 });
        expect([keys, measure, behind.total]).toEqual([keys, measure, cells[index]!.value]);
        expect(new Set(behind.rows.map(({ id }) => id)).size).toBe(behind.totalSize);
      }
    const due = await drill(CHIEF, { ...question, period: PERIOD }, 'due_amount', [], {});
    expect(due.rows).toMatchObject([
      { id: contracts['first'], date: LATE, value: '2130' },
      { id: contracts['second'], date: LATE, value: '80' },
    ]);
  });

  it('is told to who may read plans, and how far it is paid to who may read receipts', async () => {
    const question = { cube: 'contract', period: PERIOD };
    const due = { ...question, measures: ['due_amount'] };
    const paid = { ...question, measures: ['paid_amount'] };
    const refused = { fields: [{ field: 'question.measures[0]' }] };
    const all = { 'contract.read': 'ALL', 'receipt.read': 'ALL' } as const;
    const planless = reader(all, { fields: { contract: { hidden: ['instalments'] } } });
    await expect(ask(planless, due)).rejects.toMatchObject(refused);
    const receiptless = reader({ 'contract.read': 'ALL' });
    expect((await ask(receiptless, due)).totals[0]!.value).toBe('2210.00');
    await expect(ask(receiptless, paid)).rejects.toMatchObject(refused);
    const blind = reader(all, { fields: { receipt: { hidden: ['allocations'] } } });
    await expect(ask(blind, paid)).rejects.toMatchObject(refused);
    const own = reader({ ...all, 'contract.read': 'OWN' }, { id: PEOPLE.ann });
    expect((await ask(own, paid)).totals[0]!.value).toBe('236.64');
  });
});

describe('the view of instalments', () => {
  it('has how far each is paid, beside its contract', async () => {
    const around = { caller: CHIEF, directory: house.directory.now(), now: new Date() };
    const statement = 'select contract_id, name, status, amount, received, outstanding from instalments order by name';
    const caller = reader({ 'contract.read': 'ALL', 'receipt.read': 'ALL', 'analytics.query': 'ALL' });
    const database = await house.engine.database();
    const { sql, params } = understand({ statement, parameters: {} }, { ...around, caller, database });
    const rows = await house.engine.query<Record<string, unknown>>(sql, params);
    const { first, second } = contracts;
    expect(rows.map((row) => Object.values(row).map(String))).toEqual([
      [first, '第 1 期', 'INSTALMENT_STATUS_OVERDUE', '710', '236.64', '473.36'],
      [first, '第 2 期', 'INSTALMENT_STATUS_OPEN', '1420', '0', '1420'],
      [second, '第 3 期', 'INSTALMENT_STATUS_PAID', '80', '80', '0'],
      [expect.any(String), '第 4 期', 'INSTALMENT_STATUS_NOT_EFFECTIVE', '999', '0', '999'],
    ]);
  });
});
