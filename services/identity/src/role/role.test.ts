import { FieldAccess, Scope, type Permission, type Role } from '@pelagic/proto/crm/identity/v1/role';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEmployee, aRole, startIdentity, type TestIdentity } from '../testing/start-identity.ts';

let identity: TestIdentity;
let admin: string;
let root: string;

beforeAll(async () => {
  identity = await startIdentity('role');
  await identity.bootstrap();
  admin = await identity.signIn('admin');
  root = (await identity.departments.listDepartments({ onDate: '', includeClosed: false }, await as())).departments[0]!
    .id;
});
afterAll(() => identity.stop());

const as = () => identity.as(admin);
const give = (permission: string, scope: Scope = Scope.ALL, deny = false): Permission => ({ permission, scope, deny });
const create = async (fields: Partial<Role>) =>
  (await identity.roles.createRole({ role: aRole(fields), requestId: '' }, await as())).role!;
const roles = async () => (await identity.roles.listRoles({}, await as())).roles;

describe('roles', () => {
  it('begin with those of the product, named in the enterprise’s language', async () => {
    expect((await roles()).filter(({ builtIn }) => builtIn).map(({ name }) => name)).toEqual([
      '管理员',
      '销售经理',
      '销售',
      '市场经理',
      '客服经理',
      '客服',
      '数据分析师',
      '只读',
    ]);
    expect((await roles())[0]!.permissions.map(({ permission }) => permission)).toContain('opportunity.reopen');
  });

  it('are updated by what is set when there is no mask, and by nothing else when there is one', async () => {
    const { id } = await create({ name: '无掩码', permissions: [give('lead.read')] });
    const update = async (fields: Partial<Role>, updateMask?: string[]) =>
      (await identity.roles.updateRole({ id, role: aRole(fields), updateMask }, await as())).role!;
    const permissions = [give('customer.read')];
    expect(await update({ name: '有权限', permissions })).toMatchObject({ name: '有权限', permissions });
    const widened = [give('lead.read'), give('customer.read')];
    expect(await update({ name: '别的名字', permissions: widened }, ['permissions'])).toMatchObject({
      name: '有权限',
      permissions: widened,
    });
    const [administrator] = await roles();
    await expect(
      identity.roles.updateRole(
        { id: administrator!.id, role: aRole({ permissions }), updateMask: undefined },
        await as(),
      ),
    ).rejects.toMatchObject({ reason: 'ROLE_BUILT_IN' });
  });

  it('are made of the catalogue, with scopes where there are owners', async () => {
    const made = await create({
      name: ' 大区 经理 ',
      permissions: [
        give('lead.read', Scope.DEPARTMENT_AND_BELOW),
        give('employee.manage', Scope.OWN),
        give('lead.export', Scope.OWN, true),
      ],
      fields: [{ noun: 'lead', field: 'phones', access: FieldAccess.MASKED }],
    });
    expect(made).toMatchObject({
      name: '大区 经理',
      builtIn: false,
      permissions: [
        give('lead.read', Scope.DEPARTMENT_AND_BELOW),
        give('employee.manage'),
        give('lead.export', Scope.ALL, true),
      ],
    });
    expect((await identity.events(made.id))[0]).toMatchObject({
      type: 'crm.identity.role.created.v1',
      data: {
        role: { permissions: [{ permission: 'lead.read', scope: 'SCOPE_DEPARTMENT_AND_BELOW', deny: false }, {}, {}] },
      },
    });
    const { nouns } = await identity.roles.listPermissions({}, await as());
    expect(nouns.find(({ noun }) => noun === 'role')).toMatchObject({ actions: ['manage', 'read'], scoped: false });
  });

  it('show what has no scope of its own as given or not, whatever was stored', async () => {
    const { id } = await create({ name: '联系人', permissions: [give('contact.read', Scope.OWN)] });
    const shown = async () => (await identity.roles.getRole({ id }, await as())).role!.permissions;
    expect(await shown()).toEqual([give('contact.read')]);
    const stored = JSON.stringify([give('contact.read', Scope.OWN), give('lead.read', Scope.OWN)]);
    await sql`update role set permissions = ${stored}::jsonb where id = ${id}`.execute(identity.database.sql);
    expect(await shown()).toEqual([give('contact.read'), give('lead.read', Scope.OWN)]);
  });

  it.each<[Partial<Role>, string, string]>([
    [{ name: ' ' }, 'role.name', 'REQUIRED'],
    [{ name: '销售' }, 'role.name', 'TAKEN'],
    [{ name: 'a', permissions: [give('lead.teleport')] }, 'role.permissions[0].permission', 'UNKNOWN_PERMISSION'],
    [{ name: 'b', permissions: [give('lead.read'), give('lead.read')] }, 'role.permissions[1].permission', 'TWICE'],
    [
      { name: 'c', fields: [{ noun: 'lead', field: 'salary', access: FieldAccess.HIDDEN }] },
      'role.fields[0].field',
      'UNKNOWN_FIELD',
    ],
    [
      { name: 'd', fields: [{ noun: 'unicorn', field: 'name', access: FieldAccess.HIDDEN }] },
      'role.fields[0].field',
      'UNKNOWN_FIELD',
    ],
  ])('are refused: %o', async (fields, field, reason) => {
    await expect(create(fields)).rejects.toMatchObject({ fields: [expect.objectContaining({ field, reason })] });
  });

  it('take effect with the next token of those who have them', async () => {
    const role = await create({ name: '跟单', permissions: [give('lead.read', Scope.OWN)] });
    await identity.invite(admin, { name: '跟单员', login: 'follow', departmentId: root, roleIds: [role.id] });
    const session = await identity.signIn('follow');
    const permissions = async () => (await identity.sessions.getSession({}, await identity.as(session))).permissions;
    expect(await permissions()).toEqual([{ permission: 'lead.read', scope: 'OWN' }]);
    await identity.roles.updateRole(
      {
        id: role.id,
        role: { ...role, permissions: [give('lead.read', Scope.ALL), give('lead.create', Scope.OWN)] },
        updateMask: ['permissions'],
      },
      await as(),
    );
    expect(await permissions()).toEqual([
      { permission: 'lead.read', scope: 'ALL' },
      { permission: 'lead.create', scope: 'OWN' },
    ]);
  });

  it('reach together what each of them reaches, and are given by nobody who reaches less', async () => {
    const [reports, department] = [
      await create({ name: '带人', permissions: [give('lead.read', Scope.SUBORDINATES), give('employee.manage')] }),
      await create({ name: '部门', permissions: [give('lead.read', Scope.DEPARTMENT)] }),
    ];
    const roleIds = [reports.id, department.id];
    await identity.invite(admin, { name: '组长', login: 'leader', departmentId: root, roleIds });
    await identity.invite(admin, { name: '主管', login: 'chief', departmentId: root, roleIds: [reports.id] });
    const [leader, chief] = [await identity.signIn('leader'), await identity.signIn('chief')];
    const { permissions } = await identity.sessions.getSession({}, await identity.as(leader));
    expect(permissions.filter(({ permission }) => permission === 'lead.read').map(({ scope }) => scope)).toEqual([
      'SUBORDINATES',
      'DEPARTMENT',
    ]);
    const hire = async (session: string, name: string) =>
      identity.employees.createEmployee(
        { employee: anEmployee({ name, departmentId: root, roleIds }), fromDate: '', requestId: '' },
        await identity.as(session),
      );
    await expect(hire(chief, '甲')).rejects.toMatchObject({ reason: 'BEYOND_OWN_RIGHTS' });
    expect((await hire(leader, '乙')).employee).toMatchObject({ roleIds });
  });

  it('are not taken away while somebody has them, nor those of the product', async () => {
    const role = await create({ name: '在用' });
    const { employee } = await identity.employees.createEmployee(
      { employee: anEmployee({ name: '用的人', departmentId: root, roleIds: [role.id] }), fromDate: '', requestId: '' },
      await as(),
    );
    const remove = async (id: string) => identity.roles.deleteRole({ id, version: 0 }, await as());
    await expect(remove(role.id)).rejects.toMatchObject({ reason: 'ROLE_IN_USE', params: { people: '1' } });
    await identity.employees.updateEmployee(
      { id: employee!.id, employee: anEmployee({}), updateMask: ['roleIds'] },
      await as(),
    );
    await remove(role.id);
    await expect(identity.roles.getRole({ id: role.id }, await as())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(create({ name: '在用' })).resolves.toBeDefined();
    await expect(remove((await roles()).find(({ name }) => name === '只读')!.id)).rejects.toMatchObject({
      reason: 'ROLE_BUILT_IN',
    });
  });

  it('of the administrator stays complete, and no role can deny the last one their rights', async () => {
    const [administrator] = await roles();
    await expect(
      identity.roles.updateRole(
        { id: administrator!.id, role: { ...administrator!, permissions: [] }, updateMask: ['permissions'] },
        await as(),
      ),
    ).rejects.toMatchObject({ reason: 'ROLE_BUILT_IN' });
    const renamed = await identity.roles.updateRole(
      { id: administrator!.id, role: { ...administrator!, name: '系统管理员' }, updateMask: ['name'] },
      await as(),
    );
    expect(renamed.role).toMatchObject({ name: '系统管理员', permissions: administrator!.permissions });
    const denying = await create({ name: '禁止管理', permissions: [give('role.manage', Scope.ALL, true)] });
    const me = (await identity.sessions.getSession({}, await as())).employeeId;
    const update = async (roleIds: string[]) =>
      identity.employees.updateEmployee(
        { id: me, employee: anEmployee({ roleIds }), updateMask: ['roleIds'] },
        await as(),
      );
    await expect(update([administrator!.id, denying.id])).rejects.toMatchObject({ reason: 'LAST_ADMINISTRATOR' });
    const harmless = await create({ name: '无害' });
    await update([administrator!.id, harmless.id]);
    await expect(
      identity.roles.updateRole(
        {
          id: harmless.id,
          role: { ...harmless, permissions: [give('employee.manage', Scope.ALL, true)] },
          updateMask: ['permissions'],
        },
        await as(),
      ),
    ).rejects.toMatchObject({ reason: 'LAST_ADMINISTRATOR' });
  });
});
