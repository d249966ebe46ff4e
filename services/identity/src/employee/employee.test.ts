import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Employee } from '@pelagic/proto/crm/identity/v1/employee';
import { Scope } from '@pelagic/proto/crm/identity/v1/role';
import { aDepartment, anEmployee, aRole, startIdentity, type TestIdentity } from '../testing/start-identity.ts';
import { settleMoves } from '../upkeep/upkeep.ts';
import { pinyinOf } from './pinyin.ts';

describe('pinyin', () => {
  it('has syllables, the whole word and initials, with a surname’s own reading', () => {
    expect(pinyinOf('张三丰')).toBe('zhang san feng zhangsanfeng zsf');
    expect(pinyinOf('单小明')).toBe('shan xiao ming shanxiaoming sxm');
    expect(pinyinOf('Zoë Müller')).toBe('zoë müller');
  });
});

let identity: TestIdentity;
let admin: string;
let root: string;

beforeAll(async () => {
  identity = await startIdentity('employee');
  await identity.bootstrap();
  admin = await identity.signIn('admin');
  root = (await identity.departments.listDepartments({ onDate: '', includeClosed: false }, await identity.as(admin)))
    .departments[0]!.id;
});
afterAll(() => identity.stop());

const LIST = { pageSize: 0, pageToken: '', filter: '', orderBy: '', query: '', departmentId: '', count: false };
const create = async (fields: Partial<Employee>, fromDate = '') =>
  (
    await identity.employees.createEmployee(
      { employee: anEmployee({ departmentId: root, ...fields }), fromDate, requestId: '' },
      await identity.as(admin),
    )
  ).employee!;
const list = async (asked: Partial<typeof LIST>, by = admin) =>
  (await identity.employees.listEmployees({ ...LIST, ...asked }, await identity.as(by))).employees.map(
    ({ name }) => name,
  );
const department = async (name: string, parentId = root, fromDate = '2024-01-01') =>
  (
    await identity.departments.createDepartment(
      { department: aDepartment({ name, parentId }), fromDate, requestId: '' },
      await identity.as(admin),
    )
  ).department!;
const move = async (
  id: string,
  to: { departmentId?: string; managerId?: string; fromDate: string; recordsFollow?: boolean },
) =>
  (await identity.employees.moveEmployee({ id, departmentId: root, version: 0, ...to }, await identity.as(admin)))
    .employee!;
const withRole = async (permissions: string[], more: Partial<Employee> & { login: string }) => {
  const { role } = await identity.roles.createRole(
    {
      role: aRole({
        name: `role ${more.login}`,
        permissions: permissions.map((permission) => ({ permission, scope: Scope.ALL, deny: false })),
      }),
      requestId: '',
    },
    await identity.as(admin),
  );
  await identity.invite(admin, { name: more.login, departmentId: root, roleIds: [role!.id], ...more });
  return identity.signIn(more.login);
};

describe('an employee', () => {
  it('comes in normalised, with an event and what is derived', async () => {
    const made = await create(
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
      placements: [{ departmentId: root, fromDate: '2024-03-01', recordsFollow: false }],
    });
    const [event] = await identity.events(made.id);
    expect(event).toMatchObject({
      type: 'crm.identity.employee.created.v1',
      sequence: '1',
      data: { employee: { name: '王 芳', login: 'wangfang', placements: [{ fromDate: '2024-03-01' }] } },
    });
  });

  it('without a login works at once and never signs in', async () => {
    expect((await create({ name: '无账号' })).state).toBe('EMPLOYEE_STATE_ACTIVE');
  });

  it('is refused with every field that somebody else has', async () => {
    await create({
      name: '原有',
      login: 'taken',
      email: 'taken@example.com',
      phone: '13900139000',
      employeeNumber: 'N9',
      externalId: 'hr:9',
    });
    const again = create({
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
    await expect(create(fields)).rejects.toMatchObject({ fields: [expect.objectContaining({ field, reason })] });
  });

  it('has one of a login, however many bring it at once', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => create({ name: `同名${index}`, login: 'race' })),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers)
      if (answer.status === 'rejected')
        expect(answer.reason).toMatchObject({ fields: [{ field: 'employee.login', reason: 'TAKEN' }] });
  });

  it('is created once for one request id', async () => {
    const request = {
      employee: anEmployee({ name: '一次', login: 'once', departmentId: root }),
      fromDate: '',
      requestId: 'r-1',
    };
    const answers = await Promise.all(
      [1, 2, 3].map(async () => identity.employees.createEmployee(request, await identity.as(admin))),
    );
    expect(new Set(answers.map(({ employee }) => employee!.id)).size).toBe(1);
    await expect(
      identity.employees.createEmployee({ ...request, fromDate: '2024-01-01' }, await identity.as(admin)),
    ).rejects.toMatchObject({ reason: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('changes only what the mask names, tells what was before, and refuses a stale version', async () => {
    const made = await create({ name: '改名', login: 'rename', title: '助理' });
    const update = async (fields: Partial<Employee>, updateMask: string[]) =>
      (
        await identity.employees.updateEmployee(
          { id: made.id, employee: anEmployee(fields), updateMask },
          await identity.as(admin),
        )
      ).employee!;
    const changed = await update({ version: 1, title: '经理', name: '不改' }, ['title']);
    expect(changed).toMatchObject({ version: 2, name: '改名', title: '经理', login: 'rename' });
    expect((await identity.events(made.id)).at(-1)).toMatchObject({
      type: 'crm.identity.employee.updated.v1',
      data: { before: { title: '助理' }, employee: { title: '经理' } },
    });
    await expect(update({ version: 1, title: '总监' }, ['title'])).rejects.toMatchObject({
      code: 'ABORTED',
      reason: 'VERSION_STALE',
    });
    await expect(update({ departmentId: root }, ['departmentId'])).rejects.toMatchObject({
      fields: [{ field: 'employee.departmentId', reason: 'USE_MOVE' }],
    });
    expect((await update({ name: '改好了' }, ['name'])).pinyin).toBe('gai hao le gaihaole ghl');
  });
});

describe('the address book', () => {
  let sales: string;
  let north: string;

  beforeAll(async () => {
    sales = (await department('销售部')).id;
    north = (await department('北区', sales)).id;
    await create({
      name: '赵子龙',
      phone: '13700137000',
      extension: '7788',
      departmentId: north,
      login: 'zilong',
      title: '客户经理',
    });
    await create({ name: '周瑜', departmentId: sales });
    await create({ name: 'Peter Zimmer', departmentId: root, extraDepartmentIds: [north] });
  });

  it.each([
    ['赵子'],
    ['zhaozilong'],
    ['zhao zi'],
    ['zzl'],
    ['ZZL'],
    ['子'],
    ['7788'],
    ['13700137'],
    ['zilong'],
    ['客户经理'],
  ])('finds 赵子龙 by %s', async (query) => {
    expect(await list({ query })).toEqual(['赵子龙']);
  });

  it('lists a department with those below it, and who sits there as well', async () => {
    expect(await list({ departmentId: sales })).toEqual(['Peter Zimmer', '赵子龙', '周瑜']);
    expect(await list({ departmentId: north })).toEqual(['Peter Zimmer', '赵子龙']);
    expect(await list({ departmentId: sales, query: 'z' })).toEqual(['Peter Zimmer', '赵子龙', '周瑜']);
  });

  it('filters and sorts by what the contract has, names by their pinyin', async () => {
    expect(await list({ departmentId: sales, orderBy: 'name desc' })).toEqual(['周瑜', '赵子龙', 'Peter Zimmer']);
    expect(await list({ filter: 'extension = "7788"' })).toEqual(['赵子龙']);
    expect(await list({ filter: `departmentId = "${north}"` })).toEqual(['赵子龙']);
    expect(await list({ filter: 'state = INVITED AND login:zilong' })).toEqual(['赵子龙']);
    await expect(list({ filter: 'salary > 1' })).rejects.toMatchObject({ fields: [{ reason: 'UNKNOWN_FIELD' }] });
  });

  it('comes in pages that fit together', async () => {
    const seen: string[] = [];
    for (let pageToken = ''; ;) {
      const page = await identity.employees.listEmployees(
        { ...LIST, pageSize: 3, pageToken, count: true },
        await identity.as(admin),
      );
      seen.push(...page.employees.map(({ id }) => id));
      expect(page.totalSize).toBeGreaterThan(5);
      pageToken = page.nextPageToken;
      if (!pageToken) break;
    }
    expect(new Set(seen).size).toBe(seen.length);
    const { rows } = await sql<{ n: string }>`select count(*) as n from employee`.execute(identity.database.sql);
    expect(seen.length).toBe(Number(rows[0]!.n));
  });

  it('is open to everybody signed in, but for what their role masks: not shown, not searched, not filtered', async () => {
    const { role } = await identity.roles.createRole(
      {
        role: aRole({ name: '前台', fields: [{ noun: 'employee', field: 'phone', access: 'FIELD_ACCESS_MASKED' }] }),
        requestId: '',
      },
      await identity.as(admin),
    );
    await identity.invite(admin, { name: '前台甲', login: 'desk', departmentId: root, roleIds: [role!.id] });
    const desk = await identity.signIn('desk');
    const { employees } = await identity.employees.listEmployees({ ...LIST, query: '赵子龙' }, await identity.as(desk));
    expect(employees[0]).toMatchObject({
      name: '赵子龙',
      phone: '+86137****7000',
      extension: '7788',
      lastSignInTime: undefined,
    });
    expect(await list({ query: '13700137' }, desk)).toEqual([]);
    await expect(list({ filter: 'phone:13700137000' }, desk)).rejects.toMatchObject({
      fields: [{ reason: 'UNKNOWN_FIELD' }],
    });
    await expect(list({ orderBy: 'phone' }, desk)).rejects.toMatchObject({ fields: [{ field: 'orderBy' }] });
    await expect(
      identity.employees.createEmployee(
        { employee: anEmployee({ name: 'x', departmentId: root }), fromDate: '', requestId: '' },
        await identity.as(desk),
      ),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('shows administrators when somebody last signed in', async () => {
    const person = await identity.invite(admin, { name: '刚登录', login: 'justnow', departmentId: root });
    await identity.signIn('justnow');
    const { employee } = await identity.employees.getEmployee({ id: person.id }, await identity.as(admin));
    expect(Date.now() - Date.parse(employee!.lastSignInTime!)).toBeLessThan(60_000);
  });
});

describe('a move', () => {
  it('of today changes department and manager, with history', async () => {
    const [from, to] = [await department('旧部门'), await department('新部门')];
    const boss = await create({ name: '主管' });
    const person = await create({ name: '调岗', departmentId: from.id }, '2024-01-01');
    const moved = await move(person.id, { departmentId: to.id, managerId: boss.id, fromDate: '2025-06-01' });
    expect(moved).toMatchObject({
      departmentId: to.id,
      managerId: boss.id,
      placements: [
        { departmentId: from.id, fromDate: '2024-01-01' },
        { departmentId: to.id, managerId: boss.id, fromDate: '2025-06-01', recordsFollow: true },
      ],
    });
    const event = (await identity.events(person.id)).at(-1)!;
    expect(event).toMatchObject({
      type: 'crm.identity.employee.moved.v1',
      data: { recordsFollow: true, before: { departmentId: from.id } },
    });
  });

  it('says when what the person owns stays behind', async () => {
    const to = await department('新团队');
    const person = await create({ name: '留下业务' }, '2024-01-01');
    await move(person.id, { departmentId: to.id, fromDate: '2025-01-01', recordsFollow: false });
    expect((await identity.events(person.id)).at(-1)).toMatchObject({ data: { recordsFollow: false } });
  });

  it('planned for a day to come takes effect on that day, told twice, done once', async () => {
    const to = await department('将来');
    const person = await create({ name: '下月调岗' }, '2024-01-01');
    const day = Temporal.Now.plainDateISO('Asia/Shanghai').add({ days: 10 });
    const planned = await move(person.id, { departmentId: to.id, fromDate: day.toString() });
    expect(planned.departmentId).toBe(root);
    expect((await identity.events(person.id)).at(-1)).toMatchObject({
      type: 'crm.identity.employee.moved.v1',
      data: { recordsFollow: false, employee: { departmentId: root } },
    });
    const before = new Date(day.toZonedDateTime({ timeZone: 'Asia/Shanghai' }).epochMilliseconds - 1_000);
    await settleMoves(identity.identity.service, before);
    expect(await identity.events(person.id)).toHaveLength(2);
    const after = new Date(before.getTime() + 2_000);
    await Promise.all([settleMoves(identity.identity.service, after), settleMoves(identity.identity.service, after)]);
    const events = await identity.events(person.id);
    expect(events).toHaveLength(3);
    expect(events.at(-1)).toMatchObject({
      type: 'crm.identity.employee.moved.v1',
      sequence: '3',
      data: { recordsFollow: true, before: { departmentId: root }, employee: { departmentId: to.id } },
    });
    expect(
      (
        await identity.callers.getGrants(
          { employeeId: person.id, grantsVersion: `1:${day.toString()}`, apiKeyId: '' },
          await identity.service('customer'),
        )
      ).departmentId,
    ).toBe(to.id);
    expect(
      (
        await identity.callers.getGrants(
          { employeeId: person.id, grantsVersion: `1:${day.subtract({ days: 1 }).toString()}`, apiKeyId: '' },
          await identity.service('customer'),
        )
      ).departmentId,
    ).toBe(root);
  });

  it('refuses a loop of the reporting line on whatever day', async () => {
    const [a, b, c] = [
      await create({ name: '甲' }, '2024-01-01'),
      await create({ name: '乙' }, '2024-01-01'),
      await create({ name: '丙' }, '2024-01-01'),
    ];
    await move(b.id, { managerId: a.id, fromDate: '2024-02-01' });
    await move(c.id, { managerId: b.id, fromDate: '2099-01-01' });
    await expect(move(a.id, { managerId: c.id, fromDate: '2025-01-01' })).rejects.toMatchObject({
      fields: [{ field: 'managerId', reason: 'CYCLE', params: { date: '2099-01-01' } }],
    });
    await expect(move(a.id, { managerId: a.id, fromDate: '2025-01-01' })).rejects.toMatchObject({
      fields: [{ field: 'managerId', reason: 'CYCLE' }],
    });
    await expect(move(a.id, { managerId: b.id, fromDate: '2025-01-01' })).rejects.toMatchObject({
      fields: [{ reason: 'CYCLE' }],
    });
  });

  it('of two people under each other at once is refused for one', async () => {
    const [a, b] = [await create({ name: '互为上级一' }), await create({ name: '互为上级二' })];
    const answers = await Promise.allSettled([
      move(a.id, { managerId: b.id, fromDate: '2025-01-01' }),
      move(b.id, { managerId: a.id, fromDate: '2025-01-01' }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('reaches who is below in the reporting line and the tree, as of the day asked for', async () => {
    const top = await department('上级部门');
    const sub = await department('下级部门', top.id);
    const boss = await create({ name: '大主管', departmentId: top.id }, '2024-01-01');
    const middle = await create({ name: '小主管', departmentId: sub.id, managerId: boss.id }, '2024-01-01');
    const worker = await create({ name: '员工', departmentId: sub.id, managerId: middle.id }, '2024-01-01');
    await move(worker.id, { departmentId: root, fromDate: '2025-07-01' });
    const grants = async (date: string) =>
      identity.callers.getGrants(
        { employeeId: boss.id, grantsVersion: `1:${date}`, apiKeyId: '' },
        await identity.service('customer'),
      );
    expect(new Set((await grants('2025-06-30')).subordinateIds)).toEqual(new Set([middle.id, worker.id]));
    expect((await grants('2025-07-01')).subordinateIds).toEqual([middle.id]);
    expect(new Set((await grants('2025-07-01')).departmentAndBelowIds)).toEqual(new Set([top.id, sub.id]));
  });
});

describe('suspending', () => {
  it('ends sessions and keys; reactivating brings the person back, not the keys', async () => {
    const person = await identity.invite(admin, { name: '离岗', login: 'leaver', departmentId: root });
    const session = await identity.signIn('leaver');
    const { secret } = await identity.keys.createApiKey(
      {
        apiKey: {
          id: '',
          version: 0,
          name: 'k',
          employeeId: person.id,
          permissions: [],
          allowedAddresses: [],
          prefix: '',
          rateLimitPerMinute: 0,
          createTime: undefined,
        },
      },
      await identity.as(admin),
    );
    const byKey = () =>
      identity.callers.authenticate({ credential: { $case: 'apiKey', value: secret }, remoteAddress: '' });
    await byKey();
    const { employee } = await identity.employees.suspendEmployee(
      { id: person.id, reason: '长期休假', version: 0 },
      await identity.as(admin),
    );
    expect(employee!.state).toBe('EMPLOYEE_STATE_SUSPENDED');
    await expect(identity.as(session)).rejects.toMatchObject({ reason: 'SESSION_ENDED' });
    await expect(byKey()).rejects.toMatchObject({ reason: 'API_KEY_REFUSED' });
    expect((await identity.events(person.id)).at(-1)).toMatchObject({
      type: 'crm.identity.employee.suspended.v1',
      reason: '长期休假',
    });
    await identity.employees.reactivateEmployee({ id: person.id, version: 0 }, await identity.as(admin));
    await expect(identity.as(session)).rejects.toMatchObject({ reason: 'SESSION_ENDED' });
    await expect(byKey()).rejects.toMatchObject({ reason: 'API_KEY_REFUSED' });
    await expect(identity.signIn('leaver')).resolves.toBeTruthy();
  });

  it('and leaving end the employment; who left is moved no more and manages nobody new', async () => {
    const person = await create({ name: '离职' });
    const { employee } = await identity.employees.endEmployment(
      { id: person.id, reason: '', version: 0 },
      await identity.as(admin),
    );
    expect(employee!.state).toBe('EMPLOYEE_STATE_LEFT');
    await expect(move(person.id, { fromDate: '2025-01-01' })).rejects.toMatchObject({ reason: 'EMPLOYEE_LEFT' });
    await expect(create({ name: '新人', managerId: person.id })).rejects.toMatchObject({
      fields: [{ field: 'employee.managerId' }],
    });
  });

  it('leaves one administrator: of two who remove each other at once, one stays', async () => {
    const { employees } = await identity.employees.listEmployees(
      { ...LIST, query: '管理员甲' },
      await identity.as(admin),
    );
    const first = employees[0]!;
    await expect(
      identity.employees.suspendEmployee({ id: first.id, reason: '', version: 0 }, await identity.as(admin)),
    ).rejects.toMatchObject({ reason: 'LAST_ADMINISTRATOR' });
    await expect(
      identity.employees.updateEmployee(
        { id: first.id, employee: anEmployee({ roleIds: [] }), updateMask: ['roleIds'] },
        await identity.as(admin),
      ),
    ).rejects.toMatchObject({ reason: 'LAST_ADMINISTRATOR' });
    const second = await identity.invite(admin, {
      name: '管理员乙',
      login: 'admin2',
      departmentId: root,
      roleIds: first.roleIds,
    });
    const other = await identity.as(await identity.signIn('admin2'));
    const mine = await identity.as(admin);
    const answers = await Promise.allSettled([
      identity.employees.updateEmployee(
        { id: second.id, employee: anEmployee({ roleIds: [] }), updateMask: ['roleIds'] },
        mine,
      ),
      identity.employees.suspendEmployee({ id: first.id, reason: '', version: 0 }, other),
    ]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { reason: 'LAST_ADMINISTRATOR' },
    });
    // Whoever it was: the first administrator goes on with the tests.
    if (answers[1]!.status === 'fulfilled')
      await identity.employees.reactivateEmployee({ id: first.id, version: 0 }, other);
    admin = await identity.signIn('admin');
  });
});

describe('somebody who manages employees', () => {
  it('gives no role that may do more, makes no key and no link of a person who may do more', async () => {
    const clerk = await withRole(['employee.manage', 'api_key.manage', 'role.manage', 'lead.read'], { login: 'clerk' });
    const { roles } = await identity.roles.listRoles({}, await identity.as(clerk));
    const administrator = roles.find(({ name }) => name === '管理员')!;
    const beyond = { code: 'PERMISSION_DENIED', reason: 'BEYOND_OWN_RIGHTS' };
    const me = (await identity.sessions.getSession({}, await identity.as(clerk))).employeeId;
    const { employees } = await identity.employees.listEmployees(
      { ...LIST, query: '管理员甲' },
      await identity.as(clerk),
    );
    await expect(
      identity.employees.updateEmployee(
        { id: me, employee: anEmployee({ roleIds: [administrator.id] }), updateMask: ['roleIds'] },
        await identity.as(clerk),
      ),
    ).rejects.toMatchObject(beyond);
    await expect(
      identity.employees.createResetLink({ id: employees[0]!.id }, await identity.as(clerk)),
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
    await expect(identity.keys.createApiKey(key([]), await identity.as(clerk))).rejects.toMatchObject(beyond);
    await expect(identity.keys.createApiKey(key(['lead.read']), await identity.as(clerk))).resolves.toBeDefined();
    const own = roles.find(({ name }) => name === 'role clerk')!;
    const more = {
      ...own,
      permissions: [...own.permissions, { permission: 'lead.export', scope: Scope.ALL, deny: false }],
    };
    await expect(
      identity.roles.updateRole({ id: own.id, role: more, updateMask: ['permissions'] }, await identity.as(clerk)),
    ).rejects.toMatchObject(beyond);
  });
});
