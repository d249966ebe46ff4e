import { followOwner } from '@pelagic/capabilities/transfer/follow-owner';
import { uuidv7 } from '@pelagic/chassis/outbox';
import type { TestPerson } from '@pelagic/chassis/testing/callers';
import type { Target, TargetMonth } from '@pelagic/proto/crm/sales/v1/target';
import Big from 'big.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LIST, startSalesService } from '../testing.ts';
import { isToCome, target } from './target.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;
type Person = Awaited<ReturnType<Started['person']>>;

const CONTRACTS = 'TARGET_MEASURE_CONTRACT_AMOUNT' as const;
const RECEIPTS = 'TARGET_MEASURE_RECEIPTS' as const;

let started: Started;
let department: string;
let boss: Person;
let ann: Person;

const rights = (scope: TestPerson['permissions'][string]) => ({ 'target.set': scope, 'target.read': scope });

beforeAll(async () => {
  started = await startSalesService();
});
afterAll(() => started.stop());
beforeEach(async () => {
  department = uuidv7();
  await started.database.sql
    .insertInto('directory_department')
    .values({ id: department, name: `部门 ${department.slice(-4)}`, code: '' })
    .execute();
  boss = await started.person({
    permissions: rights('DEPARTMENT'),
    departmentId: department,
  });
  ann = await started.person({ permissions: { 'target.read': 'OWN' }, departmentId: department });
});

const month = (amount: string | undefined, more: Partial<TargetMonth> = {}): TargetMonth => ({
  employeeId: ann.id,
  departmentId: '',
  month: '2026-03-01',
  amount,
  ...more,
});
const set = async (person: Person, ...months: TargetMonth[]): Promise<Target[]> =>
  (await person.targets.setTargets({ measure: CONTRACTS, months })).targets;
const listed = async (person: Person, filter = ''): Promise<Target[]> =>
  (await person.targets.listTargets({ ...LIST, filter })).targets;

describe('a target', () => {
  it('is set for a month of a person or a department, in the base currency', async () => {
    const [hers, theirs] = await set(
      boss,
      month('120000.5', { month: '2026-03-17' }),
      month('900000', { employeeId: '', departmentId: department }),
    );
    expect(hers).toMatchObject({
      ...{
        month: '2026-03-01',
        ownerId: ann.id,
        departmentId: department,
        subject: 'TARGET_SUBJECT_PERSON',
        version: 1,
      },
      amount: { amount: '120000.50', currency: 'CNY', baseAmount: '120000.50' },
    });
    expect(theirs).toMatchObject({
      ownerId: undefined,
      departmentId: department,
      subject: 'TARGET_SUBJECT_DEPARTMENT',
    });
    expect(await listed(boss, 'subject = DEPARTMENT AND month >= "2026-01-01"')).toMatchObject([{ id: theirs!.id }]);
    expect((await started.events(hers!.id)).map(({ subject }) => subject)).toEqual(['crm.sales.target.set.v1']);
  });

  it('is one for its subject, measure and month: set anew, cleared, and set again', async () => {
    const [first] = await set(boss, month('100'));
    const [same] = await set(boss, month('100.00'));
    expect(same).toMatchObject({ id: first!.id, version: 1 });
    await set(boss, month('200'));
    const [cleared] = await set(boss, month(undefined));
    expect(cleared!.deleteTime).toBeTruthy();
    expect(await listed(boss)).toEqual([]);
    expect(await set(boss, month(undefined, { month: '2026-04-01' }))).toEqual([]);
    const [again] = await set(boss, month('300'));
    expect(again).toMatchObject({ id: first!.id, version: 4, deleteTime: undefined });
    expect((await started.events(first!.id)).map(({ subject }) => subject.split('.')[3])).toEqual([
      'set',
      'set',
      'cleared',
      'set',
    ]);
    const { targets } = await boss.targets.setTargets({ measure: RECEIPTS, months: [month('50')] });
    expect(targets[0]!.id).not.toBe(first!.id);
  });

  it('is refused with the field named, and nothing of the request is kept', async () => {
    const good = month('1', { month: '2026-01-01' });
    const cases: [TargetMonth, string, string][] = [
      [month('1', { departmentId: department }), 'months[1].departmentId', 'ONE_OF'],
      [month('1', { employeeId: '' }), 'months[1].departmentId', 'ONE_OF'],
      [month('1', { employeeId: '', departmentId: uuidv7() }), 'months[1].departmentId', 'UNKNOWN_DEPARTMENT'],
      [month('1', { month: '2026-01-31' }), 'months[1].month', 'TWICE'],
      [month('-1'), 'months[1].amount', 'NEGATIVE'],
      [month('1.001'), 'months[1].amount', 'TOO_PRECISE'],
    ];
    for (const [bad, field, reason] of cases)
      await expect(set(boss, good, bad), reason).rejects.toMatchObject({ fields: [{ field, reason }] });
    expect(await listed(boss)).toEqual([]);
  });

  it('tells who comes second that it was set meanwhile, and repeats what is so already', async () => {
    const all = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => set(boss, month(String(index + 1), { version: 0 }))),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of all) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'ABORTED' });
    const [target] = await listed(boss);
    expect(target!.version).toBe(1);
    expect(await set(boss, month(target!.amount!.amount, { version: 0 }))).toMatchObject([{ version: 1 }]);
    await expect(set(boss, month('77', { version: 9 }))).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('does not stop two who set many the other way round', async () => {
    const months = Array.from({ length: 12 }, (_, index) => `2027-${String(index + 1).padStart(2, '0')}-01`);
    const forth = months.flatMap((date) => [
      month('5', { month: date }),
      month('9', { month: date, employeeId: '', departmentId: department }),
    ]);
    await Promise.all([set(boss, ...forth), set(boss, ...forth.toReversed()), set(boss, ...forth)]);
    expect(await listed(boss)).toHaveLength(24);
  });
});

describe('whose targets', () => {
  it('one sees and sets is a matter of scope', async () => {
    const [hers, theirs] = await set(boss, month('1'), month('2', { employeeId: '', departmentId: department }));
    const stranger = await started.person({ permissions: rights('DEPARTMENT') });
    const head = await started.person({ permissions: rights('ALL') });
    expect((await listed(ann)).map(({ id }) => id)).toEqual([hers!.id]);
    await expect(ann.targets.getTarget({ id: theirs!.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(set(ann, month('9'))).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(set(stranger, month('9'))).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(
      set(stranger, month('9', { employeeId: stranger.id }), month('9')),
      'one of them is not theirs',
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(await listed(stranger)).toEqual([]);
    expect(await set(head, month('9'))).toMatchObject([{ id: hers!.id, version: 2 }]);
  });

  it('who may only read the amount does not set it', async () => {
    const reader = await started.person({
      permissions: rights('ALL'),
      fields: { target: { readOnly: ['amount'] } },
    } as TestPerson);
    await expect(set(reader, month('1'))).rejects.toMatchObject({ fields: [{ field: 'target.amount' }] });
  });
});

it('goes along with who moves from the month of that day on, by the enterprise’s calendar', async () => {
  await set(boss, ...['2026-03-01', '2026-04-01', '2026-05-01'].map((date) => month('1', { month: date })));
  const following = followOwner({
    service: 'sales',
    database: started.database,
    nouns: [{ noun: target, only: isToCome }],
    queue: () => ({ send: async () => {} }),
  });
  // The first of April in Shanghai.
  const values = { employee_id: ann.id, version: 2, department_id: uuidv7(), move_time: '2026-03-31T16:30:00Z' };
  await started.database.sql.insertInto('follow_owner').values(values).execute();
  await following.work.run({ employeeId: ann.id }, new AbortController().signal);
  const rows = await started.database.sql
    .selectFrom('target')
    .select(['month', 'department_id'])
    .where('owner_id', '=', ann.id)
    .orderBy('month')
    .execute();
  expect(rows.map(({ department_id }) => department_id)).toEqual([
    department,
    values.department_id,
    values.department_id,
  ]);
});

describe('a year', () => {
  const split = async (total: string, how: 'TARGET_SPLIT_EVEN' | 'TARGET_SPLIT_AS_SET') =>
    (
      await boss.targets.splitTarget({
        ...{ measure: CONTRACTS, employeeId: ann.id, departmentId: '', firstMonth: '2026-04-15', total, split: how },
      })
    ).targets;
  const sum = (targets: Target[]) =>
    targets.reduce((all, { amount }) => all.plus(amount!.amount), new Big(0)).toFixed(2);

  it('is twelve months from the first on, evenly or as they are, and comes to its total', async () => {
    await set(boss, month('7'));
    const first = await split('1200', 'TARGET_SPLIT_AS_SET');
    expect(first.map(({ amount }) => amount!.amount)).toEqual(Array(12).fill('100.00'));
    const even = await split('1000', 'TARGET_SPLIT_EVEN');
    expect(even.map(({ month: date }) => date)).toEqual([
      ...Array.from({ length: 9 }, (_, index) => `2026-${String(index + 4).padStart(2, '0')}-01`),
      ...['2027-01-01', '2027-02-01', '2027-03-01'],
    ]);
    expect(even.map(({ amount }) => amount!.amount).slice(3, 5)).toEqual(['83.34', '83.33']);
    expect(sum(even)).toBe('1000.00');
    await set(boss, ...even.map(({ month: date }, index) => month(index === 11 ? '900' : '0', { month: date })));
    const kept = await split('5000.01', 'TARGET_SPLIT_AS_SET');
    expect(kept.map(({ amount }) => amount!.amount)).toEqual([...Array(11).fill('0.00'), '5000.01']);
  });

  it('is refused without the right to it', async () => {
    await expect(
      ann.targets.splitTarget({
        ...{ measure: CONTRACTS, employeeId: ann.id, departmentId: '', firstMonth: '2026-01-01', total: '1' },
        split: 'TARGET_SPLIT_EVEN',
      }),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});
