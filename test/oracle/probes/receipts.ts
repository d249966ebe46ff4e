import { every, isOut, living, mayDo, open, sample, sees, verdict, type Probe, type Probing } from '../judge.ts';
import type { Thing } from '../organisation.ts';

const HOLDS = ['CONTRACT_STATE_EFFECTIVE', 'CONTRACT_STATE_COMPLETED'];

/** A sum tells what it is made of: denied where one of these fields is closed. */
const refusalOf = (probing: Probing, made: [noun: string, field: string][]): string => {
  if (isOut(probing)) return 'signed out';
  const closed = made.some(([noun, field]) => !open(probing, noun, field));
  return mayDo(probing, 'receipt.read') && !closed ? 'ok' : 'denied';
};

const amountOf = ({ world }: Probing, { id }: Thing): number =>
  Number(world.organisation.values.get(id)?.['amount']?.baseAmount ?? 0);

const sumOf = (probing: Probing, things: Thing[]): string =>
  things.reduce((sum, thing) => sum + amountOf(probing, thing), 0).toFixed(2);

const receiptsOf = (probing: Probing, contracts: Thing[]): Thing[] => {
  const ids = new Set(contracts.map(({ id }) => id));
  return living(probing, 'receipt').filter(({ contractId }) => ids.has(contractId ?? ''));
};

const OF_PLAN: [noun: string, field: string][] = [
  ['contract', 'amount'],
  ['contract', 'instalments'],
  ['contract', 'state'],
  ['receipt', 'amount'],
  ['receipt', 'allocations'],
];

const ofContracts: Probe = async (probing) => {
  const { door, decide } = probing;
  for (const contract of sample(probing, every(probing, 'contract'), 4)) {
    const answer = await door.rest('GET', `/v1/contracts/${contract.id}/balance`);
    const refusal = refusalOf(probing, OF_PLAN);
    const oracle = refusal === 'ok' && !sees(probing, contract) ? 'not found' : refusal;
    decide('balance', door.name, `contract ${contract.id}`, { oracle, product: verdict(answer) });
    if (answer.status === 200)
      decide('balance', door.name, `contract ${contract.id}`, {
        field: 'received',
        oracle: sumOf(probing, receiptsOf(probing, [contract])),
        product: answer.body.received,
      });
  }
};

const ofCustomers: Probe = async (probing) => {
  const { door, decide, world } = probing;
  const made: [string, string][] = [
    ...['amount', 'state', 'customerId'].map((field): [string, string] => ['contract', field]),
    ['receipt', 'amount'],
  ];
  for (const customer of sample(probing, every(probing, 'customer'), 4)) {
    const answer = await door.rest('GET', `/v1/customers/${customer.id}/balance`);
    decide('balance', door.name, `customer ${customer.id}`, {
      oracle: refusalOf(probing, made),
      product: verdict(answer),
    });
    if (answer.status !== 200) continue;
    const held = living(probing, 'contract').filter(
      (contract) =>
        world.organisation.values.get(contract.id)?.['customerId'] === customer.id &&
        HOLDS.includes(world.organisation.values.get(contract.id)?.['state']) &&
        sees(probing, contract),
    );
    const told = { agreed: sumOf(probing, held), received: sumOf(probing, receiptsOf(probing, held)) };
    for (const [field, oracle] of Object.entries(told))
      decide('balance', door.name, `customer ${customer.id}`, { field, oracle, product: answer.body[field] });
  }
};

const ofLists: Probe = async (probing) => {
  const { door, decide } = probing;
  const answer = await door.rest('GET', '/v1/receipts:sum');
  decide('balance', door.name, 'all receipts', {
    oracle: refusalOf(probing, []),
    product: verdict(answer),
  });
  if (answer.status !== 200) return;
  const seen = living(probing, 'receipt').filter((thing) => sees(probing, thing));
  decide('balance', door.name, 'all receipts', {
    field: 'net',
    oracle: open(probing, 'receipt', 'amount') ? sumOf(probing, seen) : '',
    product: answer.body.net,
  });
};

type Due = { contractId: string; balance: { instalment: { id: string } } };

/** What is still to be received for the contracts of some people, up to the end of their plans. */
export const dueInstalments: Probe = async (probing) => {
  const { door, decide, world } = probing;
  const refusal = refusalOf(probing, [...OF_PLAN, ['contract', 'ownerId']]);
  const owners = [...new Set(living(probing, 'contract').flatMap(({ ownerId }) => (ownerId ? [ownerId] : [])))];
  for (const ownerId of sample(probing, owners, 3)) {
    const path = `/v1/due-instalments?ownerId=${ownerId}&untilDate=2099-12-31&pageSize=200`;
    const answer = await door.rest('GET', path);
    decide('due instalments', door.name, ownerId, { oracle: refusal, product: verdict(answer) });
    if (answer.status !== 200) continue;
    const told = new Set((answer.body.dueInstalments as Due[]).map(({ balance }) => balance.instalment.id));
    for (const { contractId, balance } of (await world.house.admin.get(path)).dueInstalments as Due[])
      decide('due instalments', door.name, `instalment ${balance.instalment.id}`, {
        oracle: sees(probing, world.organisation.things.get(contractId)!),
        product: told.delete(balance.instalment.id),
      });
    for (const id of told) decide('due instalments', door.name, id, { oracle: 'not due', product: 'shown' });
  }
};

/** Sums of receipts: over what the caller sees, and made of nothing that is closed to them. */
export const balances: Probe = async (probing) => {
  await ofContracts(probing);
  await ofCustomers(probing);
  await ofLists(probing);
};
