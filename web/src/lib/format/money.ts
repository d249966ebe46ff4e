/** Money as decimal strings, for eyes: grouped, or shortened to 万/亿 in Chinese and k/M/B in English. No floats. */

const SHORT: Record<string, [exponent: number, unit: string][]> = {
  zh: [
    [8, '亿'],
    [4, '万'],
  ],
  en: [
    [9, 'B'],
    [6, 'M'],
    [3, 'k'],
  ],
};

interface Decimal {
  negative: boolean;
  whole: string;
  fraction: string;
}

function split(amount: string): Decimal | null {
  const match = /^(-?)0*(\d+)(?:\.(\d+))?$/.exec(amount);
  if (!match) return null;
  return { negative: match[1] === '-', whole: match[2] ?? '0', fraction: match[3] ?? '' };
}

/** Rounds half up to `scale` decimals, on digits. */
function round({ negative, whole, fraction }: Decimal, scale: number): Decimal {
  const digits = (whole + fraction.padEnd(scale + 1, '0')).slice(0, whole.length + scale + 1);
  const up = (BigInt(digits) + 5n) / 10n;
  const text = up.toString().padStart(scale + 1, '0');
  const cut = text.length - scale;
  return { negative: negative && up !== 0n, whole: text.slice(0, cut), fraction: text.slice(cut) };
}

function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `1234567.5` → `1,234,567.50` with the currency's symbol and scale. A value that is no decimal comes back as it is. */
export function formatMoney(amount: string, currency: string, locale: string): string {
  if (!split(amount)) return amount;
  try {
    const format = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
    return format.format(amount as `${number}`);
  } catch {
    // Not an ISO 4217 code that this engine knows.
    return `${groupDigits(amount)} ${currency}`.trim();
  }
}

/** `12345678` → `1,234.6万` or `12.3M`; below the first unit it is grouped with no decimals. */
export function shortNumber(amount: string, locale: string): string {
  const value = split(amount);
  if (!value) return amount;
  const units = SHORT[locale.slice(0, 2)] ?? SHORT['en'] ?? [];
  const sign = (decimal: Decimal) => (decimal.negative ? '-' : '');
  for (const [exponent, unit] of units) {
    const moved = shift(value, exponent);
    if (moved.whole === '0') continue;
    const short = round(moved, moved.whole.length >= 3 ? 0 : 1);
    const fraction = short.fraction.replace(/0+$/, '');
    return `${sign(short)}${grouped(short.whole)}${fraction && `.${fraction}`}${unit}`;
  }
  const plain = round(value, value.whole.length >= 3 ? 0 : 2);
  const fraction = plain.fraction.replace(/0+$/, '');
  return `${sign(plain)}${grouped(plain.whole)}${fraction && `.${fraction}`}`;
}

/** Divides by ten to the power of `exponent`. */
function shift({ negative, whole, fraction }: Decimal, exponent: number): Decimal {
  const digits = whole.padStart(exponent + 1, '0');
  const cut = digits.length - exponent;
  return { negative, whole: digits.slice(0, cut).replace(/^0+(?=\d)/, ''), fraction: digits.slice(cut) + fraction };
}

/** `shortNumber` with the currency's symbol before it. */
export function shortMoney(amount: string, currency: string, locale: string): string {
  const short = shortNumber(amount, locale);
  const symbol = currencySymbol(currency, locale);
  return short.startsWith('-') ? `-${symbol}${short.slice(1)}` : `${symbol}${short}`;
}

export function currencySymbol(currency: string, locale: string): string {
  try {
    const parts = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
    }).formatToParts(0);
    return parts.find((part) => part.type === 'currency')?.value ?? currency;
  } catch {
    return currency;
  }
}

/** The sum of decimal strings, to the last digit. */
export function addAmounts(amounts: string[]): string {
  const parts = amounts.map(split).filter((part) => part !== null);
  const scale = Math.max(0, ...parts.map(({ fraction }) => fraction.length));
  const digits = ({ negative, whole, fraction }: Decimal) =>
    BigInt(whole + fraction.padEnd(scale, '0')) * (negative ? -1n : 1n);
  const sum = parts.reduce((total, part) => total + digits(part), 0n);
  const text = (sum < 0n ? -sum : sum).toString().padStart(scale + 1, '0');
  const cut = text.length - scale;
  return `${sum < 0n ? '-' : ''}${text.slice(0, cut)}${scale ? `.${text.slice(cut)}` : ''}`;
}

/** What a money input shows while typing stops: `1234567.5` → `1,234,567.5`. */
export function groupDigits(amount: string): string {
  const match = /^(-?)(\d*)(\.\d*)?$/.exec(amount);
  if (!match) return amount;
  return `${match[1] ?? ''}${grouped(match[2] ?? '')}${match[3] ?? ''}`;
}

const TYPED_UNITS: Record<string, number> = { 千: 3, 万: 4, 萬: 4, 亿: 8, 億: 8, k: 3, w: 4, m: 6, b: 9 };

/**
 * What a person types as an amount → decimal string, or null when it is none.
 * Takes digit groups, full-width digits, currency signs and units: `1.2万`, `￥3,000`, `15k`.
 * At most 4 decimals and 18 digits before the point, as the contracts allow.
 */
export function parseAmount(typed: string): string | null {
  const text = typed
    .normalize('NFKC')
    .replace(/[\s,_'¥$€£]/g, '')
    .toLowerCase();
  const match = /^(-?)(\d*)(?:\.(\d*))?(千|万|萬|亿|億|k|w|m|b)?$/.exec(text);
  if (!match || !(match[2] || match[3])) return null;
  const exponent = match[4] ? (TYPED_UNITS[match[4]] ?? 0) : 0;
  const fraction = (match[3] ?? '').padEnd(exponent, '0');
  const whole = `${match[2] ?? ''}${fraction.slice(0, exponent)}`.replace(/^0+(?=\d)/, '') || '0';
  const rest = fraction.slice(exponent).replace(/0+$/, '');
  if (rest.length > 4 || whole.length > 18) return null;
  const sign = match[1] && (BigInt(whole) !== 0n || rest) ? '-' : '';
  return `${sign}${whole}${rest && `.${rest}`}`;
}
