import { answered, attempt, type Effect } from './history.ts';
import { createCustomer } from './customer-writes.ts';
import { change, changed, create, created, keep, tokenOf, told, type Writer } from './writer.ts';

const DAY = '2026-03-02';

export const createContract = async (writer: Writer): Promise<void> => {
  if (!writer.customers.length) return createCustomer(writer);
  const name = tokenOf(writer);
  const contract = {
    name,
    customerId: writer.random.pick(writer.customers).id,
    amount: { amount: `${writer.random.whole(1, 90_000)}.35`, currency: 'CNY' },
    signDate: DAY,
    startDate: DAY,
  };
  const made = await create(writer, 'contract create', '/v1/contracts', contract, created('contract', 'name', name));
  if (made) keep(writer.contracts, { id: made.id, version: made.version, ownerId: '' });
};

/** Two instalments that are due when nobody of today is there any more: nothing but a writer changes the plan. */
export const planContract = async (writer: Writer): Promise<void> => {
  if (!writer.contracts.length) return createContract(writer);
  const name = tokenOf(writer);
  const instalments = ['30.00', '60.50'].map((amount, at) => ({
    name: `${name}${at ? '-later' : ''}`,
    dueDate: `${2098 + at}-06-30`,
    amount,
  }));
  await change(
    writer,
    'contract plan',
    writer.random.pick(writer.contracts),
    [changed('contract', 'instalments', name)],
    ({ id, version }) => writer.person.ask('POST', `/v1/contracts/${id}:setPlan`, { instalments, version }),
    '/v1/contracts',
  );
};

/** Each is submitted once: nobody refuses one here. */
export const submitContract = async (writer: Writer): Promise<void> => {
  const contract = writer.contracts.shift();
  if (!contract) return createContract(writer);
  const { id: recordId } = contract;
  const submitted: Effect = {
    ...{ noun: 'contract', how: 'changed', field: 'state', recordId },
    value: 'CONTRACT_STATE_IN_APPROVAL',
  };
  await change(
    writer,
    'contract submit',
    contract,
    [submitted],
    ({ id, version }) => writer.person.ask('POST', `/v1/contracts/${id}:submit`, { version }),
    '/v1/contracts',
  );
};

/** Who writes has nobody above: the administrator decides, and sometimes two of them at once. */
export const approve = async (writer: Writer): Promise<void> => {
  const { admin, history, index, random } = writer;
  const { status, body } = await answered(admin.ask('GET', '/v1/approvals?pageSize=20'));
  if (status !== 200 || !body.approvals.length) return submitContract(writer);
  const { id, subjectId } = random.pick(body.approvals as { id: string; subjectId: string }[]);
  const reason = tokenOf(writer);
  const write = { kind: 'approval decide', writer: index, requestId: reason, effects: [told('approval', reason)] };
  const decide = () => admin.ask('POST', `/v1/approvals/${id}:decide`, { approve: true, reason });
  const { op } = await attempt(history, write, decide);
  if (op.outcome === 'ok') keep(writer.agreed, { id: subjectId });
};
