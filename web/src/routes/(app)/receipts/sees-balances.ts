import { session } from '#lib/session.svelte.ts';

/** What balances are made of is open to the reader, and `also` of the contract. */
export const seesBalances = (...also: string[]): boolean =>
  session.can('receipt.read') &&
  ['amount', 'instalments', 'state', ...also].every((field) => session.access('contract', field) === 'open') &&
  ['amount', 'allocations'].every((field) => session.access('receipt', field) === 'open');
