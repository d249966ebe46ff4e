import { defineNoun, type Noun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { tidy, tidyName } from '@pelagic/capabilities/record/tidy';
import { may } from '@pelagic/chassis/access';
import { enterprise } from '@pelagic/chassis/enterprise';
import { invalid, invalidField, refused, type FieldError } from '@pelagic/chassis/problem';
import type { Employee } from '@pelagic/proto/crm/identity/v1/employee';
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import { sql } from 'kysely';
import type { Tree } from '../department/department.ts';
import { loopDay, onDate, placed, spanOn, type Placement } from '../placement/placement.ts';
import { pinyinOf } from './pinyin.ts';

export type EmployeeState = `EMPLOYEE_STATE_${'INVITED' | 'ACTIVE' | 'SUSPENDED' | 'LEFT'}`;

/** As stored: proto3-JSON of the contract's EmployeePlacement. */
export type EmployeePlacement = Placement & { departmentId: string; managerId?: string; recordsFollow?: boolean };

export type EmployeeRow = RecordRow & {
  name: string;
  login: string | null;
  email: string | null;
  phone: string | null;
  extension: string;
  employee_number: string | null;
  title: string;
  department_id: string;
  extra_department_ids: string[];
  manager_id: string | null;
  role_ids: string[];
  state: EmployeeState;
  locale: string;
  time_zone: string;
  pinyin: string;
  placements: EmployeePlacement[];
  external_id: string;
  /** Only where a query adds it for administrators. */
  last_sign_in_time?: string | null;
};

/** The address book is everybody's to read; who may change it was asked at the seam. */
const defined = defineNoun({
  noun: 'employee',
  search: { open: ['name', 'pinyin', 'extension', 'employee_number', 'title', 'login'], guarded: ['phone', 'email'] },
  reach: () => sql<boolean>`true`,
  order: 'pinyin asc',
});

/** When somebody last signed in stands with what they sign in with, and is for administrators. */
const lastSignIn = (table: string) => sql`(
  select last_sign_in_time from credential where employee_id = ${sql.ref(`${table}.id`)})`;

export const employee: Noun = {
  ...defined,
  column: async (db, caller, table, path) => {
    if (!['last_sign_in_time', 'lastSignInTime'].includes(path)) return defined.column(db, caller, table, path);
    return may(caller, 'employee.manage') ? { kind: 'time', sql: lastSignIn(table) } : undefined;
  },
};

export const employeeMessage = (row: EmployeeRow): Employee =>
  employee.mapping.toMessage(row as Row) as unknown as Employee;

const orNull = (text: string | null | undefined): string | null => tidy(text ?? '') || null;

/** How logins are compared: without blanks around them, in lower case. */
export const normalizeLogin = (login: string): string => tidy(login).toLowerCase();

const normalizePhone = (text: string): string => {
  const number = parsePhoneNumberFromString(text, enterprise().region as CountryCode);
  if (!number?.isPossible())
    throw invalidField('employee.phone', 'BAD_PHONE', 'This is not a phone number.', { value: text });
  return number.number;
};

/** Trims, lowers login and mail, writes the phone as E.164 and the pinyin of the name. `prefix` is the message's path. */
export const normalizeEmployee = (row: EmployeeRow, prefix = 'employee'): void => {
  row.name = tidyName(row.name, `${prefix}.name`);
  row.pinyin = pinyinOf(row.name);
  row.login = orNull(row.login) && normalizeLogin(row.login!);
  if (row.login && !/^[^\s]{2,100}$/.test(row.login))
    throw invalidField(`${prefix}.login`, 'BAD_LOGIN', 'A login has two characters at least and no blanks.');
  row.email = orNull(row.email)?.toLowerCase() ?? null;
  row.employee_number = orNull(row.employee_number);
  const phone = orNull(row.phone);
  row.phone = phone && normalizePhone(phone);
  row.extra_department_ids = [...new Set(row.extra_department_ids ?? [])];
  row.role_ids = [...new Set(row.role_ids ?? [])];
};

/** What the rules of a placement need of others: its department, and who is above its manager, by id. */
export type Directory = { tree: Tree; people: Map<string, Pick<EmployeeRow, 'id' | 'name' | 'placements' | 'state'>> };

const closes = (closedDate: string | null | undefined, end: string): boolean =>
  Boolean(closedDate) && (end === 'infinity' || closedDate! < end);

/**
 * Refuses a placement in a department that does not exist or closes before the placement ends, under somebody who left,
 * and a loop of the reporting line on any day. `prefix` is the path of its fields in the request.
 */
export const checkPlacement = (
  row: Pick<EmployeeRow, 'id' | 'placements'>,
  placement: EmployeePlacement,
  { tree, people }: Directory,
  prefix: string,
): void => {
  const errors: FieldError[] = [];
  const department = tree.get(placement.departmentId);
  const span = spanOn(row.placements, placement.fromDate);
  if (!department)
    errors.push({
      field: `${prefix}departmentId`,
      reason: 'UNKNOWN_DEPARTMENT',
      message: 'There is no such department.',
    });
  else if (closes(department.closed_date, span?.end ?? 'infinity')) {
    errors.push({
      field: `${prefix}departmentId`,
      reason: 'DEPARTMENT_CLOSED',
      message: `This department is closed from ${department.closed_date} on.`,
      params: { date: department.closed_date! },
    });
  }
  const manager = placement.managerId ? people.get(placement.managerId) : undefined;
  if (placement.managerId && (!manager || manager.state === 'EMPLOYEE_STATE_LEFT'))
    errors.push({
      field: `${prefix}managerId`,
      reason: 'UNKNOWN_EMPLOYEE',
      message: 'There is no such employee, or they have left.',
    });
  const above = (id: string) =>
    (id === row.id ? row.placements : (people.get(id)?.placements ?? [])).map(({ fromDate, managerId }) => ({
      fromDate,
      aboveId: managerId,
    }));
  const day = errors.length ? undefined : loopDay(row.id, above);
  if (day !== undefined)
    errors.push({
      field: `${prefix}managerId`,
      reason: 'CYCLE',
      message: day
        ? `The reporting line would come back to this person from ${day} on.`
        : 'The reporting line would come back to this person.',
      params: { date: day },
    });
  if (errors.length) throw invalid(...errors);
};

/** Sets department and manager to those of the day. True when that changed anything. */
export const settle = (row: EmployeeRow, today: string): boolean => {
  const holds = onDate(row.placements, today)!;
  const [departmentId, managerId] = [row.department_id, row.manager_id];
  row.department_id = holds.departmentId;
  row.manager_id = holds.managerId ?? null;
  return row.department_id !== departmentId || row.manager_id !== managerId;
};

/** Whether records follow matters only where the department changes. */
const samePlace = (a: EmployeePlacement, b: EmployeePlacement): boolean =>
  a.departmentId === b.departmentId && a.managerId === b.managerId;

/** Moves the person from a day on, past or to come. */
export const moveEmployee = (
  row: EmployeeRow,
  placement: EmployeePlacement,
  directory: Directory,
  today: string,
): void => {
  if (row.state === 'EMPLOYEE_STATE_LEFT') throw refused('EMPLOYEE_LEFT', 'This person has left the enterprise.');
  row.placements = placed(row.placements, placement, samePlace);
  checkPlacement(row, placement, directory, '');
  settle(row, today);
};

/** Does what the person owns move now? Only when a move that takes effect now says so. */
export const recordsFollowNow = (
  before: Record<string, unknown> | undefined,
  row: EmployeeRow,
  today: string,
): boolean => Boolean(before && 'departmentId' in before && onDate(row.placements, today)?.recordsFollow);

export const suspendEmployee = (row: EmployeeRow): void => {
  if (row.state === 'EMPLOYEE_STATE_LEFT') throw refused('EMPLOYEE_LEFT', 'This person has left the enterprise.');
  row.state = 'EMPLOYEE_STATE_SUSPENDED';
};

export const endEmployment = (row: EmployeeRow): void => {
  row.state = 'EMPLOYEE_STATE_LEFT';
};

/** Back to work. Who has a login but no password yet is invited again. */
export const reactivateEmployee = (row: EmployeeRow, hasPassword: boolean): void => {
  if (row.state === 'EMPLOYEE_STATE_ACTIVE' || row.state === 'EMPLOYEE_STATE_INVITED') return;
  row.state = row.login && !hasPassword ? 'EMPLOYEE_STATE_INVITED' : 'EMPLOYEE_STATE_ACTIVE';
};

/** What has to be one person's only, with the field that it stands in. */
export const UNIQUE = {
  login: 'login',
  email: 'email',
  phone: 'phone',
  employee_number: 'employeeNumber',
  external_id: 'externalId',
} as const;
export type Taken = Partial<Record<keyof typeof UNIQUE, boolean | null>>;

export const refuseTaken = (row: EmployeeRow, taken: Taken | undefined): void => {
  const errors: FieldError[] = (Object.keys(UNIQUE) as (keyof typeof UNIQUE)[])
    .filter((column) => taken?.[column])
    .map((column) => ({
      field: `employee.${UNIQUE[column]}`,
      reason: 'TAKEN',
      message: 'Somebody else has this one.',
      params: { value: row[column] ?? '' },
    }));
  if (errors.length) throw invalid(...errors);
};
