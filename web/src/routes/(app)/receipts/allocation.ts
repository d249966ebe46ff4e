import { api, body, type Schemas } from '#lib/api/client.ts';
import { scaled, scaleOf, unscaled } from '#lib/lines/total.ts';

export type Balance = Schemas['GetContractBalanceResponse'];
export type InstalmentBalance = Schemas['InstalmentBalance'];

/** What is typed for each instalment, by its id. */
export type Amounts = Record<string, string>;

/** An instalment as something may be allocated to it: `open` is what it takes at most. */
export interface Taker {
  id: string;
  place: number;
  name: string;
  dueDate: string;
  open: string;
  status: InstalmentBalance['status'];
}

export const contractBalance = (id: string): Promise<Balance> =>
  body(api.GET('/v1/contracts/{id}/balance', { params: { path: { id } } }));

/** What instalments take when what this receipt gives them is given anew. */
export function takersOf({ instalments, currency }: Balance, given: Schemas['ReceiptAllocation'][] = []): Taker[] {
  const back = new Map(given.map(({ instalmentId, amount }) => [instalmentId, amount]));
  return instalments.map(({ instalment, open, status }, index) => ({
    id: instalment?.id ?? '',
    place: index + 1,
    name: instalment?.name ?? '',
    dueDate: instalment?.dueDate ?? '',
    open: restOf(open, [`-${back.get(instalment?.id ?? '') ?? '0'}`], currency),
    status,
  }));
}

const signed = (text: string, scale: number): bigint =>
  text.startsWith('-') ? -(scaled(text.slice(1), scale) ?? 0n) : (scaled(text, scale) ?? 0n);

/** An amount less others, on digits; what is no amount yet counts as none. */
export function restOf(amount: string, others: string[], currency: string): string {
  const scale = scaleOf(currency);
  const rest = others.reduce((left, other) => left - signed(other, scale), signed(amount, scale));
  return unscaled(rest, scale);
}

/** The oldest instalments first, as the service proposes it. */
export function oldestFirst(amount: string, takers: readonly Taker[], currency: string): Amounts {
  const scale = scaleOf(currency);
  let left = signed(amount, scale);
  const amounts: Amounts = {};
  for (const { id, open } of takers) {
    const takes = signed(open, scale);
    const part = takes < left ? takes : left;
    if (part <= 0n) continue;
    amounts[id] = unscaled(part, scale);
    left -= part;
  }
  return amounts;
}

/** What a request carries: the instalments that get something. */
export const writtenAllocations = (amounts: Amounts, takers: readonly Taker[]): Schemas['ReceiptAllocation'][] =>
  takers.flatMap(({ id }) => {
    const amount = amounts[id] ?? '';
    return amount === '' || /^0*(\.0*)?$/.test(amount) ? [] : [{ instalmentId: id, amount }];
  });

/** Sentences by instalment of what a refusal says of the allocations that were sent. */
export const placeOf = (field: string): number | undefined => {
  const found = /(?:^|\.)allocations\[(\d+)\]/.exec(field)?.[1];
  return found === undefined ? undefined : Number(found);
};
