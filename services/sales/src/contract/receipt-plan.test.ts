import { afterAll, beforeAll, expect, it } from 'vitest';
import { agreed, cny, draft, newReceipt, plan } from '../receipt/testing.ts';
import { everything, startSalesService } from '../testing.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;
let customerId: string;

beforeAll(async () => {
  started = await startSalesService();
  ann = await started.person({ permissions: everything('ALL') });
  customerId = started.customer({ name: '蓝海' }, ann);
});
afterAll(() => started.stop());

const set = async (id: string, instalments: ReturnType<typeof plan>, version = 0) =>
  (await ann.contracts.setReceiptPlan({ id, instalments, version })).contract!;

it('divides what a contract comes to, the first due first, and is told once', async () => {
  const { id } = await draft(ann, customerId);
  const made = await set(id, plan(['2026-09-01', '600.5'], ['2026-06-01', '399.5']));
  expect(made.instalments).toMatchObject([
    { dueDate: '2026-06-01', amount: '399.50' },
    { dueDate: '2026-09-01', amount: '600.50' },
  ]);
  const again = await set(id, made.instalments, made.version);
  expect(again.version).toBe(made.version);
  const { event } = (await started.events(id)).at(-1)!;
  expect(event).toMatchObject({
    type: 'crm.sales.contract.planned.v1',
    data: { contract: { instalments: [{ amount: '399.50' }, {}] }, before: { instalments: [] } },
  });
});

it.each([
  [plan(['2026-06-01', '600'], ['2026-07-01', '400.01']), 'instalments', 'PLAN_TOO_LARGE'],
  [plan(['2026-06-01', '0']), 'instalments[0].amount', 'NOT_POSITIVE'],
  [plan(['2026-06-01', '1.001']), 'instalments[0].amount', 'TOO_PRECISE'],
  [plan(['2026-06-01', '1', '019a0000-0000-7000-8000-000000000000']), 'instalments[0].id', 'UNKNOWN_INSTALMENT'],
])('refuses %j, naming the field', async (instalments, field, reason) => {
  const { id } = await draft(ann, customerId);
  await expect(set(id, instalments)).rejects.toMatchObject({ fields: [{ field, reason }] });
});

it('holds the amount of the contract while there is a plan', async () => {
  const contract = await draft(ann, customerId);
  await set(contract.id, plan(['2026-06-01', '800']));
  const less = (amount: string) =>
    ann.contracts.updateContract({
      id: contract.id,
      contract: { ...contract, version: 0, amount: cny(amount) },
      updateMask: ['amount'],
    });
  await expect(less('799.99')).rejects.toMatchObject({ fields: [{ reason: 'PLAN_TOO_LARGE' }] });
  expect((await less('800')).contract!.amount?.amount).toBe('800.00');
});

it('keeps what came in, stands while somebody decides, and can be changed once the contract holds', async () => {
  const contract = await agreed(started, ann, customerId, {
    instalments: plan(['2026-06-01', '300'], ['2026-07-01', '700']),
  });
  const [first, second] = contract.instalments;
  await ann.receipts.createReceipt(newReceipt(contract.id, '200'));
  const paid = { reason: 'INSTALMENT_PAID', params: { received: '200.00' } };
  await expect(set(contract.id, [second!])).rejects.toMatchObject({ fields: [{ field: 'instalments', ...paid }] });
  await expect(set(contract.id, [{ ...first!, amount: '199.99' }])).rejects.toMatchObject({
    fields: [{ field: 'instalments[0].amount', ...paid }],
  });
  const moved = await set(contract.id, [{ ...first!, amount: '200', dueDate: '2026-08-01' }, second!]);
  expect(moved.instalments.map(({ id }) => id)).toEqual([second!.id, first!.id]);

  const { id } = await draft(ann, customerId);
  await ann.contracts.submitContract({ id, version: 0 });
  await expect(set(id, plan(['2026-06-01', '1']))).rejects.toMatchObject({ reason: 'CONTRACT_IN_APPROVAL' });
  await ann.contracts.completeContract({ id: contract.id, version: 0 });
  await expect(set(contract.id, [])).rejects.toMatchObject({ reason: 'PLAN_SETTLED' });
});
