import { until } from '../mesh/person.ts';

/** One comparison of product and oracle that came out differently. */
export type Difference = {
  path: string;
  caller: string;
  /** The record, or what else was asked for. */
  about: string;
  field: string;
  oracle: string;
  product: string;
};

/** What one probe decided: how many comparisons by path, and those that differ. */
export type Decisions = { counts: Map<string, number>; differences: Difference[] };

export type Decide = (
  path: string,
  caller: string,
  about: string,
  sayings: { field?: string; oracle: unknown; product: unknown },
) => void;

const said = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'));

export const openDecisions = (): Decisions & { decide: Decide } => {
  const decisions: Decisions = { counts: new Map(), differences: [] };
  return {
    ...decisions,
    decide: (path, caller, about, { field = '', oracle, product }) => {
      decisions.counts.set(path, (decisions.counts.get(path) ?? 0) + 1);
      if (said(oracle) !== said(product))
        decisions.differences.push({ path, caller, about, field, oracle: said(oracle), product: said(product) });
    },
  };
};

export const totalOf = (counts: Map<string, number>): number => [...counts.values()].reduce((sum, n) => sum + n, 0);

/** What has changed holds on every path after this, milliseconds. */
export const HOLDS_AFTER_MS = 5_000;
const ASK_AGAIN_MS = 300;

/**
 * Runs a probe until product and oracle agree, or until they had the time in which a change must hold and still differ:
 * copies and figures follow a moment later, and nothing may stay different.
 */
export const settled = async (
  probe: (decide: Decide) => Promise<void>,
  limitMs = HOLDS_AFTER_MS,
): Promise<Decisions> => {
  let last: Decisions | undefined;
  const agree = async (): Promise<boolean> => {
    const { decide, ...decisions } = openDecisions();
    await probe(decide);
    last = decisions;
    return !decisions.differences.length;
  };
  await until('agreement', limitMs, agree, ASK_AGAIN_MS).catch((error: Error) => {
    if (!error.message.startsWith('agreement')) throw error;
  });
  return last!;
};

/** As a person reads it. */
export const sentenceOf = ({ path, caller, about, field, oracle, product }: Difference): string =>
  `${path}: ${caller}, ${about}${field && `, ${field}`}: the oracle says ${oracle}, the product ${product}`;
