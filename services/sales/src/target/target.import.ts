import type { Target } from '@pelagic/proto/crm/sales/v1/target';
import type { ImportTarget, RowKey } from '@pelagic/capabilities/job/import-target';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { enterprise } from '@pelagic/chassis/enterprise';
import { invalidField } from '@pelagic/chassis/problem';
import { sql } from 'kysely';
import type { SalesService } from '../sales-service.ts';
import { setTargets } from './set-targets.ts';
import { monthOf } from './split.ts';
import { MEASURES } from './target.wordings.ts';

/** Who is named is meant: a department beside a person is the one that they are in. */
const whose = ({ ownerId = '', departmentId }: Partial<Target>) =>
  ownerId ? { employeeId: ownerId, departmentId: '' } : { employeeId: '', departmentId: departmentId ?? '' };

const keysOf = (message: object): RowKey[] => {
  const { measure = '', month = '', ...rest } = message as Partial<Target>;
  const { employeeId, departmentId } = whose(rest);
  if (!month || !(employeeId || departmentId)) return [];
  return [{ kind: 'month', value: `${measure}/${monthOf(month)}/${employeeId || departmentId}` }];
};

const find = async (tx: Tx, keys: RowKey[]): Promise<string[]> => {
  const wanted = keys.filter(({ kind }) => kind === 'month').map(({ value }) => value);
  const { rows } = await sql<{ id: string }>`
    select id from target where delete_time is null and (measure, month, coalesce(owner_id, department_id)) in (
      select split_part(key, '/', 1), split_part(key, '/', 2)::date, split_part(key, '/', 3)::uuid from unnest(${wanted}::text[]) as key)`.execute(
    tx.sql,
  );
  return rows.map(({ id }) => id);
};

/** Targets as files bring them, a month of a person or department in each row. */
export const targetImport = (service: SalesService): ImportTarget => {
  const set = async (tx: Tx, message: object, caller: Caller): Promise<string> => {
    const { measure, month, amount, ...rest } = message as Target;
    const { baseCurrency } = enterprise();
    if (amount?.currency && amount.currency !== baseCurrency)
      throw invalidField('target.amount.currency', 'BASE_CURRENCY_ONLY', `Targets are in ${baseCurrency}.`, {
        currency: baseCurrency,
      });
    const months = [{ ...whose(rest), month, amount: amount?.amount || undefined }];
    const [row] = await setTargets(service, tx, { measure, months }, caller);
    return row!.id;
  };
  return {
    noun: 'target',
    fields: [
      {
        field: 'measure',
        labels: { zh: ['指标', '目标指标'], en: ['Measure'] },
        required: true,
        words: MEASURES,
      },
      { field: 'month', labels: { zh: ['月份', '月份首日'], en: ['Month'] }, required: true, matchKey: true },
      { field: 'ownerId', labels: { zh: ['员工', '姓名', '负责人', '销售'], en: ['Person', 'Employee', 'Owner'] } },
      { field: 'departmentId' },
      { field: 'amount', labels: { zh: ['目标', '目标金额', '金额'], en: ['Target', 'Amount'] }, required: true },
    ],
    keys: keysOf,
    keyFields: { month: ['measure', 'month', 'ownerId', 'departmentId'] },
    find,
    findsMany: true,
    create: set,
    // What the row is found by says whose it is; only the amount is written.
    update: async (tx, id, message, mask, caller) => {
      if (!mask.some((path) => path.startsWith('amount'))) return;
      const { rows } = await sql<{
        measure: Target['measure'];
        month: string;
        owner_id: string | null;
        department_id: string;
      }>`
        select measure, month, owner_id, department_id from target where id = ${id}::uuid`.execute(tx.sql);
      const { owner_id: ownerId, department_id: departmentId, ...row } = rows[0]!;
      await set(tx, { ...message, ...row, ownerId: ownerId ?? '', departmentId }, caller);
    },
  };
};
