/** Totals as the service makes them, while somebody types: on digits, no floats. */

const DECIMAL = /^\d+(\.\d+)?$/;

/** A decimal as a whole number of its 10⁻ᵏ. Undefined for what is none. */
export function scaled(text: string, k: number): bigint | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const [whole = '0', fraction = ''] = text.split('.');
  if (fraction.length > k) return undefined;
  return BigInt(whole + fraction.padEnd(k, '0'));
}

export function unscaled(value: bigint, k: number): string {
  if (value < 0n) return `-${unscaled(-value, k)}`;
  const text = value.toString().padStart(k + 1, '0');
  return k ? `${text.slice(0, -k)}.${text.slice(-k)}` : text;
}

export interface Typed {
  quantity: string;
  price: string;
  discountPercent: string;
}

/** Decimals of a currency: 2 for most. */
export function scaleOf(currency: string): number {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    return format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** quantity × price × (100 − discount) / 100, rounded half up to the scale of the currency; undefined while something is missing. */
export function lineTotal({ quantity, price, discountPercent }: Typed, currency: string): string | undefined {
  const scale = scaleOf(currency);
  const [count, each, less] = [scaled(quantity, 4), scaled(price, 4), scaled(discountPercent || '0', 2)];
  if (count === undefined || each === undefined || less === undefined || less > 10_000n) return undefined;
  // 4 + 4 + 2 decimals, and the percent are hundredths.
  const product = count * each * (10_000n - less);
  const unit = 10n ** BigInt(12 - scale);
  return unscaled((product + unit / 2n) / unit, scale);
}

/** The sum of the totals that are there. */
export function sumOf(totals: (string | undefined)[], currency: string): string {
  const scale = scaleOf(currency);
  return unscaled(
    totals.reduce((sum, total) => sum + (scaled(total ?? '0', scale) ?? 0n), 0n),
    scale,
  );
}
