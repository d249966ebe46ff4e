import { CUBES } from '../../../analytics/src/cubes/catalogue.ts';
import { finding, type Finding } from '../difference.ts';
import type { Ledger } from '../ledger.ts';

type Cell = string | number | null | undefined;

/** Columns that both have, as text: the owner's row beside the fact. */
const SAME: Record<string, (row: any) => Cell> = {
  version: (row) => row.version,
  number: (row) => row.number ?? '',
  owner_id: (row) => row.owner_id ?? '',
  department_id: (row) => row.department_id ?? '',
  deleted: (row) => (row.delete_time ? 1 : 0),
  state: (row) => row.state,
  stage_id: (row) => row.stage_id ?? '',
  customer_id: (row) => row.customer_id ?? '',
  lead_id: (row) => row.lead_id ?? '',
  tag_ids: (row) => String(row.tag_ids ?? []),
};

/** Sums of money that a record holds as messages, and facts by their worth in the base currency. */
const SUMS = ['budget', 'planned_cost', 'actual_cost'];

/** Ten-thousandths of the currency: money is never a float. */
export const exact = (amount: string | number | null | undefined): bigint => {
  const [, sign = '', whole = '0', rest = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(amount ?? 0))!;
  return BigInt(`${sign}${whole}${rest.padEnd(4, '0').slice(0, 4)}`);
};

/** The last state of each record in ClickHouse is its row, to the penny. */
const checkFacts = (noun: string, { rows, clickhouse }: Ledger): Finding => {
  const { found, compared, differ } = finding(`facts of ${noun}`);
  const owned = rows.get(noun)!;
  const facts = new Map((clickhouse.facts[noun] ?? []).map((fact) => [String(fact['id']), fact]));
  if (facts.size !== (clickhouse.facts[noun] ?? []).length) differ('doubled', `${noun} has a fact twice`);
  for (const [id, row] of owned) {
    compared();
    const fact = facts.get(id);
    if (!fact) {
      differ('lost', `${noun} ${id}`);
      continue;
    }
    for (const [column, of] of Object.entries(SAME))
      if (column in fact && column in { ...row, deleted: true } && String(fact[column]) !== String(of(row)))
        differ('unequal', `${column} of ${noun} ${id}: ${fact[column]}, at its owner ${of(row)}`);
    for (const sum of SUMS)
      if (sum in fact && exact(row[sum]?.baseAmount) !== exact(fact[sum]))
        differ('unequal', `${sum} of ${noun} ${id}: ${fact[sum]}, at its owner ${row[sum]?.baseAmount}`);
    const worth = row.base_amount ?? row.amount?.baseAmount;
    if ('amount' in fact && exact(worth) !== exact(fact['amount']))
      differ('unequal', `amount of ${noun} ${id}: ${fact['amount']}, at its owner ${worth}`);
    const shares = (fact['product_amounts'] as string[] | undefined)?.reduce((sum, share) => sum + exact(share), 0n);
    if (shares !== undefined && shares !== exact(worth))
      differ('unequal', `products of ${noun} ${id}: ${shares} ten-thousandths, at its owner ${worth}`);
  }
  for (const id of facts.keys()) if (!owned.has(id)) differ('foreign', `${noun} ${id}`);
  return found;
};

/** Every version of every record was a change, once. */
const checkChanges = (noun: string, { events, clickhouse }: Ledger): Finding => {
  const { found, compared, differ } = finding(`changes of ${noun}`);
  const counted = new Map((clickhouse.changes[noun] ?? []).map((row) => [`${row.id} v${row.version}`, row.counted]));
  for (const event of events.filter((each) => each.noun === noun)) {
    compared();
    const change = `${event.recordId} v${event.version}`;
    const count = counted.get(change);
    if (!count) differ('lost', `${noun} ${change}`, { at: event.recorded });
    else if (count > 1) differ('doubled', `${noun} ${change}`, { at: event.recorded });
    counted.delete(change);
  }
  for (const change of counted.keys()) differ('foreign', `${noun} ${change}`);
  return found;
};

/** What the movements come to is what stands in PostgreSQL, by state: records and money. */
const checkSums = (noun: string, { rows, clickhouse }: Ledger): Finding => {
  const { found, compared, differ } = finding(`sums of ${noun}`);
  const there = new Map((clickhouse.standing[noun] ?? []).map((row) => [row.state, row]));
  const byState = Map.groupBy(rows.get(noun)!.values(), ({ state }) => String(state));
  for (const state of new Set([...there.keys(), ...byState.keys()])) {
    compared();
    const here = byState.get(state) ?? [];
    const { count = '0', amount = '0' } = there.get(state) ?? {};
    if (Number(count) !== here.length) differ('unequal', `${state}: ${count} records, at the owner ${here.length}`);
    const sum = here.reduce((total, row) => total + exact(row.base_amount), 0n);
    if (sum !== exact(amount)) differ('unequal', `${state}: ${amount}, at the owner ${sum} ten-thousandths`);
  }
  return found;
};

/** Figures are made of these tables: each against the rows of the nouns' owners. */
export const checkClickhouse = (ledger: Ledger): Finding[] =>
  [...CUBES.values()].flatMap(({ noun, moves }) => [
    checkFacts(noun, ledger),
    checkChanges(noun, ledger),
    ...(moves.includes('state') ? [checkSums(noun, ledger)] : []),
  ]);
