import { scaled, scaleOf, unscaled } from '#lib/lines/total.ts';

/** The sum of amounts, some of which may not be there; '' when none is: no target is not a target of 0. */
export function sumOfThose(amounts: readonly (string | undefined)[], currency: string): string {
  const scale = scaleOf(currency);
  const there = amounts.flatMap((amount) => (amount ? (scaled(amount, scale) ?? []) : []));
  if (there.length === 0) return '';
  return unscaled(
    there.reduce((sum, each) => sum + each, 0n),
    scale,
  );
}

/** What is left of one when the other is taken off; '' where one of them is not there. */
export function difference(amount: string, less: string, currency: string): string {
  const scale = scaleOf(currency);
  const [from, taken] = [signed(amount, scale), signed(less, scale)];
  return from === undefined || taken === undefined ? '' : unscaled(from - taken, scale);
}

export function isNothing(amount: string): boolean {
  return /^-?0*(\.0*)?$/.test(amount);
}

/** A decimal that may be negative, as a whole number of its 10⁻ᵏ. */
export function signed(amount: string, scale: number): bigint | undefined {
  const value = scaled(amount.replace('-', ''), scale);
  return value !== undefined && amount.startsWith('-') ? -value : value;
}
