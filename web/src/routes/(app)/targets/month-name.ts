import { getLocale } from '#lib/paraglide/runtime.js';
import { session } from '#lib/session.svelte.ts';

/** 3月, Mar; with the year when it is another than today's. */
export function monthName(month: string): string {
  const year = month.slice(0, 4) === session.today.slice(0, 4) ? {} : { year: '2-digit' as const };
  return new Intl.DateTimeFormat(getLocale(), { month: 'short', ...year, timeZone: 'UTC' }).format(
    new Date(`${month}T00:00:00Z`),
  );
}
