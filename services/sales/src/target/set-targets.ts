import type { SplitTargetRequest, TargetMeasure, TargetMonth } from '@pelagic/proto/crm/sales/v1/target';
import { applyChange, insertRecord } from '@pelagic/capabilities/record/records';
import { writablePaths } from '@pelagic/capabilities/record/fields';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { enterprise } from '@pelagic/chassis/enterprise';
import { currencyScale } from '@pelagic/chassis/money';
import { invalidField, stale } from '@pelagic/chassis/problem';
import Big from 'big.js';
import { sql } from 'kysely';
import type { SalesService } from '../sales-service.ts';
import { monthOf, MONTHS_OF_YEAR, split } from './split.ts';
import { demandReach, subjectOf, type Named, type Subject } from './subject.ts';
import { settleAmount, target, type TargetRow } from './target.ts';

/** What one is known by, of one measure. */
const keyOf = ({ owner_id, department_id }: Subject, month: string): string =>
  `${owner_id ?? `department/${department_id}`}/${month}`;

type Wanted = {
  subject: Subject;
  key: string;
  month: string;
  amount: string | undefined;
  version?: number;
  at: string;
};

const understood = async (service: SalesService, tx: Tx, months: TargetMonth[]): Promise<Wanted[]> => {
  const wanted: Wanted[] = [];
  const seen = new Set<string>();
  for (const [index, { month: date, amount, version, ...named }] of months.entries()) {
    const at = `months[${index}].`;
    const subject = await subjectOf(service, tx, named, at);
    const month = monthOf(date);
    const key = keyOf(subject, month);
    if (seen.has(key)) throw invalidField(`${at}month`, 'TWICE', 'This month is named twice.', { value: date });
    seen.add(key);
    wanted.push({ subject, key, month, amount, at, ...(version !== undefined && { version }) });
  }
  return wanted;
};

/** Two who set the targets of one subject take turns, and so nobody's new row meets another's. */
const takeTurns = async (tx: Tx, measure: TargetMeasure, subjects: Subject[]): Promise<void> => {
  const names = new Set(subjects.map((subject) => `target/${measure}/${keyOf(subject, '')}`));
  for (const name of [...names].toSorted())
    await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx.sql);
};

/** Those that there are, cleared ones too, locked. */
const standing = async (tx: Tx, measure: TargetMeasure, wanted: Wanted[]): Promise<Map<string, TargetRow>> => {
  const people = wanted.flatMap(({ subject }) => subject.owner_id ?? []);
  const departments = wanted.flatMap(({ subject }) => (subject.owner_id ? [] : subject.department_id));
  const { rows } = await sql<TargetRow>`
    select * from target where measure = ${measure} and month = any(${wanted.map(({ month }) => month)}::date[])
      and (owner_id = any(${people}::uuid[]) or owner_id is null and department_id = any(${departments}::uuid[]))
    order by id for update`.execute(tx.sql);
  return new Map(rows.map((row) => [keyOf(row, row.month), row]));
};

const isSet = (row: TargetRow | undefined): row is TargetRow => Boolean(row && !row.delete_time);

/** Asked for again, what is so already is no conflict. */
const refuseOvertaken = (before: TargetRow | undefined, { version, amount }: Wanted): void => {
  if (version === undefined) return;
  const found = isSet(before) ? before.version : 0;
  const same = isSet(before) ? amount !== undefined && new Big(amount).eq(before.amount.amount) : amount === undefined;
  if (version !== found && !same) throw stale('target', found);
};

const write = async (
  tx: Tx,
  measure: TargetMeasure,
  { subject, month, amount, at }: Wanted,
  before: TargetRow | undefined,
  caller: Caller,
): Promise<TargetRow | undefined> => {
  if (amount === undefined)
    return isSet(before)
      ? applyChange(tx, target, before, { verb: 'cleared' }, (row) => {
          row.delete_time = now().toISOString();
        })
      : before;
  const settled = settleAmount(amount, `${at}amount`);
  if (!before)
    return insertRecord<TargetRow>(tx, target, { measure, month, ...subject, amount: settled }, caller, 'set');
  return applyChange(tx, target, before, { verb: 'set' }, (row) => {
    row.delete_time = null;
    if (!new Big(settled.amount).eq(row.amount.amount) || row.amount.currency !== settled.currency)
      row.amount = settled;
  });
};

/** Months of people and departments as they shall be, all of them or none: for the handler and the importer alike. */
export const setTargets = async (
  service: SalesService,
  tx: Tx,
  { measure, months }: { measure: TargetMeasure; months: TargetMonth[] },
  caller: Caller,
): Promise<TargetRow[]> => {
  writablePaths(target, caller, {}, ['amount']);
  const wanted = await understood(service, tx, months);
  const subjects = wanted.map(({ subject }) => subject);
  await demandReach(tx, subjects, caller);
  await takeTurns(tx, measure, subjects);
  const before = await standing(tx, measure, wanted);
  // What stands may be of the department that its person was in then.
  await demandReach(tx, [...before.values()], caller);
  const rows: TargetRow[] = [];
  for (const one of wanted) {
    const row = before.get(one.key);
    refuseOvertaken(row, one);
    const written = await write(tx, measure, one, row, caller);
    if (written) rows.push(written);
  }
  return rows;
};

/** A year in the proportions that its months have now, when all of them are set. */
const proportions = async (tx: Tx, measure: TargetMeasure, subject: Subject, months: string[]): Promise<string[]> => {
  const { rows } = await sql<{ month: string; amount: string }>`
    select month, amount ->> 'amount' as amount from target
    where measure = ${measure} and month = any(${months}::date[]) and delete_time is null and subject = ${subject.subject}
      and (owner_id = ${subject.owner_id}::uuid or owner_id is null and department_id = ${subject.department_id}::uuid)`.execute(
    tx.sql,
  );
  const amounts = new Map(rows.map(({ month, amount }) => [month, amount]));
  return months.map((month) => (amounts.size === months.length ? amounts.get(month)! : '1'));
};

/** A year's target as its months, which add up to it. */
export const splitTarget = async (
  service: SalesService,
  tx: Tx,
  { measure, employeeId, departmentId, firstMonth, total, split: how }: SplitTargetRequest,
  caller: Caller,
): Promise<TargetRow[]> => {
  writablePaths(target, caller, {}, ['amount']);
  const named: Named = { employeeId, departmentId };
  const subject = await subjectOf(service, tx, named);
  await demandReach(tx, [subject], caller);
  await takeTurns(tx, measure, [subject]);
  const months = Array.from({ length: MONTHS_OF_YEAR }, (_, index) => monthOf(firstMonth, index));
  const weights =
    how === 'TARGET_SPLIT_AS_SET' ? await proportions(tx, measure, subject, months) : months.map(() => '1');
  const { amount } = settleAmount(total, 'total');
  const parts = split(amount, weights, currencyScale(enterprise().baseCurrency));
  return setTargets(
    service,
    tx,
    { measure, months: months.map((month, index) => ({ ...named, month, amount: parts[index] })) },
    caller,
  );
};
