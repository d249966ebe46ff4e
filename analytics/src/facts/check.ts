/** What ClickHouse would refuse must be found before: one bad row would stop the batch it is in, and all after it. */

const DECIMAL = /^-?\d{1,30}(\.\d{1,10})?$/;
const DATE = /^(19|2[0-2])\d{2}-\d{2}-\d{2}$/;
const TIME = /^(19|2[0-2])\d{2}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?$/;

const fits = (type: string, value: unknown): boolean => {
  const inner = /^(Nullable|LowCardinality|Array)\((.*)\)$/s.exec(type);
  if (inner?.[1] === 'Nullable') return value === null || fits(inner[2]!, value);
  if (inner?.[1] === 'Array') return Array.isArray(value) && value.every((item) => fits(inner[2]!, item));
  if (inner) return fits(inner[2]!, value);
  if (type.startsWith('Decimal')) return typeof value === 'string' && DECIMAL.test(value);
  if (type === 'Date32') return typeof value === 'string' && DATE.test(value) && !Number.isNaN(Date.parse(value));
  if (type.startsWith('DateTime64')) return typeof value === 'string' && TIME.test(value);
  // Half of a pair of surrogates is no text in UTF-8.
  if (type === 'String') return typeof value === 'string' && value.isWellFormed();
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
};

/** Throws unless the value can stand in the column. */
export const checkValue = (column: string, type: string, value: unknown): void => {
  if (!fits(type, value)) throw new Error(`${column} cannot hold ${JSON.stringify(value)?.slice(0, 100)}.`);
};
