import { Contract } from '@pelagic/proto/crm/sales/v1/contract';
import { Receipt, type RefundReceiptRequest } from '@pelagic/proto/crm/sales/v1/receipt';
import { handleBatch } from '@pelagic/chassis/inbox';
import { uuidv7, type EventEnvelope } from '@pelagic/chassis/outbox';
import { contractApprovals } from '../contract/contract-approvals.ts';
import type { startSalesService } from '../testing.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;
type Person = Awaited<ReturnType<Started['person']>>;

export const cny = (amount: string) => ({ amount, currency: 'CNY', baseAmount: '', rateDate: '' });

/** Instalments by due date and amount. */
export const plan = (...parts: [dueDate: string, amount: string, id?: string][]) =>
  parts.map(([dueDate, amount, id = '']) => ({ id, name: '', dueDate, amount }));

/** What the office service tells when a contract was approved. */
const approval = ({ id, approvalId }: Contract): EventEnvelope =>
  ({
    id: uuidv7(),
    type: 'crm.office.approval.approved.v1',
    subject: approvalId,
    sequence: '2',
    time: new Date().toISOString(),
    data: { approval: { id: approvalId, version: 2, subjectNoun: 'contract', subjectId: id } },
  }) as unknown as EventEnvelope;

/** Takes effect, as by the manager's decision. */
export const approve = ({ database }: Pick<Started, 'database'>, contract: Contract): Promise<unknown> =>
  handleBatch({ service: 'sales', database }, contractApprovals, [approval(contract)]);

export const draft = async (person: Person, customerId: string, amount = cny('1000')): Promise<Contract> =>
  (
    await person.contracts.createContract({
      contract: Contract.fromJSON({
        name: '供货',
        customerId,
        amount,
        signDate: '2026-03-01',
        startDate: '2026-03-01',
      }),
      requestId: '',
      validateOnly: false,
    })
  ).contract!;

/** A contract that is effective, with a plan when one is given. */
export const agreed = async (
  { database }: Started,
  person: Person,
  customerId: string,
  {
    amount = cny('1000'),
    instalments = [],
  }: { amount?: ReturnType<typeof cny>; instalments?: ReturnType<typeof plan> } = {},
): Promise<Contract> => {
  const { id } = await draft(person, customerId, amount);
  if (instalments.length) await person.contracts.setReceiptPlan({ id, instalments, version: 0 });
  const { contract } = await person.contracts.submitContract({ id, version: 0 });
  await approve({ database }, contract!);
  return (await person.contracts.getContract({ id })).contract!;
};

/** The request that enters a receipt. */
export const newReceipt = (
  contractId: string,
  amount: string,
  fields: object = {},
  more: { requestId?: string; validateOnly?: boolean; keepUnallocated?: boolean } = {},
) => ({
  receipt: Receipt.fromJSON({ contractId, amount: { amount }, method: 'RECEIPT_METHOD_TRANSFER', ...fields }),
  requestId: '',
  validateOnly: false,
  keepUnallocated: false,
  ...more,
});

export const newRefund = (id: string, amount: string, more: Partial<RefundReceiptRequest> = {}) => ({
  id,
  amount,
  reason: '退货',
  bankRef: '',
  allocations: [],
  reallocate: false,
  version: 0,
  requestId: '',
  ...more,
});
