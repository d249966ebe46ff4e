import type { Employee } from '@pelagic/proto/crm/identity/v1/employee';
import { Scope } from '@pelagic/proto/crm/identity/v1/role';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIST, openOffice, type Office } from '../testing/office.ts';
import { anEmployee, aRole } from '../testing/start-identity.ts';

let office: Office;

beforeAll(async () => {
  office = await openOffice('employee');
});
afterAll(() => office.identity.stop());

describe('an employee', () => {
  it('comes in normalised, with an event and what is derived', async () => {
    const made = await office.create(
      {
        name: ' 王  芳 ',
        login: ' WangFang ',
        email: ' Wang.Fang@Example.COM ',
        phone: '138 0013 8000',
        employeeNumber: ' E-1 ',
        extension: '8001',
      },
      '2024-03-01',
    );
    expect(made).toMatchObject({
      version: 1,
      name: '王 芳',
      login: 'wangfang',
      email: 'wang.fang@example.com',
      phone: '+8613800138000',
      employeeNumber: 'E-1',
      state: 'EMPLOYEE_STATE_INVITED',
      placements: [{ departmentId: office.root, fromDate: '2024-03-01', recordsFollow: false }],
    });
    const [event] = await office.identity.events(made.id);
    expect(event).toMatchObject({
      type: 'crm.identity.employee.created.v1',
      sequence: '1',
      data: { employee: { name: '王 芳', login: 'wangfang', placements: [{ fromDate: '2024-03-01' }] } },
    });
  });

  it('without a login works at once and never signs in', async () => {
    expect((await office.create({ name: '无账号' })).state).toBe('EMPLOYEE_STATE_ACTIVE');
  });

  it('is refused with every field that somebody else has', async () => {
    await office.create({
      name: '原有',
      login: 'taken',
      email: 'taken@example.com',
      phone: '13900139000',
      employeeNumber: 'N9',
      externalId: 'hr:9',
    });
    const again = office.create({
      name: '重复',
      login: 'TAKEN',
      email: 'Taken@example.com',
      phone: '+86 139 0013 9000',
      employeeNumber: 'n9',
      externalId: 'hr:9',
    });
    await expect(again).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const { fields } = (await again.catch((problem: unknown) => problem)) as {
      fields: { field: string; reason: string }[];
    };
    expect(fields.map(({ field, reason }) => [field, reason])).toEqual(
      ['login', 'email', 'phone', 'employeeNumber', 'externalId'].map((field) => [`employee.${field}`, 'TAKEN']),
    );
  });

  it.each([
    [{ name: '  ' }, 'employee.name', 'REQUIRED'],
    [{ name: 'x', phone: '110 110' }, 'employee.phone', 'BAD_PHONE'],
    [{ name: 'x', login: 'a b' }, 'employee.login', 'BAD_LOGIN'],
    [
      { name: 'x', departmentId: '019a0000-0000-7000-8000-000000000000' },
      'employee.departmentId',
      'UNKNOWN_DEPARTMENT',
    ],
    [{ name: 'x', managerId: '019a0000-0000-7000-8000-000000000000' }, 'employee.managerId', 'UNKNOWN_EMPLOYEE'],
    [{ name: 'x', roleIds: ['019a0000-0000-7000-8000-000000000000'] }, 'employee.roleIds', 'UNKNOWN_ROLE'],
    [{ name: 'x', roleIds: ['boss'] }, 'employee.roleIds', 'UNKNOWN_ROLE'],
    [{ name: 'x', extraDepartmentIds: ['nowhere'] }, 'employee.extraDepartmentIds[0]', 'UNKNOWN_DEPARTMENT'],
  ])('is refused: %o', async (fields, field, reason) => {
    await expect(office.create(fields)).rejects.toMatchObject({ fields: [expect.objectContaining({ field, reason })] });
  });

  it('has one of a login, however many bring it at once', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => office.create({ name: `同名${index}`, login: 'race' })),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers)
      if (answer.status === 'rejected')
        expect(answer.reason).toMatchObject({ fields: [{ field: 'employee.login', reason: 'TAKEN' }] });
  });

  it('is created once for one request id', async () => {
    const request = {
      employee: anEmployee({ name: '一次', login: 'once', departmentId: office.root }),
      fromDate: '',
      requestId: 'r-1',
    };
    const answers = await Promise.all(
      [1, 2, 3].map(async () => office.identity.employees.createEmployee(request, await office.as())),
    );
    expect(new Set(answers.map(({ employee }) => employee!.id)).size).toBe(1);
    await expect(
      office.identity.employees.createEmployee({ ...request, fromDate: '2024-01-01' }, await office.as()),
    ).rejects.toMatchObject({ reason: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('changes only what the mask names, tells what was before, and refuses a stale version', async () => {
    const made = await office.create({ name: '改名', login: 'rename', title: '助理' });
    const update = async (fields: Partial<Employee>, updateMask: string[]) =>
      (
        await office.identity.employees.updateEmployee(
          { id: made.id, employee: anEmployee(fields), updateMask },
          await office.as(),
        )
      ).employee!;
    const changed = await update({ version: 1, title: '经理', name: '不改' }, ['title']);
    expect(changed).toMatchObject({ version: 2, name: '改名', title: '经理', login: 'rename' });
    expect((await office.identity.events(made.id)).at(-1)).toMatchObject({
      type: 'crm.identity.employee.updated.v1',
      data: { before: { title: '助理' }, employee: { title: '经理' } },
    });
    await expect(update({ version: 1, title: '总监' }, ['title'])).rejects.toMatchObject({
      code: 'ABORTED',
      reason: 'VERSION_STALE',
    });
    await expect(update({ departmentId: office.root }, ['departmentId'])).rejects.toMatchObject({
      fields: [{ field: 'employee.departmentId', reason: 'USE_MOVE' }],
    });
    // Without a mask, all that is said: a manager who is not theirs is none of an update's.
    const boss = await office.create({ name: '上级', login: 'boss-of-rename' });
    for (const managerId of [boss.id, crypto.randomUUID()])
      await expect(update({ title: '总监', managerId }, [])).rejects.toMatchObject({
        fields: [{ field: 'employee.managerId', reason: 'USE_MOVE' }],
      });
    expect((await update({ name: '改好了' }, ['name'])).pinyin).toBe('gai hao le gaihaole ghl');
  });
});

/** Session token of somebody with exactly these permissions. */
const withRole = async (login: string, permissions: string[]): Promise<string> => {
  const given = permissions.map((permission) => ({ permission, scope: Scope.ALL, deny: false }));
  const role = aRole({ name: `role ${login}`, permissions: given });
  const { role: made } = await office.identity.roles.createRole({ role, requestId: '' }, await office.as());
  await office.identity.invite(office.admin, {
    name: login,
    login,
    departmentId: office.root,
    roleIds: [made!.id],
  });
  return office.identity.signIn(login);
};

describe('somebody who manages employees', () => {
  it('leaves the access of who administers more alone, and keeps the records of all', async () => {
    const clerk = await office.identity.as(await withRole('records', ['employee.manage']));
    const { employees } = await office.identity.employees.listEmployees({ ...LIST, query: '管理员甲' }, clerk);
    const { id } = employees[0]!;
    const { roles } = await office.identity.roles.listRoles({}, await office.as());
    const roleIds = roles.filter(({ name }) => name === '销售').map((role) => role.id);
    const seller = await office.create({ name: '有业务权限', login: 'seller', roleIds }, '2024-01-01');
    const update = (of: string, fields: Partial<Employee>) =>
      office.identity.employees.updateEmployee(
        { id: of, employee: anEmployee(fields), updateMask: Object.keys(fields) },
        clerk,
      );
    const refused = { code: 'PERMISSION_DENIED', reason: 'MORE_RIGHTS_THAN_YOU' };
    const access = [{ login: 'taken.over' }, { email: 'me@example.com' }, { phone: '13912345678' }, { roleIds: [] }];
    for (const fields of access) await expect(update(id, fields)).rejects.toMatchObject(refused);
    const going = { id, reason: '', version: 0 };
    await expect(office.identity.employees.suspendEmployee(going, clerk)).rejects.toMatchObject(refused);
    await expect(office.identity.employees.endEmployment(going, clerk)).rejects.toMatchObject(refused);
    expect((await update(id, { title: '总经理' })).employee?.title).toBe('总经理');
    expect((await update(seller.id, { phone: '13912345679' })).employee?.phone).toBe('+8613912345679');
    await office.identity.employees.suspendEmployee({ ...going, id: seller.id }, clerk);
    await office.identity.employees.reactivateEmployee({ id: seller.id, version: 0 }, clerk);
  });

  it('gives no role that may do more, makes no key and no link of a person who may do more', async () => {
    const clerk = await withRole('clerk', ['employee.manage', 'api_key.manage', 'role.manage', 'lead.read']);
    const { roles } = await office.identity.roles.listRoles({}, await office.identity.as(clerk));
    const administrator = roles.find(({ name }) => name === '管理员')!;
    const beyond = { code: 'PERMISSION_DENIED', reason: 'BEYOND_OWN_RIGHTS' };
    const me = (await office.identity.sessions.getSession({}, await office.identity.as(clerk))).employeeId;
    const { employees } = await office.identity.employees.listEmployees(
      { ...LIST, query: '管理员甲' },
      await office.identity.as(clerk),
    );
    await expect(
      office.identity.employees.updateEmployee(
        { id: me, employee: anEmployee({ roleIds: [administrator.id] }), updateMask: ['roleIds'] },
        await office.identity.as(clerk),
      ),
    ).rejects.toMatchObject(beyond);
    await expect(
      office.identity.employees.createResetLink({ id: employees[0]!.id }, await office.identity.as(clerk)),
    ).rejects.toMatchObject(beyond);
    const key = (permissions: string[]) => ({
      apiKey: {
        id: '',
        version: 0,
        name: 'k',
        employeeId: employees[0]!.id,
        permissions,
        allowedAddresses: [],
        prefix: '',
        rateLimitPerMinute: 0,
        createTime: undefined,
      },
    });
    await expect(office.identity.keys.createApiKey(key([]), await office.identity.as(clerk))).rejects.toMatchObject(
      beyond,
    );
    await expect(
      office.identity.keys.createApiKey(key(['lead.read']), await office.identity.as(clerk)),
    ).resolves.toBeDefined();
    const own = roles.find(({ name }) => name === 'role clerk')!;
    const more = {
      ...own,
      permissions: [...own.permissions, { permission: 'lead.export', scope: Scope.ALL, deny: false }],
    };
    await expect(
      office.identity.roles.updateRole(
        { id: own.id, role: more, updateMask: ['permissions'] },
        await office.identity.as(clerk),
      ),
    ).rejects.toMatchObject(beyond);
  });
});
