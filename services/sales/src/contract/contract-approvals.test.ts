import { Contract } from '@pelagic/proto/crm/sales/v1/contract';
import { handleBatch } from '@pelagic/chassis/inbox';
import { uuidv7, type EventEnvelope } from '@pelagic/chassis/outbox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { everything, startSalesService } from '../testing.ts';
import { contractApprovals } from './contract-approvals.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;

beforeAll(async () => {
  started = await startSalesService();
  ann = await started.person({ permissions: everything('ALL') });
});
afterAll(() => started.stop());

const submitted = async (): Promise<Contract> => {
  const contract = Contract.fromJSON({
    name: '供货',
    customerId: started.customer({}, ann),
    amount: { amount: '10', currency: 'CNY' },
    signDate: '2026-03-01',
    startDate: '2026-03-01',
  });
  const { id } = (await ann.contracts.createContract({ contract, requestId: '', validateOnly: false })).contract!;
  return again(id);
};
const again = async (id: string) => (await ann.contracts.submitContract({ id, version: 0 })).contract!;
const stands = async (id: string) => (await ann.contracts.getContract({ id })).contract!;

/** What the office service tells of a request for approval. */
const told = (verb: string, { id, approvalId }: Contract, fields: object = {}, version = 2): EventEnvelope =>
  ({
    id: uuidv7(),
    type: `crm.office.approval.${verb}.v1`,
    subject: approvalId,
    sequence: String(version),
    time: '2026-03-02T01:00:00.000Z',
    data: { approval: { id: approvalId, version, subjectNoun: 'contract', subjectId: id, ...fields } },
  }) as unknown as EventEnvelope;
const take = (...events: EventEnvelope[]) =>
  handleBatch({ service: 'sales', database: started.database }, contractApprovals, events);
const verbs = async (id: string) => (await started.events(id)).map(({ subject }) => subject.split('.').at(-2)!);

it('takes effect when it is approved, once, on the day of the decision', async () => {
  const contract = await submitted();
  const requested = told('requested', contract, {}, 1);
  const approved = told('approved', contract);
  await take(requested, approved, approved);
  await take(approved);
  await take(told('withdrawn', contract, { reason: 'late' }, 3));
  expect(await stands(contract.id)).toMatchObject({
    state: 'CONTRACT_STATE_EFFECTIVE',
    effectiveDate: '2026-03-02',
    version: contract.version + 1,
  });
  expect(await verbs(contract.id)).toEqual(['created', 'submitted', 'approved']);
  await expect(
    ann.contracts.updateContract({ id: contract.id, contract: Contract.fromJSON({ name: 'x' }), updateMask: ['name'] }),
  ).rejects.toMatchObject({ reason: 'CONTRACT_SETTLED' });
  const done = (await ann.contracts.completeContract({ id: contract.id, version: 0 })).contract!;
  expect(done.state).toBe('CONTRACT_STATE_COMPLETED');
});

it.each(['refused', 'withdrawn'])('is a draft again when it is %s, and says why', async (verb) => {
  const contract = await submitted();
  await take(told(verb, contract, { reason: '价格偏低' }));
  expect(await stands(contract.id)).toMatchObject({ state: 'CONTRACT_STATE_DRAFT', decisionReason: '价格偏低' });
  const second = await again(contract.id);
  expect(second.approvalId).not.toBe(contract.approvalId);
  expect(second.decisionReason).toBe('');
  // A decision on the first request is none on the second.
  await take(told('approved', contract, {}, 3));
  expect((await stands(contract.id)).state).toBe('CONTRACT_STATE_IN_APPROVAL');
  await take(told('approved', second));
  expect((await stands(contract.id)).state).toBe('CONTRACT_STATE_EFFECTIVE');
});

it('leaves alone what the office decides on other things', async () => {
  const contract = await submitted();
  await take(told('approved', contract, { subjectNoun: 'expense' }));
  await take(told('approved', { ...contract, approvalId: uuidv7() }));
  expect((await stands(contract.id)).state).toBe('CONTRACT_STATE_IN_APPROVAL');
});
