import type { Contract } from '@pelagic/proto/crm/sales/v1/contract';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everything, LIST, startSalesService } from '../testing.ts';
import { agreed, cny, draft, newReceipt, newRefund, plan } from './testing.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;
let customerId: string;

beforeAll(async () => {
  started = await startSalesService();
  ann = await started.person({ permissions: everything('ALL') });
  customerId = started.customer({ name: '蓝海' }, ann);
  await started.database.sql
    .insertInto('directory_rate')
    .values({ id: uuidv7(), currency: 'USD', from_date: '2020-01-01', rate: '7.0015' })
    .execute();
});
afterAll(() => started.stop());

const THREE = plan(['2026-01-01', '300'], ['2026-02-01', '300'], ['2099-01-01', '400']);
const contractWith = (instalments = THREE) => agreed(started, ann, customerId, { instalments });
const enter = async (...args: Parameters<typeof newReceipt>) =>
  (await ann.receipts.createReceipt(newReceipt(...args))).receipt!;
const balance = ({ id }: Contract) => ann.receipts.getContractBalance({ id });
const given = (receipt: { allocations: { amount: string }[] }) => receipt.allocations.map(({ amount }) => amount);

describe('a receipt', () => {
  it('is for the oldest instalments first, and what is over stays with it', async () => {
    const contract = await contractWith();
    const first = await enter(contract.id, '450', { receiveDate: '2026-03-01', bankRef: ' B-1 ' });
    expect(first).toMatchObject({
      kind: 'RECEIPT_KIND_RECEIPT',
      state: 'RECEIPT_STATE_BOOKED',
      customerId,
      ownerId: ann.id,
      amount: { amount: '450.00', currency: 'CNY', baseAmount: '450.00', rateDate: '2026-03-01' },
      bankRef: 'B-1',
    });
    expect(given(first)).toEqual(['300.00', '150.00']);
    expect(await balance(contract)).toMatchObject({
      received: '450.00',
      unallocated: '0.00',
      open: '550.00',
      overdue: '150.00',
      instalments: [
        { received: '300.00', open: '0.00', status: 'INSTALMENT_STATUS_PAID' },
        { received: '150.00', open: '150.00', status: 'INSTALMENT_STATUS_OVERDUE' },
        { received: '0.00', open: '400.00', status: 'INSTALMENT_STATUS_OPEN' },
      ],
    });
    expect(given(await enter(contract.id, '1000'))).toEqual(['150.00', '400.00']);
    expect(await balance(contract)).toMatchObject({ unallocated: '450.00', open: '-450.00', overdue: '0.00' });
    expect(given(await enter(contract.id, '5', {}, { keepUnallocated: true }))).toEqual([]);
  });

  it('is entered once, however often one clicks, and shown beforehand without being entered', async () => {
    const contract = await contractWith();
    const click = () => enter(contract.id, '10', {}, { requestId: `click ${contract.id}` });
    const [one, other] = await Promise.all([click(), click()]);
    expect(one.id).toBe(other.id);
    expect(given(await enter(contract.id, '400', {}, { validateOnly: true }))).toEqual(['290.00', '110.00']);
    expect((await balance(contract)).received).toBe('10.00');
  });

  it.each([
    ['0', {}, 'receipt.amount.amount', 'NOT_POSITIVE'],
    ['-5', {}, 'receipt.amount.amount', 'NOT_POSITIVE'],
    ['1.001', {}, 'receipt.amount.amount', 'TOO_PRECISE'],
    ['1', { amount: { amount: '1', currency: 'USD' } }, 'receipt.amount.currency', 'CURRENCY_OF_CONTRACT'],
    ['1', { receiveDate: '2999-01-01' }, 'receipt.receiveDate', 'DATE_IN_FUTURE'],
    ['1', { contractId: '019a0000-0000-7000-8000-000000000000' }, 'receipt.contractId', 'UNKNOWN_CONTRACT'],
  ])('of %s with %j is refused, naming the field', async (amount, fields, field, reason) => {
    const contract = await contractWith([]);
    await expect(enter(contract.id, amount, fields)).rejects.toMatchObject({ fields: [{ field, reason }] });
  });

  it('is only of a contract that was approved, and one reference of the bank is one receipt of it', async () => {
    const { id } = await draft(ann, customerId);
    await expect(enter(id, '1')).rejects.toMatchObject({ reason: 'CONTRACT_NOT_EFFECTIVE' });
    const contract = await contractWith();
    const { number, id: first } = await enter(contract.id, '1', { bankRef: 'T-7' });
    const taken = { reason: 'BANK_REF_TAKEN', fields: [{ field: 'receipt.bankRef', params: { number } }] };
    await expect(enter(contract.id, '1', { bankRef: 'T-7' })).rejects.toMatchObject(taken);
    const other = await enter(contract.id, '1');
    const rename = ann.receipts.updateReceipt({
      id: other.id,
      receipt: { ...other, version: 0, bankRef: 'T-7' },
      updateMask: ['bank_ref'],
    });
    await expect(rename).rejects.toMatchObject(taken);
    await enter((await contractWith()).id, '1', { bankRef: 'T-7' });
    await ann.receipts.reverseReceipt({ id: first, reason: '录错', version: 0, requestId: '' });
    expect((await enter(contract.id, '1', { bankRef: 'T-7' })).bankRef).toBe('T-7');
  });

  it('is seen with its contract, done with by right, and found by number, reference and sums', async () => {
    const contract = await contractWith();
    const made = await enter(contract.id, '88.08', { bankRef: `F-${contract.number}` });
    const stranger = await started.person({ permissions: everything('OWN') });
    await expect(stranger.receipts.getReceipt({ id: made.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(stranger.receipts.createReceipt(newReceipt(contract.id, '1'))).rejects.toMatchObject({
      fields: [{ reason: 'UNKNOWN_CONTRACT' }],
    });
    await ann.contracts.shareContract({
      id: contract.id,
      shares: [{ employeeId: stranger.id, access: 'SHARE_ACCESS_READ' }],
      version: 0,
    } as never);
    expect((await stranger.receipts.getReceipt({ id: made.id })).receipt!.id).toBe(made.id);
    // What is shown is not a ledger to write in.
    const shown = { code: 'PERMISSION_DENIED' };
    await expect(stranger.receipts.createReceipt(newReceipt(contract.id, '1'))).rejects.toMatchObject(shown);
    await expect(stranger.receipts.refundReceipt(newRefund(made.id, '1'))).rejects.toMatchObject(shown);
    await expect(
      stranger.receipts.allocateReceipt({ id: made.id, allocations: [], version: 0 } as never),
    ).rejects.toMatchObject(shown);
    const asked = { filter: `contract_id = "${contract.id}"`, query: `F-${contract.number}` };
    expect((await stranger.receipts.listReceipts({ ...LIST, ...asked })).receipts).toHaveLength(1);
    expect(await stranger.receipts.sumReceipts(asked)).toEqual({ received: '88.08', returned: '0.00', net: '88.08' });
    const blind = await started.person({
      permissions: everything('ALL'),
      fields: { receipt: { masked: ['amount'] } },
    });
    const closed = { code: 'PERMISSION_DENIED', reason: 'FIELD_NOT_READABLE' };
    expect(await blind.receipts.sumReceipts(asked)).toEqual({ received: '', returned: '', net: '' });
    await expect(blind.receipts.getContractBalance({ id: contract.id })).rejects.toMatchObject(closed);
    await expect(blind.receipts.getCustomerBalance({ id: customerId })).rejects.toMatchObject(closed);
  });
});

describe('what a receipt is for', () => {
  it('is written anew as a whole, and never more than there is', async () => {
    const contract = await contractWith();
    const [one, two, three] = contract.instalments.map(({ id }) => id) as [string, string, string];
    const made = await enter(contract.id, '350');
    const allocate = (allocations: [string, string][], version = 0) =>
      ann.receipts.allocateReceipt({
        id: made.id,
        allocations: allocations.map(([instalmentId, amount]) => ({ instalmentId, amount })),
        version: version || made.version,
      });
    await enter(contract.id, '100', { allocations: [{ instalmentId: three, amount: '100' }] });
    await expect(allocate([[three, '300.01']])).rejects.toMatchObject({
      fields: [{ field: 'allocations[0].amount', reason: 'INSTALMENT_OVER_ALLOCATED', params: { left: '300.00' } }],
    });
    await expect(
      allocate([
        [one, '250'],
        [two, '100.01'],
      ]),
    ).rejects.toMatchObject({
      fields: [{ field: 'allocations', reason: 'RECEIPT_OVER_ALLOCATED', params: { left: '350.00' } }],
    });
    await expect(
      allocate([
        [one, '1'],
        [one, '1'],
      ]),
    ).rejects.toMatchObject({ fields: [{ reason: 'INSTALMENT_TWICE' }] });
    await expect(allocate([[contract.id, '1']])).rejects.toMatchObject({ fields: [{ reason: 'UNKNOWN_INSTALMENT' }] });
    const { receipt } = await allocate([
      [three, '300'],
      [two, '50'],
    ]);
    expect(receipt).toMatchObject({ version: 2, allocations: [{ amount: '300.00' }, { amount: '50.00' }] });
    await expect(allocate([], 1)).rejects.toMatchObject({ code: 'ABORTED' });
    expect((await balance(contract)).instalments.map(({ received }) => received)).toEqual(['0.00', '50.00', '400.00']);
  });

  it('is said by one of a hundred people who allocate the last 100.00 of a receipt; the others are told why', async () => {
    const contract = await contractWith();
    const [one] = contract.instalments;
    const made = await enter(contract.id, '100', {}, { keepUnallocated: true });
    const allocations = [{ instalmentId: one!.id, amount: '100' }];
    const answers = await Promise.allSettled(
      Array.from({ length: 100 }, () =>
        ann.receipts.allocateReceipt({ id: made.id, allocations, version: made.version }),
      ),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'ABORTED' });
    expect((await started.events(made.id)).map(({ version }) => version)).toEqual([1, 2]);
  });

  it('fills the last 100.00 of an instalment by one of a hundred receipts; the others hear that 0.00 is left', async () => {
    const contract = await contractWith(plan(['2026-01-01', '100']));
    const allocations = [{ instalmentId: contract.instalments[0]!.id, amount: '100' }];
    const answers = await Promise.allSettled(
      Array.from({ length: 100 }, () => enter(contract.id, '100', { allocations })),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers)
      if (answer.status === 'rejected')
        expect(answer.reason).toMatchObject({
          fields: [{ reason: 'INSTALMENT_OVER_ALLOCATED', params: { left: '0.00' } }],
        });
    expect(await balance(contract)).toMatchObject({ received: '100.00', open: '900.00' });
  });
});

it('tells what a customer agreed to and what of it came in, over what the reader sees', async () => {
  const other = started.customer({ name: '远山' }, ann);
  const contract = await agreed(started, ann, other, { amount: cny('500') });
  await agreed(started, ann, other, { amount: cny('250') });
  await draft(ann, other);
  await enter(contract.id, '120.5');
  const asked = (person: Person) => person.receipts.getCustomerBalance({ id: other });
  expect(await asked(ann)).toEqual({ agreed: '750.00', received: '120.50', open: '629.50' });
  const stranger = await started.person({ permissions: everything('OWN') });
  expect(await asked(stranger)).toEqual({ agreed: '0.00', received: '0.00', open: '0.00' });
});
