import { Contract } from '@pelagic/proto/crm/sales/v1/contract';
import { Product } from '@pelagic/proto/crm/sales/v1/product';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contract as contractNoun } from './contract.ts';
import { english, everything, LIST, moveOf, newDeal, startSalesService } from '../testing.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;
let customerId: string;
let pump: string;

const cny = (amount: string) => ({ amount, currency: 'CNY' });

beforeAll(async () => {
  started = await startSalesService();
  ann = await started.person({ permissions: everything('ALL') });
  customerId = started.customer({ name: '蓝海' }, ann);
  await ann.pipelines.createPipeline({ pipeline: english(), requestId: '' });
  const product = Product.fromJSON({ name: '水泵', listPrice: cny('100.01') });
  pump = (await ann.products.createProduct({ product, requestId: '', validateOnly: false })).product!.id;
});
afterAll(() => started.stop());

const create = async (fields: object = {}, more: object = {}, person = ann) =>
  (
    await person.contracts.createContract({
      contract: Contract.fromJSON({ name: '年度供货', customerId, ...fields }),
      requestId: '',
      validateOnly: false,
      ...more,
    })
  ).contract!;
const update = async (id: string, fields: object, version = 0) =>
  (
    await ann.contracts.updateContract({
      id,
      contract: Contract.fromJSON({ ...fields, version }),
      updateMask: Object.keys(fields),
    })
  ).contract!;
const ready = { amount: cny('500'), signDate: '2026-03-01', startDate: '2026-03-01' };
const submit = async (id: string, version = 0) => (await ann.contracts.submitContract({ id, version })).contract!;

describe('the sum of a contract', () => {
  it('is that of its lines less the discount, or what was entered without lines', async () => {
    const entered = await create({ amount: cny('1000') });
    expect(entered.amount).toMatchObject({ amount: '1000.00', baseAmount: '1000.00' });
    const lines = [{ productId: pump, quantity: '3', discountPercent: '10' }];
    const made = await create({ lines, discount: cny('0.03') });
    expect(made).toMatchObject({ amount: { amount: '270.00' }, discount: { amount: '0.03' } });
    const without = await update(made.id, { discount: undefined });
    expect(without.amount?.amount).toBe('270.03');
    await expect(update(made.id, { amount: cny('1') })).rejects.toMatchObject({
      fields: [{ field: 'contract.amount', reason: 'AMOUNT_OF_LINES' }],
    });
    await expect(update(made.id, { discount: cny('270.04') })).rejects.toMatchObject({
      fields: [{ field: 'contract.discount.amount', reason: 'DISCOUNT_TOO_LARGE' }],
    });
    await expect(create({ amount: cny('5'), discount: cny('1') })).rejects.toMatchObject({
      fields: [{ field: 'contract.discount', reason: 'DISCOUNT_OF_LINES' }],
    });
    await started.database.sql
      .insertInto('directory_rate')
      .values({ id: uuidv7(), currency: 'JPY', from_date: '2020-01-01', rate: '0.004' })
      .execute();
    const yen = (amount: string) => ({ amount, currency: 'JPY' });
    const cheap = Array.from({ length: 3 }, () => ({ productId: pump, quantity: '1', price: yen('1') }));
    // Three lines of 0.00 each: the discount is of them, and no contract is worth less than nothing.
    expect(await create({ lines: cheap, discount: yen('2') })).toMatchObject({
      amount: { amount: '1', baseAmount: '0.00' },
      discount: { amount: '2', baseAmount: '0.00' },
    });
    const found = await ann.contracts.listContracts({ ...LIST, filter: 'amount > 999', query: '蓝海' });
    expect(found.contracts.map(({ id }) => id)).toEqual([entered.id]);
  });

  it.each([
    [{ startDate: '2026-05-02', endDate: '2026-05-01' }, 'contract.endDate'],
    [{ amount: cny('-1') }, 'contract.amount.amount'],
    [{ name: ' ' }, 'contract.name'],
    [{ customerId: '019a0000-0000-7000-8000-000000000000' }, 'contract.customerId'],
  ])('refuses %j, naming the field', async (fields, field) => {
    await expect(create(fields)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', fields: [{ field }] });
  });
});

describe('its number', () => {
  const numbers = async () =>
    (await sql<{ number: string }>`select number from contract order by number`.execute(started.database.sql)).rows.map(
      ({ number }) => Number(number.slice(-6)),
    );

  it('comes to no two and leaves none out, of a hundred at once with refused and rehearsed ones among them', async () => {
    await Promise.allSettled(
      Array.from({ length: 130 }, (_, index) =>
        create(index % 13 === 0 ? { amount: cny('-1') } : {}, { validateOnly: index % 10 === 3 }),
      ),
    );
    const taken = await numbers();
    expect(taken.length).toBeGreaterThan(100);
    expect(taken).toEqual(taken.map((_, index) => index + 1));
  });

  it('is not used up by who dies before the commit', async () => {
    const before = await numbers();
    const died = new Error('killed');
    await expect(
      started.database.transact(async (tx) => {
        await sql`update number_series set next = next + 1 where noun = 'contract'`.execute(tx.sql);
        throw died;
      }),
    ).rejects.toBe(died);
    await create();
    expect(await numbers()).toEqual([...before, before.length + 1]);
  });
});

describe('a contract of a won deal', () => {
  const wonDeal = async (fields: object = {}) => {
    const { opportunity } = await ann.deals.createOpportunity(
      newDeal({ customerId, lines: [{ productId: pump, quantity: '2' }], ...fields }),
    );
    const { pipeline } = await ann.pipelines.getPipeline({ id: opportunity!.pipelineId, revision: 0 });
    const won = pipeline!.stages.find(({ category }) => category === 'STAGE_CATEGORY_WON')!;
    await ann.deals.moveOpportunity(moveOf(opportunity!.id, won.id));
    return opportunity!;
  };

  it('has its customer, lines and amount, and is one however often one clicks', async () => {
    const deal = await wonDeal();
    const request = { id: deal.id, requestId: 'click' };
    const made = await Promise.all([ann.contracts.draftContract(request), ann.contracts.draftContract(request)]);
    expect(new Set(made.map(({ contract }) => contract!.id)).size).toBe(1);
    expect(made[0]!.contract).toMatchObject({
      name: 'Deal',
      customerId,
      opportunityId: deal.id,
      state: 'CONTRACT_STATE_DRAFT',
      lines: [{ productName: '水泵', quantity: '2' }],
      amount: { amount: '200.02' },
    });
    const plain = await wonDeal({ lines: [], amount: cny('7.50') });
    const { contract } = await ann.contracts.draftContract({ id: plain.id, requestId: '' });
    expect(contract).toMatchObject({ lines: [], amount: { amount: '7.50' } });
  });

  it('needs the deal to be won, and to be seen by who asks', async () => {
    const { opportunity } = await ann.deals.createOpportunity(newDeal({ customerId }));
    const ask = (person: Person) => person.contracts.draftContract({ id: opportunity!.id, requestId: '' });
    await expect(ask(ann)).rejects.toMatchObject({ reason: 'OPPORTUNITY_NOT_WON' });
    const other = await started.person({ permissions: { 'contract.create': 'OWN', 'opportunity.read': 'OWN' } });
    await expect(ask(other)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const deal = await wonDeal();
    const fields = { opportunity: { hidden: ['amount'] } };
    const blind = await started.person({ permissions: everything('ALL'), fields });
    const closed = { code: 'PERMISSION_DENIED', reason: 'FIELD_NOT_READABLE' };
    await expect(blind.contracts.draftContract({ id: deal.id, requestId: '' })).rejects.toMatchObject(closed);
  });
});

describe('a contract on its way', () => {
  it('is submitted whole, once, and stands while it is decided on', async () => {
    const { id } = await create();
    await expect(submit(id)).rejects.toMatchObject({
      fields: ['contract.amount', 'contract.signDate', 'contract.startDate'].map((field) => ({ field })),
    });
    const { version } = await update(id, ready);
    const twice = await Promise.allSettled([submit(id, version), submit(id, version)]);
    expect(twice.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const { contract } = await ann.contracts.getContract({ id });
    expect(contract).toMatchObject({ state: 'CONTRACT_STATE_IN_APPROVAL', submitterId: ann.id });
    const { event } = (await started.events(id)).at(-1)!;
    expect(event).toMatchObject({
      type: 'crm.sales.contract.submitted.v1',
      data: {
        contract: {
          id,
          number: contract!.number,
          name: '年度供货',
          amount: { amount: '500.00', currency: 'CNY' },
          ownerId: ann.id,
          submitterId: ann.id,
          approvalId: contract!.approvalId,
        },
      },
    });
    const refusal = { reason: 'CONTRACT_IN_APPROVAL' };
    await expect(update(id, { name: 'x' })).rejects.toMatchObject(refusal);
    await expect(ann.contracts.voidContract({ id, reason: 'x', version: 0 })).rejects.toMatchObject({
      reason: 'CONTRACT_STATE_NOT_NEXT',
    });
    await expect(ann.contracts.deleteContract({ id, version: 0 })).rejects.toMatchObject({ reason: 'CONTRACT_HOLDS' });
  });

  it('keeps its files while it is decided on, and those of the day it took effect for ever', () => {
    const keep = (state: string, takenOff?: string, effective_date: string | null = null) => {
      const taken = takenOff ? { create_time: takenOff } : undefined;
      return () => contractNoun.spec.keepFiles!({ state, effective_date }, taken);
    };
    const [DRAFT, DECIDED, AGREED] = ['DRAFT', 'IN_APPROVAL', 'EFFECTIVE'].map((state) => `CONTRACT_STATE_${state}`);
    const late = '2026-03-02T15:59:59Z';
    expect(keep(DRAFT!, late)).not.toThrow();
    expect(keep(DECIDED!)).toThrow(expect.objectContaining({ reason: 'CONTRACT_IN_APPROVAL' }));
    expect(keep(DECIDED!, late)).toThrow(expect.objectContaining({ reason: 'CONTRACT_IN_APPROVAL' }));
    expect(keep(AGREED!, undefined, '2026-03-02')).not.toThrow();
    expect(keep(AGREED!, late, '2026-03-02')).toThrow(expect.objectContaining({ reason: 'FILE_AGREED' }));
    // The next day begins at 16:00 UTC in Shanghai.
    expect(keep(AGREED!, '2026-03-02T16:00:00Z', '2026-03-02')).not.toThrow();
  });

  it('is submitted or edited when both come at once, and never what nobody saw', async () => {
    const { id, version } = await create(ready);
    const both = await Promise.allSettled([submit(id, version), update(id, { amount: cny('9999') }, version)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const { contract } = await ann.contracts.getContract({ id });
    expect(contract!.amount?.amount).toBe(contract!.state === 'CONTRACT_STATE_IN_APPROVAL' ? '500.00' : '9999.00');
  });
});
