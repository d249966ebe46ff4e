import Big from 'big.js';

export const MONTHS_OF_YEAR = 12;

/**
 * A sum in parts, in the proportions of the weights, each with so many decimals: what is left after rounding down goes to
 * the parts with the largest remainders, the first of them first, so that they add up exactly. Evenly without weights.
 */
export const split = (total: string, weights: string[], scale: number): string[] => {
  const given = weights.map((weight) => new Big(weight));
  const sum = given.reduce((all, weight) => all.plus(weight), new Big(0));
  const shares = sum.eq(0) ? given.map(() => new Big(1)) : given;
  const whole = sum.eq(0) ? new Big(given.length) : sum;
  // In the smallest unit of the currency, as a fraction over `whole`: nothing is rounded on the way.
  const units = new Big(total).times(new Big(10).pow(scale));
  const parts = shares.map((share, index) => {
    const exact = units.times(share);
    const rest = exact.mod(whole);
    return { index, floor: exact.minus(rest).div(whole), rest };
  });
  const left = units.minus(parts.reduce((all, { floor }) => all.plus(floor), new Big(0))).toNumber();
  const first = parts.toSorted((a, b) => b.rest.cmp(a.rest) || a.index - b.index).slice(0, left);
  const more = new Set(first.map(({ index }) => index));
  const unit = new Big(10).pow(-scale);
  return parts.map(({ floor, index }) =>
    floor
      .plus(more.has(index) ? 1 : 0)
      .times(unit)
      .toFixed(scale),
  );
};

/** First day of the month that a date lies in, so many months on. */
export const monthOf = (date: string, later = 0): string =>
  Temporal.PlainDate.from(date).with({ day: 1 }).add({ months: later }).toString();
