import type { ImportTarget, Lookup, RowKey } from '@pelagic/capabilities/job/import-target';
import type { Message } from '@pelagic/capabilities/record/mapping';
import { getRecord } from '@pelagic/capabilities/record/records';
import type { Tx } from '@pelagic/chassis/database';
import { queryable } from '@pelagic/chassis/access';
import { today } from '@pelagic/chassis/enterprise';
import { invalidField } from '@pelagic/chassis/problem';
import type { Employee } from '@pelagic/proto/crm/identity/v1/employee';
import { sql, type RawBuilder } from 'kysely';
import { administerIn } from '../audit/audit.ts';
import { departmentLookup } from '../department/department.import.ts';
import { createEmployee, placeEmployee, updateEmployee } from './employee.commands.ts';
import { employee, normalizeEmployee, type EmployeeRow } from './employee.ts';

/** A row: the message, its roles by name, and from which day on the person sits where it says. */
type Row = Employee & { fromDate?: string; roles?: string };
const asRow = (message: Message): Row => message as unknown as Row;

/** People by name, login, number or mail unless these are masked for the caller; who has left only in rows of the past. */
export const employeeLookup: Lookup = async (text, { tx, caller, history }) => {
  const wanted = text.trim().toLowerCase();
  const by = (field: string, column: RawBuilder<unknown>) =>
    queryable(caller, 'employee', field) ? sql`${column} = ${wanted}` : sql`false`;
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from employee where (${by('name', sql`lower(name)`)} or ${by('login', sql`login`)} or ${by('email', sql`email`)} or ${by('employeeNumber', sql`lower(employee_number)`)})
      and (${history} or state <> 'EMPLOYEE_STATE_LEFT') limit 4`.execute(tx.sql);
  return rows;
};

const COLUMNS = {
  number: 'lower(employee_number)',
  email: 'email',
  phone: "phone || '/' || lower(name)",
  login: 'login',
  external: 'external_id',
  name: 'lower(name)',
} as const;

/** As stored. A mobile makes one only with the name: another's is an error of the row. Only who has nothing else is known by their name. */
const keysOf = (message: Message): RowKey[] => {
  const { name, login = null, email = null, phone = null, employeeNumber = null } = asRow(message);
  const row = { name, login, email, phone, employee_number: employeeNumber } as EmployeeRow;
  normalizeEmployee(row);
  const keys = [
    { kind: 'number', value: row.employee_number?.toLowerCase() },
    { kind: 'login', value: row.login },
    { kind: 'email', value: row.email },
    { kind: 'phone', value: row.phone && `${row.phone}/${row.name.toLowerCase()}` },
  ].filter((key): key is RowKey => Boolean(key.value));
  return keys.length ? keys : [{ kind: 'name', value: row.name.toLowerCase() }];
};

const find = async (tx: Tx, keys: RowKey[]): Promise<string[]> => {
  const conditions = keys.flatMap(({ kind, value }) =>
    kind in COLUMNS ? [sql`${sql.raw(COLUMNS[kind as keyof typeof COLUMNS])} = ${value}`] : [],
  );
  if (!conditions.length) return [];
  const { rows } = await sql<{
    id: string;
  }>`select id from employee where ${sql.join(conditions, sql` or `)} limit 10`.execute(tx.sql);
  return rows.map(({ id }) => id);
};

const roleIds = async (tx: Tx, text: string): Promise<string[]> => {
  const names = text
    .split(/[,;、，；|\n]/)
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean);
  const { rows } = await sql<{
    id: string;
    name: string;
  }>`select id, lower(name) as name from role where lower(name) = any(${names}::text[]) and delete_time is null`.execute(
    tx.sql,
  );
  const missing = names.find((name) => !rows.some((row) => row.name === name));
  if (missing) throw invalidField('roles', 'NOT_FOUND', `There is no role ${missing}.`, { value: missing });
  return rows.map(({ id }) => id);
};

export const employeeImport: ImportTarget = {
  noun: 'employee',
  fields: [
    {
      field: 'name',
      labels: {
        zh: ['姓名', '员工姓名', '名字', '员工', '员工名称', '人员姓名', '名称'],
        en: ['Name', 'Employee', 'Full name', 'Sales agent', 'Employee name'],
      },
      required: true,
    },
    { field: 'employeeNumber', matchKey: true },
    { field: 'login', matchKey: true },
    { field: 'email', matchKey: true },
    { field: 'phone', matchKey: true },
    { field: 'extension' },
    { field: 'title' },
    { field: 'departmentId', lookup: departmentLookup },
    { field: 'managerId', lookup: employeeLookup, sameFile: true },
    { field: 'fromDate', kind: 'date' },
    { field: 'roles', labels: { zh: ['角色'], en: ['Roles', 'Role'] }, kind: 'text' },
    { field: 'locale' },
    { field: 'timeZone' },
    { field: 'externalId', matchKey: true },
  ],
  keys: keysOf,
  contradiction: 'strongest-decides',
  keyFields: {
    number: ['employeeNumber'],
    email: ['email'],
    phone: ['phone', 'name'],
    login: ['login'],
    name: ['name'],
  },
  find,
  create: (tx, message, caller) =>
    administerIn(tx, 'import_employee', async () => {
      const { fromDate = '', roles, ...row } = asRow(message);
      return (
        await createEmployee(tx, { ...row, ...(roles && { roleIds: await roleIds(tx, roles) }) }, caller, fromDate)
      ).id;
    }),
  update: (tx, id, message, mask, caller) =>
    administerIn(tx, 'import_employee', async () => {
      const { fromDate, roles, ...row } = asRow(message);
      const moving = new Set(['departmentId', 'managerId', 'fromDate', 'roles']);
      const fields = mask.filter((path) => !moving.has(path));
      const named = roles ? { ...row, roleIds: await roleIds(tx, roles) } : row;
      if (fields.length || roles)
        await updateEmployee(tx, id, { ...named, version: 0 }, roles ? [...fields, 'roleIds'] : fields, caller);
      const before = await getRecord<EmployeeRow>(tx.sql, employee, id, caller);
      const departmentId = mask.includes('departmentId') ? row.departmentId : before.department_id;
      const managerId = mask.includes('managerId') ? row.managerId : (before.manager_id ?? undefined);
      if (departmentId === before.department_id && managerId === (before.manager_id ?? undefined)) return;
      await placeEmployee(
        tx,
        id,
        { departmentId, managerId, fromDate: fromDate || today(), recordsFollow: true },
        caller,
      );
    }),
};
