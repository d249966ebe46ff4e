import { session } from '#lib/session.svelte.ts';

const COMMON = ['CNY', 'USD', 'EUR', 'JPY', 'HKD', 'GBP', 'SGD', 'KRW', 'AUD', 'TWD'];

/** The base currency first, then what trade is mostly done in, then `chosen` when it is none of these. */
export function currencies(chosen = ''): string[] {
  return [...new Set([session.currency, ...COMMON, chosen])].filter(Boolean);
}
