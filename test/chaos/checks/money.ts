import { finding, type Finding } from '../difference.ts';
import type { Ledger } from '../ledger.ts';
import { exact } from './facts.ts';

type Allocation = { instalmentId: string; amount: string };
type Receipt = {
  id: string;
  contract_id: string;
  amount: { amount: string };
  returned: { amount: string } | null;
  returns_id: string | null;
  allocations: Allocation[];
};

const sum = (amounts: string[]): bigint => amounts.reduce((total, each) => total + exact(each), 0n);

/** The ledger of contracts balances: nothing is given away twice, however many allocated at once and whatever died meanwhile. */
export const checkMoney = ({ rows }: Ledger): Finding => {
  const { found, compared, differ } = finding('money');
  const receipts = [...rows.get('receipt')!.values()] as Receipt[];
  const returns = Map.groupBy(receipts, ({ returns_id: of }) => of ?? '');
  for (const { id, amount, returned, returns_id: isReturn, allocations } of receipts) {
    if (isReturn) continue;
    compared();
    const back = -sum((returns.get(id) ?? []).map((each) => each.amount.amount));
    if (back !== exact(returned?.amount))
      differ('unequal', `receipt ${id}: ${back} went back, it says ${returned?.amount}`);
    const left = exact(amount.amount) - back;
    const given = sum(allocations.map((each) => each.amount));
    if (left < 0n || given > left) differ('unequal', `receipt ${id}: ${given} is allocated of ${left}`);
  }
  const allocations = Map.groupBy(
    receipts.flatMap((each) => each.allocations),
    ({ instalmentId }) => instalmentId,
  );
  for (const { id, instalments } of rows.get('contract')!.values() as Iterable<{
    id: string;
    instalments: { id: string; amount: string }[];
  }>)
    for (const instalment of instalments) {
      compared();
      const given = sum((allocations.get(instalment.id) ?? []).map(({ amount }) => amount));
      if (given > exact(instalment.amount))
        differ('unequal', `an instalment of contract ${id} of ${instalment.amount} was given ${given}`);
    }
  return found;
};
