import { invalidField, type Problem } from './problem.ts';

export const PAGE_SIZE_DEFAULT = 50;
export const PAGE_SIZE_MAX = 200;
/** Lists count no further than this; 1,001 reads as "1,000+". */
export const COUNT_MAX = 1_001;

export const pageSize = (asked: number): number => Math.min(asked || PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX);

/**
 * A keyset cursor: the sort values of the last row of a page. It is bound to its order, so that a token cannot be
 * used under another.
 */
export const encodeCursor = (order: string, values: unknown[]): string =>
  Buffer.from(JSON.stringify([order, ...values])).toString('base64url');

export const badPageToken = (): Problem =>
  invalidField('pageToken', 'BAD_PAGE_TOKEN', 'This page token does not belong to this list and order.');

export const decodeCursor = (token: string, order: string): unknown[] => {
  try {
    const [made, ...values] = JSON.parse(Buffer.from(token, 'base64url').toString()) as unknown[];
    if (
      made === order &&
      values.every((value) => value === null || ['string', 'number', 'boolean'].includes(typeof value))
    )
      return values;
  } catch {
    // Falls through: a token that cannot be read is one that nobody here made.
  }
  throw badPageToken();
};
