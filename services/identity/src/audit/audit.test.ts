import { contract } from '@pelagic/proto/contract';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scope } from '@pelagic/proto/crm/identity/v1/role';
import {
  aDepartment,
  anEmployee,
  aRole,
  PASSWORD,
  startIdentity,
  type TestIdentity,
} from '../testing/start-identity.ts';
import { keepCalendars } from '../testing/keep-calendars.ts';
import { keepPartners } from '../testing/keep-partners.ts';

let identity: TestIdentity;
let admin: string;
let root: string;

beforeAll(async () => {
  identity = await startIdentity('audit');
  await identity.bootstrap();
  admin = await identity.signIn('admin');
  root = (await identity.departments.listDepartments({ onDate: '', includeClosed: false }, await as())).departments[0]!
    .id;
});
afterAll(() => identity.stop());

const as = () => identity.as(admin);
const LIST = { pageSize: 0, pageToken: '', filter: '', query: '' };
const list = async (asked: Partial<typeof LIST>, by = admin) =>
  (await identity.audit.listAuditEntries({ ...LIST, ...asked }, await identity.as(by))).auditEntries;
const eventually = async <T>(ask: () => Promise<T[]>): Promise<T[]> => {
  for (let tries = 0; tries < 50; tries += 1) {
    const found = await ask();
    if (found.length) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return [];
};

const ENTRY = {
  id: '019a0000-0000-7000-8000-0000000000a1',
  time: '2026-01-02T03:04:05.000Z',
  action: 'export',
  service: 'liar',
  actorKind: 'employee',
  remoteAddress: '192.0.2.8',
  noun: 'lead',
  recordId: '',
  reason: '季度报表',
  outcome: 'ok',
  detail: '{"filter":"state = NEW","rows":120,"hash":"ab12"}',
  traceId: '',
};

describe('the audit trail', () => {
  it('has every audited rpc of identity that went well', async () => {
    const made = await identity.invite(admin, { name: '被审计', login: 'audited', departmentId: root });
    const session = await identity.signIn('audited');
    await identity.sessions.changePassword(
      { currentPassword: PASSWORD, newPassword: 'violet kettle snow 41' },
      await identity.as(session),
    );
    await identity.signIn('audited', 'violet kettle snow 41');
    const { sessions } = await identity.sessions.listSessions({ employeeId: '' }, await identity.as(session));
    await identity.sessions.revokeSession(
      { id: sessions.find(({ current }) => !current)!.id },
      await identity.as(session),
    );
    await identity.sessions.signOut({}, await identity.as(session));
    const { department } = await identity.departments.createDepartment(
      { department: aDepartment({ name: '部门', parentId: root }), fromDate: '2025-01-01', requestId: '' },
      await as(),
    );
    const id = department!.id;
    await identity.departments.updateDepartment(
      { id, department: aDepartment({ name: '部门二' }), updateMask: ['name'] },
      await as(),
    );
    const { department: other } = await identity.departments.createDepartment(
      { department: aDepartment({ name: '部门三', parentId: root }), fromDate: '2025-01-01', requestId: '' },
      await as(),
    );
    await identity.departments.moveDepartment(
      { id, parentId: other!.id, fromDate: '2025-02-01', version: 0 },
      await as(),
    );
    await identity.departments.closeDepartment({ id, fromDate: '2025-03-01', version: 0 }, await as());
    await identity.employees.updateEmployee(
      { id: made.id, employee: anEmployee({ title: '顾问' }), updateMask: ['title'] },
      await as(),
    );
    await identity.employees.moveEmployee(
      { id: made.id, departmentId: other!.id, fromDate: '2025-03-01', version: 0 },
      await as(),
    );
    await identity.employees.suspendEmployee({ id: made.id, reason: '', version: 0 }, await as());
    await identity.employees.reactivateEmployee({ id: made.id, version: 0 }, await as());
    const { apiKey } = await identity.keys.createApiKey(
      {
        apiKey: {
          id: '',
          version: 0,
          name: 'k',
          employeeId: made.id,
          permissions: [],
          allowedAddresses: [],
          prefix: '',
          rateLimitPerMinute: 0,
          createTime: undefined,
        },
      },
      await as(),
    );
    await identity.keys.revokeApiKey({ id: apiKey!.id }, await as());
    const { employeeId: successorId } = await identity.sessions.getSession({}, await as());
    await identity.employees.handOverRecords({ id: made.id, successorId, reason: '', requestId: '' }, await as());
    await identity.employees.endEmployment({ id: made.id, reason: '', version: 0 }, await as());
    const { role } = await identity.roles.createRole({ role: aRole({ name: '临时' }), requestId: '' }, await as());
    await identity.roles.updateRole(
      { id: role!.id, role: aRole({ description: '说明' }), updateMask: ['description'] },
      await as(),
    );
    await identity.roles.deleteRole({ id: role!.id, version: 0 }, await as());
    await identity.enterprise.updateEnterprise(
      {
        enterprise: { ...(await identity.enterprise.getEnterprise({}, await as())).enterprise!, name: '改名' },
        updateMask: ['name'],
      },
      await as(),
    );
    for (const keep of [keepCalendars, keepPartners]) await keep(identity, as);
    await identity.enterprise.setExchangeRate(
      {
        exchangeRate: { id: '', version: 0, currency: 'USD', fromDate: '2026-01-01', rate: '7', createTime: undefined },
      },
      await as(),
    );

    const { rows } = await sql<{
      action: string;
    }>`select distinct action from audit_entry where outcome = 'ok'`.execute(identity.database.sql);
    const written = new Set(rows.map(({ action }) => action));
    const audited = [...contract.rpcs.values()]
      .filter(({ service, access }) => service.startsWith('crm.identity.') && access.audited)
      .map(({ method }) => method.replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase());
    expect(audited.length).toBeGreaterThan(20);
    expect(audited.filter((action) => !written.has(action))).toEqual([]);
  });

  it('says who, when, from where, and what was before and after', async () => {
    const { employee } = await identity.employees.createEmployee(
      { employee: anEmployee({ name: '前后', title: '助理', departmentId: root }), fromDate: '', requestId: '' },
      await as(),
    );
    await identity.employees.updateEmployee(
      { id: employee!.id, employee: anEmployee({ title: '经理' }), updateMask: ['title'] },
      await as(),
    );
    const [entry] = await list({ filter: `recordId = "${employee!.id}" AND action = update_employee` });
    const me = await identity.sessions.getSession({}, await as());
    expect(entry).toMatchObject({
      action: 'update_employee',
      service: 'identity',
      noun: 'employee',
      actorId: me.employeeId,
      actorKind: 'employee',
      remoteAddress: '192.0.2.1',
      outcome: 'ok',
    });
    expect(JSON.parse(entry!.detail)).toEqual({
      name: '前后',
      before: { title: '助理' },
      after: { title: '经理' },
    });
    expect((await identity.events(entry!.id))[0]).toMatchObject({
      type: 'crm.identity.audit_entry.recorded.v1',
      data: { auditEntry: { action: 'update_employee' } },
    });
  });

  it('has what was refused, without secrets', async () => {
    await identity.invite(admin, { name: '无权', login: 'powerless', departmentId: root });
    const powerless = await identity.as(await identity.signIn('powerless'));
    await expect(
      identity.roles.createRole({ role: aRole({ name: '越权' }), requestId: '' }, powerless),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(list({ filter: 'id = "华东"' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const [refused] = await eventually(() => list({ filter: 'action = create_role AND outcome = PERMISSION_DENIED' }));
    expect(refused).toMatchObject({ action: 'create_role', outcome: 'PERMISSION_DENIED' });
    await expect(
      identity.sessions.redeemLink({
        token: 'a guess that is no link',
        newPassword: 'violet kettle snow 41',
        bootstrap: undefined,
      }),
    ).rejects.toMatchObject({ reason: 'LINK_GONE' });
    const [guess] = await eventually(() => list({ filter: 'action = redeem_link AND outcome = LINK_GONE' }));
    expect(guess!.detail).not.toMatch(/guess|violet/);
    const { refusals } = await identity.audit.listAuditEntries({ ...LIST, filter: 'outcome = LINK_GONE' }, await as());
    expect(refusals['LINK_GONE']).toMatch(/\p{Script=Han}/u);
    await expect(
      identity.sessions.signIn({
        login: 'my secret password',
        password: 'x',
        remoteAddress: '192.0.2.66',
        userAgent: '',
      }),
    ).rejects.toBeDefined();
    const [failed] = await list({ filter: 'action = sign_in AND remoteAddress = "192.0.2.66"' });
    expect(failed).toMatchObject({ outcome: 'WRONG_CREDENTIALS', actorKind: 'public' });
    expect(JSON.stringify(failed)).not.toContain('my secret password');
  });

  it('is visible to who may read it, and to nobody else', async () => {
    const [entry] = await list({});
    const visible = async (caller: { token: string }) =>
      (await identity.records.filterVisible({ service: 'identity', noun: 'audit_entry', ids: [entry!.id] }, caller))
        .ids;
    expect(await visible(await as())).toEqual([entry!.id]);
    expect(await visible(await identity.as(await identity.signIn('powerless')))).toEqual([]);
  });

  it('cannot be changed, not even in the database', async () => {
    for (const attempt of [
      sql`update audit_entry set outcome = 'ok'`,
      sql`delete from audit_entry`,
      sql`truncate audit_entry`,
    ]) {
      await expect(attempt.execute(identity.database.sql)).rejects.toThrow('append-only');
    }
  });

  it('takes in what other services hand in, once, and knows which one it was', async () => {
    const record = async (entries: object[]) =>
      identity.audit.recordAudit({ entries: entries as (typeof ENTRY)[] }, await identity.service('customer'));
    await record([ENTRY]);
    await record([{ ...ENTRY, detail: '{"rows":1}' }]);
    expect(await list({ filter: 'action = export' })).toMatchObject([
      { id: ENTRY.id, service: 'customer', time: ENTRY.time, detail: ENTRY.detail, reason: '季度报表' },
    ]);
    expect(await identity.events(ENTRY.id)).toHaveLength(1);
    await expect(
      record([
        { ...ENTRY, id: 'x' },
        { ...ENTRY, detail: 'not json' },
      ]),
    ).rejects.toMatchObject({ fields: [{ field: 'entries[0].id' }, { field: 'entries[1].detail' }] });
    await expect(identity.audit.recordAudit({ entries: [] }, await as())).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
  });

  it('is found by who, what and why, newest first, page by page', async () => {
    expect((await list({ query: '季度报表' })).map(({ id }) => id)).toEqual([ENTRY.id]);
    expect((await list({ query: 'powerless' })).some(({ action }) => action === 'sign_in')).toBe(true);
    expect((await list({ filter: 'time < "2026-02-01"' })).map(({ id }) => id)).toEqual([ENTRY.id]);
    const seen: string[] = [];
    for (let pageToken = ''; ;) {
      const page = await identity.audit.listAuditEntries({ ...LIST, pageSize: 7, pageToken }, await as());
      seen.push(...page.auditEntries.map(({ time }) => time!));
      pageToken = page.nextPageToken;
      if (!pageToken) break;
    }
    expect(seen).toEqual(seen.toSorted().toReversed());
    expect(seen.length).toBeGreaterThan(30);
  });

  it('shows a reader with masked fields no value of them, and finds nothing by it', async () => {
    const { employee } = await identity.employees.createEmployee(
      {
        employee: anEmployee({ name: '有电话', phone: '13612345678', departmentId: root }),
        fromDate: '',
        requestId: '',
      },
      await as(),
    );
    const { role } = await identity.roles.createRole(
      {
        role: aRole({
          name: '审计',
          permissions: [{ permission: 'audit_entry.read', scope: Scope.ALL, deny: false }],
          fields: [{ noun: 'employee', field: 'phone', access: 'FIELD_ACCESS_MASKED' }],
        }),
        requestId: '',
      },
      await as(),
    );
    await identity.invite(admin, { name: '审计员', login: 'auditor', departmentId: root, roleIds: [role!.id] });
    const auditor = await identity.signIn('auditor');
    const [entry] = await list({ filter: `recordId = "${employee!.id}"` }, auditor);
    expect(JSON.parse(entry!.detail).after).toMatchObject({ name: '有电话', phone: '***' });
    expect(await list({ query: '13612345678' }, auditor)).toEqual([]);
    expect(await list({ query: '13612345678' })).toHaveLength(1);
    await expect(list({ filter: 'detail:13612345678' }, auditor)).rejects.toMatchObject({
      fields: [{ reason: 'UNKNOWN_FIELD' }],
    });
  });
});
