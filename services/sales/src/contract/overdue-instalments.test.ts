import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agreed, cny, draft, newReceipt, plan } from '../receipt/testing.ts';
import { everything, startSalesService } from '../testing.ts';
import { markOverdue } from './overdue-instalments.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;
let customerId: string;

beforeAll(async () => {
  started = await startSalesService();
  ann = await started.person({ permissions: everything('ALL') });
  customerId = started.customer({ name: '蓝海' }, ann);
});
afterAll(() => started.stop());

const HALVES = plan(['2026-06-01', '400'], ['2026-09-01', '600']);
const holding = (instalments = HALVES) => agreed(started, ann, customerId, { instalments });
const mark = (date: string) => markOverdue(started.database, date);
const fallenDue = async (id: string) =>
  (await started.events(id)).filter(({ event }) => event.type === 'crm.sales.contract.fell_due.v1');
const overdue = async (id: string) =>
  (await ann.contracts.getContract({ id })).contract!.instalments.map(({ overdueTime }) => Boolean(overdueTime));

describe('an instalment that is not paid in time', () => {
  it('is said to be overdue the day after, once, also by two who look at once', async () => {
    const { id } = await holding();
    await mark('2026-06-01');
    expect(await overdue(id)).toEqual([false, false]);
    await Promise.all([mark('2026-06-02'), mark('2026-06-02')]);
    await mark('2026-06-03');
    expect(await overdue(id)).toEqual([true, false]);
    const [told, ...more] = await fallenDue(id);
    expect(more).toEqual([]);
    expect(told!.event).toMatchObject({ actorkind: 'service', data: { contract: { ownerId: ann.id } } });
    await mark('2026-09-02');
    expect(await fallenDue(id)).toHaveLength(2);
  });

  it('is none of what was paid in full, drafted, completed, or in the bin', async () => {
    const paid = await holding();
    await ann.receipts.createReceipt(newReceipt(paid.id, '400'));
    const done = await holding();
    await ann.contracts.completeContract({ id: done.id, version: 0 });
    const drafted = await draft(ann, customerId, cny('1000'));
    await ann.contracts.setReceiptPlan({ id: drafted.id, instalments: HALVES, version: 0 });
    const partly = await holding();
    await ann.receipts.createReceipt(newReceipt(partly.id, '399.99'));
    await mark('2026-06-02');
    for (const { id } of [paid, done, drafted]) expect(await fallenDue(id)).toEqual([]);
    expect(await fallenDue(partly.id)).toHaveLength(1);
  });

  it('is said again of a new due date, and of nothing else that changes in the plan', async () => {
    const { id } = await holding();
    await mark('2026-06-02');
    const [first, second] = (await ann.contracts.getContract({ id })).contract!.instalments;
    await ann.contracts.setReceiptPlan({ id, instalments: [{ ...first!, name: '预付款' }, second!], version: 0 });
    await mark('2026-06-03');
    expect(await fallenDue(id)).toHaveLength(1);
    await ann.contracts.setReceiptPlan({
      id,
      instalments: [{ ...first!, dueDate: '2026-06-10' }, second!],
      version: 0,
    });
    expect(await overdue(id)).toEqual([false, false]);
    await mark('2026-06-11');
    expect(await fallenDue(id)).toHaveLength(2);
  });

  it('is told of all contracts there are, however many', async () => {
    const many = await Promise.all(Array.from({ length: 120 }, () => holding()));
    await mark('2026-06-02');
    const marked = await Promise.all(many.map(({ id }) => overdue(id)));
    expect(marked.filter(([first]) => first)).toHaveLength(120);
  });
});
