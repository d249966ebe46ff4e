import type { ColumnValues, UnknownValue, ValueCount } from '@pelagic/proto/crm/capability/v1/job';
import type { DoneRow } from '../job/job-rows.ts';

/** A column with more different values holds no choice. */
const VALUES_MAX = 50;
/** Characters; what is longer is prose. */
const VALUE_LENGTH_MAX = 100;
const UNKNOWN_MAX = 200;

/** What may be put right by the mapping: no choice of the field, the name of no record or of several. */
const MAPPABLE = new Set(['UNKNOWN_VALUE', 'NOT_FOUND', 'AMBIGUOUS']);

const mostFirst = <T extends Pick<ValueCount, 'count'>>(counted: T[]): T[] =>
  counted.sort((one, other) => other.count - one.count);

const count = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

/** The different values of each column, where they are few. */
export const columnValues = (columns: string[]): { add: (cells: string[]) => void; all: () => ColumnValues[] } => {
  const counts = columns.map((): Map<string, number> | undefined => new Map());
  return {
    add: (cells) => {
      for (const [index, values] of counts.entries()) {
        const value = (cells[index] ?? '').trim();
        if (!values || !value) continue;
        count(values, value);
        if (values.size > VALUES_MAX || value.length > VALUE_LENGTH_MAX) counts[index] = undefined;
      }
    },
    all: () =>
      columns.flatMap((column, index) => {
        const values = [...(counts[index] ?? [])].map(([value, rows]) => ({ value, count: rows }));
        return values.length ? [{ column, values: mostFirst(values) }] : [];
      }),
  };
};

/** The values that rows were refused for and that a mapping could put right. */
export const unknownValues = (): { add: (rows: DoneRow[]) => void; all: () => UnknownValue[] } => {
  const counts = new Map<string, number>();
  return {
    add: (rows) => {
      for (const { errors = [] } of rows)
        for (const { field, reason, params } of errors)
          if (field && MAPPABLE.has(reason) && params?.['value']) count(counts, `${field}\0${params['value']}`);
    },
    all: () =>
      mostFirst(
        [...counts].map(([key, rows]) => {
          const [field = '', value = ''] = key.split('\0');
          return { field, value, count: rows };
        }),
      ).slice(0, UNKNOWN_MAX),
  };
};
