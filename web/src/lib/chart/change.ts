/** Change against the comparison in percent, one decimal; null where there is nothing to compare with. */
export function changeOf(value: string, compare: string): number | null {
  const [now, before] = [Number(value), Number(compare)];
  if (value === '' || compare === '' || before === 0) return null;
  return Math.round(((now - before) / Math.abs(before)) * 1000) / 10;
}
