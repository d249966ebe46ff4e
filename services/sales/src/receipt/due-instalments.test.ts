import { afterAll, beforeAll, expect, it } from 'vitest';
import { everything, startSalesService } from '../testing.ts';
import { agreed, cny, draft, newReceipt, plan } from './testing.ts';

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

const THREE = plan(['2026-01-01', '300'], ['2026-02-01', '300'], ['2099-01-01', '400']);
const due = async (person: Person, asked: object = {}) =>
  person.receipts.listDueInstalments({ untilDate: '', ownerId: '', pageSize: 50, pageToken: '', ...asked });
const open = async (person: Person, asked: object = {}) =>
  (await due(person, asked)).dueInstalments.map(({ balance }) => [balance!.instalment!.dueDate, balance!.open]);

it('is what a person has to receive by a day, the first due first, as far as it was not paid', async () => {
  const contract = await agreed(started, ann, customerId, { instalments: THREE });
  await ann.receipts.createReceipt(newReceipt(contract.id, '450'));
  const drafted = await draft(ann, customerId, cny('1000'));
  await ann.contracts.setReceiptPlan({ id: drafted.id, instalments: THREE, version: 0 });
  expect(await open(ann)).toEqual([['2026-02-01', '150.00']]);
  expect((await due(ann)).dueInstalments).toMatchObject([
    {
      contractId: contract.id,
      currency: 'CNY',
      balance: { received: '150.00', status: 'INSTALMENT_STATUS_OVERDUE' },
    },
  ]);
  expect(await open(ann, { untilDate: '2099-01-01' })).toEqual([
    ['2026-02-01', '150.00'],
    ['2099-01-01', '400.00'],
  ]);
  expect(await open(ann, { untilDate: '2026-01-31' })).toEqual([]);
  await ann.receipts.createReceipt(newReceipt(contract.id, '550'));
  expect(await open(ann, { untilDate: '2099-01-01' })).toEqual([]);
});

it('comes page by page, also where many are due on one day', async () => {
  const bob = await started.person({ permissions: everything('ALL') });
  const theirs = started.customer({ name: '青山' }, bob);
  for (const _nth of [1, 2, 3]) await agreed(started, bob, theirs, { instalments: THREE });
  const seen: string[] = [];
  let pageToken = '';
  do {
    const page = await due(bob, { untilDate: '2099-12-31', pageSize: 2, pageToken });
    seen.push(...page.dueInstalments.map(({ balance }) => balance!.instalment!.id));
    pageToken = page.nextPageToken;
  } while (pageToken);
  expect(new Set(seen).size).toBe(9);
  expect(seen).toHaveLength(9);
  expect(await open(ann, { ownerId: bob.id, untilDate: '2026-01-01' })).toHaveLength(3);
});

it('is told of contracts that the reader sees, and made of nothing that is closed to them', async () => {
  const seller = await started.person({ permissions: everything('OWN') });
  expect(await open(seller, { ownerId: ann.id, untilDate: '2099-12-31' })).toEqual([]);
  const fields = { contract: { hidden: ['amount'] } };
  const blind = await started.person({ permissions: everything('ALL'), fields });
  await expect(due(blind)).rejects.toMatchObject({ reason: 'FIELD_NOT_READABLE', params: { field: 'amount' } });
  await expect(due(ann, { pageToken: 'made up' })).rejects.toMatchObject({ fields: [{ field: 'pageToken' }] });
});
