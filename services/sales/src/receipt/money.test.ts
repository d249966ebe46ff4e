import { Contract } from '@pelagic/proto/crm/sales/v1/contract';
import { uuidv7 } from '@pelagic/chassis/outbox';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { everything, startSalesService } from '../testing.ts';
import {
  allocated,
  leftOf,
  mayAllocate,
  mayPlan,
  oldestFirst,
  receivedFor,
  rounded,
  standing,
  standingBase,
  unallocated,
  type Book,
  type Paid,
} from './money-model.ts';
import { approve, cny, newReceipt, newRefund } from './testing.ts';

/** Histories; `npm run nightly` tries 20,000. */
const HISTORIES = Number(process.env['MONEY_HISTORIES'] ?? 500);
/** Side by side, each a share of them. */
const LANES = 4;
const SEED = Number(process.env['MONEY_SEED'] ?? 1);

type Started = Awaited<ReturnType<typeof startSalesService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;

beforeAll(async () => {
  started = await startSalesService();
  ann = await started.person({ permissions: everything('ALL') });
  await started.database.sql
    .insertInto('directory_rate')
    .values({ id: uuidv7(), currency: 'USD', from_date: '2020-01-01', rate: '7.0015' })
    .execute();
});
afterAll(() => started.stop());

const text = (cents: bigint): string => {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

/** Cents; often so few that rounding shows. */
const cents = fc.oneof(fc.bigInt(1n, 50n), fc.bigInt(1n, 20_000n));
/** Which of those that are there, and how much for each. */
const parts = fc.array(fc.tuple(fc.nat(5), fc.bigInt(0n, 12_000n)), { maxLength: 4 });

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('receive' as const), amount: cents, parts: fc.option(parts) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('allocate' as const), which: fc.nat(9), parts }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('refund' as const),
      which: fc.nat(9),
      percent: fc.option(fc.bigInt(1n, 110n), { freq: 8 }),
      amount: cents,
      parts: fc.oneof(fc.option(parts), fc.constant<[number, bigint][]>([])),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reverse' as const), which: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('plan' as const), parts, keep: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('void' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type At<D extends Step['do']> = Extract<Step, { do: D }>;

const history = fc.record({
  currency: fc.constantFrom('CNY', 'USD'),
  amount: cents,
  amended: fc.option(cents),
  first: parts,
  steps: fc.array(step, { minLength: 4, maxLength: 12 }),
});
type History = typeof history extends fc.Arbitrary<infer H> ? H : never;

/** A contract in the service, and what the model knows of it. */
type Case = { id: string; customerId: string; currency: string; book: Book };

/** What the service says, when the model says whether it may. */
const answered = async <T>(may: boolean, ask: () => Promise<T>): Promise<T | undefined> => {
  const [outcome] = await Promise.allSettled([ask()]);
  const refused = outcome.status === 'rejected' ? outcome.reason : undefined;
  // Refused by a rule, and not by a fault of ours.
  if (refused) expect(['INVALID_ARGUMENT', 'FAILED_PRECONDITION']).toContain((refused as { code: string }).code);
  expect(refused ? `refused: ${(refused as { reason: string }).reason}` : 'done').toMatch(may ? /^done$/ : /^refused/);
  return outcome.status === 'fulfilled' ? outcome.value : undefined;
};

const named = ({ plan }: Book, asked: [number, bigint][]): Map<string, bigint> => {
  const given = new Map<string, bigint>();
  for (const [which, amount] of asked) if (plan.length) given.set(plan[which % plan.length]!.id, amount);
  return given;
};
const written = (given: Map<string, bigint>) =>
  [...given].map(([instalmentId, amount]) => ({ instalmentId, amount: text(amount) }));
const readBack = (allocations: { instalmentId: string; amount: string }[]): Map<string, bigint> =>
  new Map(allocations.map(({ instalmentId, amount }) => [instalmentId, BigInt(amount.replace('.', ''))]));

const plan = async ({ id, book }: Case, asked: [number, bigint][], keep: boolean): Promise<void> => {
  const kept = keep ? book.plan : [];
  const fresh = asked.map(([, amount]) => ({ id: '', amount }));
  const wanted = [...kept, ...fresh];
  const instalments = wanted.map((part, index) => ({
    id: part.id,
    name: '',
    dueDate: `2026-01-${String(index + 1).padStart(2, '0')}`,
    amount: text(part.amount),
  }));
  const done = await answered(mayPlan(book, wanted), () =>
    ann.contracts.setReceiptPlan({ id, instalments, version: 0 }),
  );
  if (done)
    book.plan = done.contract!.instalments.map((part) => ({
      id: part.id,
      amount: BigInt(part.amount.replace('.', '')),
    }));
};

const receive = async ({ id, book }: Case, { amount, parts: asked }: At<'receive'>): Promise<void> => {
  const given = asked ? named(book, asked) : new Map<string, bigint>();
  const may = !book.void && mayAllocate(book, undefined, given, amount);
  const proposed = given.size || asked ? given : oldestFirst(book, amount);
  const done = await answered(may, () =>
    ann.receipts.createReceipt(
      newReceipt(id, text(amount), { allocations: written(given) }, { keepUnallocated: asked !== null }),
    ),
  );
  if (!done) return;
  const made = done.receipt!;
  expect(readBack(made.allocations)).toEqual(proposed);
  const base = rounded(amount, book.rate, 10_000n);
  expect(made.amount!.baseAmount).toBe(text(base));
  book.receipts.push({ id: made.id, amount, returned: 0n, base, given: proposed, reversed: false });
};

const paidAt = ({ receipts }: Book, which: number): Paid | undefined =>
  receipts.length ? receipts[which % receipts.length] : undefined;

const allocate = async ({ book }: Case, { which, parts: asked }: At<'allocate'>): Promise<void> => {
  const paid = paidAt(book, which);
  if (!paid) return;
  const given = named(book, asked);
  const { receipt } = await ann.receipts.getReceipt({ id: paid.id });
  // A contract that is void has nothing left to allocate.
  const may = mayAllocate(book, paid, given, leftOf(paid));
  const done = await answered(may, () =>
    ann.receipts.allocateReceipt({ id: paid.id, allocations: written(given), version: receipt!.version }),
  );
  if (done) paid.given = given;
};

const refund = async ({ book }: Case, { which, percent, amount: any, parts: asked }: At<'refund'>): Promise<void> => {
  const paid = paidAt(book, which);
  if (!paid) return;
  // Mostly a part of what is left, so that a receipt goes back in several.
  const amount = percent ? rounded(leftOf(paid), percent, 100n) || 1n : any;
  const left = leftOf(paid) - amount;
  const given = asked ? named(book, asked) : paid.given;
  const may = left >= 0n && (asked ? mayAllocate(book, paid, given, left) : allocated(paid) <= left);
  const done = await answered(may, () =>
    ann.receipts.refundReceipt(
      newRefund(paid.id, text(amount), asked ? { allocations: written(given), reallocate: true } : {}),
    ),
  );
  if (!done) return;
  expect(done.receipt!.amount!.amount).toBe(text(-amount));
  Object.assign(paid, { given, returned: paid.returned + amount });
};

const reverse = async ({ book }: Case, { which }: At<'reverse'>): Promise<void> => {
  const paid = paidAt(book, which);
  if (!paid) return;
  const done = await answered(leftOf(paid) > 0n, () =>
    ann.receipts.reverseReceipt({ id: paid.id, reason: '录错', version: 0, requestId: '' }),
  );
  if (done) Object.assign(paid, { given: new Map(), returned: paid.amount, reversed: true });
};

const end = async ({ id, book }: Case): Promise<void> => {
  const done = await answered(!book.void && standing(book) === 0n, () =>
    ann.contracts.voidContract({ id, reason: '解约', version: 0 }),
  );
  if (done) book.void = true;
};

const take = (of: Case, each: Step): Promise<void> => {
  switch (each.do) {
    case 'receive':
      return receive(of, each);
    case 'allocate':
      return allocate(of, each);
    case 'refund':
      return refund(of, each);
    case 'reverse':
      return reverse(of, each);
    case 'plan':
      return plan(of, each.parts, each.keep);
    case 'void':
      return end(of);
  }
};

/** Drafted, planned, amended and approved. */
const begin = async ({ currency, amount, amended, first }: History): Promise<Case> => {
  const customerId = started.customer({ name: '蓝海' }, ann);
  const contract = Contract.fromJSON({
    ...{ name: '供货', customerId, signDate: '2026-03-01', startDate: '2026-03-01' },
    amount: { ...cny(text(amount)), currency },
  });
  const { id } = (await ann.contracts.createContract({ contract, requestId: '', validateOnly: false })).contract!;
  const rate = currency === 'USD' ? 70_015n : 10_000n;
  const of: Case = { id, customerId, currency, book: { amount, plan: [], receipts: [], void: false, rate } };
  await plan(of, first, false);
  if (amended) {
    const may = mayPlan({ ...of.book, amount: amended, plan: [] }, of.book.plan);
    const done = await answered(may, () =>
      ann.contracts.updateContract({
        id,
        contract: Contract.fromJSON({ amount: { ...cny(text(amended)), currency } }),
        updateMask: ['amount'],
      }),
    );
    if (done) of.book.amount = amended;
  }
  await approve(started, (await ann.contracts.submitContract({ id, version: 0 })).contract!);
  return of;
};

/** Contract, plan, list and customer come to what the model comes to, to the cent. */
const agree = async ({ id, customerId, book }: Case): Promise<void> => {
  const [balance, customer, sums] = await Promise.all([
    ann.receipts.getContractBalance({ id }),
    ann.receipts.getCustomerBalance({ id: customerId }),
    ann.receipts.sumReceipts({ filter: `contract_id = "${id}"`, query: '' }),
  ]);
  expect(balance).toMatchObject({
    received: text(standing(book)),
    unallocated: text(unallocated(book)),
    open: text(book.amount - standing(book)),
    instalments: book.plan.map(({ id: part, amount }) => ({
      received: text(receivedFor(book, part)),
      open: text(amount - receivedFor(book, part)),
    })),
  });
  expect(sums.net).toBe(text(standingBase(book)));
  const agreed = book.void ? 0n : rounded(book.amount, book.rate, 10_000n);
  const received = book.void ? 0n : standingBase(book);
  expect(customer).toEqual({ agreed: text(agreed), received: text(received), open: text(agreed - received) });
};

it(
  `of ${HISTORIES} random histories, contract, plan and customer agree to the cent`,
  { timeout: 7_200_000 },
  async () => {
    const lane = (index: number) =>
      fc.assert(
        fc.asyncProperty(history, async (told) => {
          const of = await begin(told);
          for (const each of told.steps) await take(of, each);
          await agree(of);
        }),
        { numRuns: Math.ceil(HISTORIES / LANES), seed: SEED * LANES + index, endOnFailure: false },
      );
    await Promise.all(Array.from({ length: LANES }, (_, index) => lane(index)));
  },
);
