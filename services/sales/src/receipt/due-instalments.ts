import type { ListDueInstalmentsRequest, ListDueInstalmentsResponse } from '@pelagic/proto/crm/sales/v1/receipt';
import type { Caller } from '@pelagic/chassis/caller';
import { enterprise, today } from '@pelagic/chassis/enterprise';
import { decodeCursor, encodeCursor, pageSize } from '@pelagic/chassis/page';
import Big from 'big.js';
import { sql, type Kysely } from 'kysely';
import { contract, type ContractRow, type Planned } from '../contract/contract.ts';
import { balanceOf, PLAN_MADE_OF, refuseClosed } from './balance.ts';

type Due = { contract_id: string; state: ContractRow['state']; currency: string | null; part: Planned; paid: string };

const ORDER = 'due_date asc';

/** Bounded by the contracts of one person: how far an instalment is paid is in no index. */
export const listDueInstalments = async (
  db: Kysely<any>,
  request: ListDueInstalmentsRequest,
  caller: Caller,
): Promise<ListDueInstalmentsResponse> => {
  // Whose a contract is, is what the list is found by.
  refuseClosed(caller, [...PLAN_MADE_OF, ['contract', 'ownerId']]);
  const size = pageSize(request.pageSize);
  const [date, id] = request.pageToken ? decodeCursor(request.pageToken, ORDER) : [];
  const { rows } = await sql<Due>`
    with part as (
      select contract.id as contract_id, state, amount ->> 'currency' as currency, part, part ->> 'dueDate' as due_date
      from contract, jsonb_array_elements(instalments) part
      where owner_id = ${request.ownerId || caller.id}::uuid and delete_time is null
        and state in ('CONTRACT_STATE_EFFECTIVE', 'CONTRACT_STATE_COMPLETED')
        and part ->> 'dueDate' <= ${request.untilDate || today()} and ${contract.reach(caller, 'read', 'contract')}
    ), paid as (
      select given ->> 'instalmentId' as id, sum((given ->> 'amount')::numeric) as amount
      from receipt, jsonb_array_elements(receipt.allocations) given
      where receipt.contract_id in (select contract_id from part) group by 1
    )
    select contract_id, state, currency, part, coalesce(paid.amount, 0)::text as paid
    from part left join paid on paid.id = part ->> 'id'
    where (part ->> 'amount')::numeric > coalesce(paid.amount, 0)
      ${request.pageToken ? sql`and (due_date, part ->> 'id') > (${date}, ${id})` : sql``}
    order by due_date, part ->> 'id' limit ${size + 1}`.execute(db);
  const page = rows.slice(0, size);
  const last = rows.length > size ? page.at(-1)!.part : undefined;
  return {
    dueInstalments: page.map(({ contract_id, state, currency: named, part, paid }) => {
      const currency = named ?? enterprise().baseCurrency;
      return { contractId: contract_id, currency, balance: balanceOf(state, part, new Big(paid), currency) };
    }),
    nextPageToken: last ? encodeCursor(ORDER, [last.dueDate, last.id]) : '',
  };
};
