import { insertRecord } from '@pelagic/capabilities/record/records';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { Caller } from '@pelagic/chassis/caller';
import { dateIn } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { invalidField, Problem } from '@pelagic/chassis/problem';
import type { Bootstrap, RedeemLinkResponse } from '@pelagic/proto/crm/identity/v1/session';
import { administer } from '../audit/audit.ts';
import { department, type DepartmentRow } from '../department/department.ts';
import { writeDepartmentSpans } from '../department/department.queries.ts';
import { employee, normalizeEmployee, normalizeLogin, type EmployeeRow } from '../employee/employee.ts';
import { writeEmployeeSpans } from '../employee/employee.queries.ts';
import {
  enterprise,
  knowEnterprise,
  normalizeEnterprise,
  readEnterprise,
  type EnterpriseRow,
} from '../enterprise/enterprise.ts';
import type { IdentityService } from '../identity-service.ts';
import { ADMINISTRATOR, builtInRoles, textsIn } from '../role/built-in.ts';
import { role, type RoleRow } from '../role/role.ts';
import { createLink, useLink, type Link } from '../session/link.ts';
import { checkPassword } from '../session/password-policy.ts';
import { actingAs, setPassword } from '../session/reset.ts';
import { createStandardCalendar } from '../working-calendar/standard-calendar.ts';

const alreadySetUp = (): Problem =>
  new Problem(
    'ALREADY_EXISTS',
    'ALREADY_SET_UP',
    'There is an administrator already: sign in, or ask them for a link.',
  );

/** The one-time link that makes the first administrator. Refused once the enterprise is set up; an earlier link is taken back. */
export const bootstrapLink = ({ database, publicUrl }: IdentityService): Promise<{ url: string }> =>
  database.transact(async (tx) => {
    if (await readEnterprise(tx.sql)) throw alreadySetUp();
    const { url } = await createLink(tx, publicUrl, 'bootstrap');
    return { url };
  });

const newEnterprise = (asked: Bootstrap): EnterpriseRow => {
  const row = {
    name: asked.enterpriseName,
    locale: asked.locale,
    time_zone: asked.timeZone,
    base_currency: asked.baseCurrency,
    fiscal_year_start_month: asked.fiscalYearStartMonth || 1,
    region: asked.region || (new Intl.Locale(asked.locale).maximize().region ?? ''),
  } as EnterpriseRow;
  normalizeEnterprise(row, 'bootstrap');
  return row;
};

const createRoles = async (tx: Tx, locale: string, caller: Caller): Promise<string> => {
  let administrator = '';
  for (const builtIn of builtInRoles) {
    const row = {
      kind: builtIn.kind,
      ...textsIn(builtIn, locale),
      permissions: builtIn.permissions,
      fields: builtIn.fields,
      built_in: true,
    };
    const { id } = await insertRecord<RoleRow>(tx, role, row, caller);
    if (builtIn.kind === ADMINISTRATOR) administrator = id;
  }
  return administrator;
};

/** Settings, working calendar, root department, the built-in roles and the administrator. */
const setUp = async (
  tx: Tx,
  asked: Bootstrap,
  settings: EnterpriseRow,
  hash: string,
  caller: Caller,
): Promise<void> => {
  await insertRecord<EnterpriseRow>(tx, enterprise, settings as unknown as Row, caller, 'updated');
  await createStandardCalendar(tx, settings, caller);
  const fromDate = dateIn(settings.time_zone);
  const roleId = await createRoles(tx, settings.locale, caller);
  const root = await insertRecord<DepartmentRow>(
    tx,
    department,
    { name: settings.name, code: '', parent_id: null, placements: [{ fromDate }] },
    caller,
  );
  await writeDepartmentSpans(tx, root);
  const row = {
    id: caller.id,
    name: asked.name,
    login: asked.login,
    email: asked.email || null,
    role_ids: [roleId],
  } as unknown as EmployeeRow;
  normalizeEmployee(row, 'bootstrap');
  if (!row.login) throw invalidField('bootstrap.login', 'REQUIRED', 'The administrator needs a login.');
  Object.assign(row, {
    department_id: root.id,
    manager_id: null,
    state: 'EMPLOYEE_STATE_ACTIVE',
    placements: [{ departmentId: root.id, fromDate }],
  });
  const administrator = await insertRecord<EmployeeRow>(tx, employee, row as unknown as Row, caller);
  await writeEmployeeSpans(tx, administrator);
  await setPassword(tx, administrator.id, hash);
};

/** Makes the enterprise and its first administrator, in one transaction. */
export const redeemBootstrap = async (
  service: IdentityService,
  link: Link,
  newPassword: string,
  asked: Bootstrap | undefined,
  caller: Caller,
): Promise<RedeemLinkResponse> => {
  const { database, passwords } = service;
  if (!asked) throw invalidField('bootstrap', 'REQUIRED', 'Say what the enterprise and its administrator are called.');
  const settings = newEnterprise(asked);
  await checkPassword(newPassword, [asked.login, asked.name, asked.email, asked.enterpriseName], 'newPassword');
  const hash = await passwords.hash(newPassword);
  knowEnterprise(settings);
  // Whoever holds the link becomes the administrator, and is the one who did all this.
  await actingAs(caller, uuidv7(), (self) =>
    administer(database, 'redeem_link', async (tx) => {
      if (await readEnterprise(tx.sql)) throw alreadySetUp();
      await useLink(tx, link.id);
      await setUp(tx, asked, settings, hash, self);
    }),
  );
  return { login: normalizeLogin(asked.login) };
};
