/** A plain model of a contract's money, in cents: what the service must agree with. Nothing of the service's own is used. */

export type Part = { id: string; amount: bigint };
export type Paid = {
  id: string;
  amount: bigint;
  returned: bigint;
  base: bigint;
  given: Map<string, bigint>;
  reversed: boolean;
};

export type Book = {
  amount: bigint;
  plan: Part[];
  receipts: Paid[];
  void: boolean;
  /** Ten-thousandths of the base currency for one of the contract's. */
  rate: bigint;
};

const sum = (amounts: Iterable<bigint>): bigint => [...amounts].reduce((all, one) => all + one, 0n);

/** Half up, of what is not negative. */
export const rounded = (amount: bigint, times: bigint, by: bigint): bigint => (2n * amount * times + by) / (2n * by);

export const leftOf = ({ amount, returned }: Paid): bigint => amount - returned;
export const receivedFor = ({ receipts }: Book, id: string): bigint =>
  sum(receipts.map(({ given }) => given.get(id) ?? 0n));
export const standing = ({ receipts }: Book): bigint => sum(receipts.map(leftOf));
export const allocated = ({ given }: Paid): bigint => sum(given.values());
export const unallocated = (book: Book): bigint => standing(book) - sum(book.receipts.map(allocated));
/** The rows of the ledger in the base currency: each receipt, less the rounded share of it that went back. */
export const standingBase = ({ receipts }: Book): bigint =>
  sum(receipts.map(({ base, returned, amount }) => base - rounded(base, returned, amount)));

export const mayPlan = (book: Book, parts: Part[]): boolean =>
  !book.void &&
  parts.every(({ amount }) => amount > 0n) &&
  sum(parts.map(({ amount }) => amount)) <= book.amount &&
  book.plan.every(({ id }) => receivedFor(book, id) <= (parts.find((part) => part.id === id)?.amount ?? 0n));

/** May the receipt be for these, once `left` of it is there? */
export const mayAllocate = (book: Book, paid: Paid | undefined, given: Map<string, bigint>, left: bigint): boolean =>
  sum(given.values()) <= left &&
  [...given].every(([id, amount]) => {
    const part = book.plan.find((each) => each.id === id);
    const others = receivedFor(book, id) - (paid?.given.get(id) ?? 0n);
    return part !== undefined && amount > 0n && amount <= part.amount - others;
  });

export const oldestFirst = (book: Book, amount: bigint): Map<string, bigint> => {
  const given = new Map<string, bigint>();
  let left = amount;
  for (const part of book.plan) {
    const open = part.amount - receivedFor(book, part.id);
    const takes = open < left ? open : left;
    if (takes > 0n) given.set(part.id, takes);
    left -= takes > 0n ? takes : 0n;
  }
  return given;
};
