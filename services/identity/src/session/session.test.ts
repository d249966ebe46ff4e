import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startIdentity, PASSWORD, type TestIdentity } from '../testing/start-identity.ts';

let identity: TestIdentity;
let admin: string;
let rootId: string;

beforeAll(async () => {
  identity = await startIdentity('session');
  await identity.bootstrap();
  admin = await identity.signIn('admin');
  rootId = (await identity.departments.listDepartments({ onDate: '', includeClosed: false }, await identity.as(admin))).departments[0]!.id;
});
afterAll(() => identity.stop());

describe('a session', () => {
  it('knows the caller, what they may do and the enterprise', async () => {
    const session = await identity.sessions.getSession({}, await identity.as(admin));
    expect(session).toMatchObject({ name: '管理员甲', login: 'admin', locale: 'zh-CN', timeZone: 'Asia/Shanghai', departmentId: rootId });
    expect(session.enterprise).toMatchObject({ name: '远洋科技', baseCurrency: 'CNY' });
    expect(session.permissions).toContainEqual({ permission: 'lead.create', scope: 'ALL' });
    expect(session.permissions).toContainEqual({ permission: 'employee.manage', scope: 'ALL' });
  });

  it('begins for somebody invited with their link, once', async () => {
    const person = await identity.invite(admin, { name: '李雷', login: ' LiLei ', departmentId: rootId });
    expect(person.state).toBe('EMPLOYEE_STATE_ACTIVE');
    const session = await identity.sessions.getSession({}, await identity.as(await identity.signIn('lilei', PASSWORD)));
    expect(session).toMatchObject({ name: '李雷', permissions: [] });
  });
});
