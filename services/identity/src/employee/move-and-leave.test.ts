import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIST, openOffice, type Office } from '../testing/office.ts';
import { anEmployee } from '../testing/start-identity.ts';
import { settleMoves } from '../upkeep/upkeep.ts';

let office: Office;

beforeAll(async () => {
  office = await openOffice('move');
});
afterAll(() => office.identity.stop());

describe('a move', () => {
  it('of today changes department and manager, with history', async () => {
    const [from, to] = [await office.department('旧部门'), await office.department('新部门')];
    const boss = await office.create({ name: '主管' });
    const person = await office.create({ name: '调岗', departmentId: from.id }, '2024-01-01');
    const moved = await office.move(person.id, { departmentId: to.id, managerId: boss.id, fromDate: '2025-06-01' });
    expect(moved).toMatchObject({
      departmentId: to.id,
      managerId: boss.id,
      placements: [
        { departmentId: from.id, fromDate: '2024-01-01' },
        { departmentId: to.id, managerId: boss.id, fromDate: '2025-06-01', recordsFollow: true },
      ],
    });
    const event = (await office.identity.events(person.id)).at(-1)!;
    expect(event).toMatchObject({
      type: 'crm.identity.employee.moved.v1',
      data: { recordsFollow: true, before: { departmentId: from.id } },
    });
  });

  it('says when what the person owns stays behind', async () => {
    const to = await office.department('新团队');
    const person = await office.create({ name: '留下业务' }, '2024-01-01');
    await office.move(person.id, { departmentId: to.id, fromDate: '2025-01-01', recordsFollow: false });
    expect((await office.identity.events(person.id)).at(-1)).toMatchObject({ data: { recordsFollow: false } });
  });

  it('planned for a day to come takes effect on that day, told twice, done once', async () => {
    const to = await office.department('将来');
    const person = await office.create({ name: '下月调岗' }, '2024-01-01');
    const day = Temporal.Now.plainDateISO('Asia/Shanghai').add({ days: 10 });
    const planned = await office.move(person.id, { departmentId: to.id, fromDate: day.toString() });
    expect(planned.departmentId).toBe(office.root);
    expect((await office.identity.events(person.id)).at(-1)).toMatchObject({
      type: 'crm.identity.employee.moved.v1',
      data: { recordsFollow: false, employee: { departmentId: office.root } },
    });
    const before = new Date(day.toZonedDateTime({ timeZone: 'Asia/Shanghai' }).epochMilliseconds - 1_000);
    await settleMoves(office.identity.identity.service, before);
    expect(await office.identity.events(person.id)).toHaveLength(2);
    const after = new Date(before.getTime() + 2_000);
    await Promise.all([
      settleMoves(office.identity.identity.service, after),
      settleMoves(office.identity.identity.service, after),
    ]);
    const events = await office.identity.events(person.id);
    expect(events).toHaveLength(3);
    expect(events.at(-1)).toMatchObject({
      type: 'crm.identity.employee.moved.v1',
      sequence: '3',
      data: { recordsFollow: true, before: { departmentId: office.root }, employee: { departmentId: to.id } },
    });
    expect(
      (
        await office.identity.callers.getGrants(
          { employeeId: person.id, grantsVersion: `1:${day.toString()}`, apiKeyId: '' },
          await office.identity.service('customer'),
        )
      ).departmentId,
    ).toBe(to.id);
    expect(
      (
        await office.identity.callers.getGrants(
          { employeeId: person.id, grantsVersion: `1:${day.subtract({ days: 1 }).toString()}`, apiKeyId: '' },
          await office.identity.service('customer'),
        )
      ).departmentId,
    ).toBe(office.root);
  });

  it('that is planned is taken back on its day', async () => {
    const [to, boss] = [await office.department('不去的部门'), await office.create({ name: '原主管' }, '2024-01-01')];
    const person = await office.create({ name: '不走了', managerId: boss.id }, '2024-01-01');
    await office.move(person.id, { departmentId: to.id, fromDate: '2090-01-01' });
    const { placements } = await office.move(person.id, {
      departmentId: office.root,
      managerId: boss.id,
      fromDate: '2090-01-01',
    });
    expect(placements).toMatchObject([{ departmentId: office.root, managerId: boss.id, fromDate: '2024-01-01' }]);
    expect(placements).toHaveLength(1);
  });

  it('refuses a loop of the reporting line on whatever day', async () => {
    const [a, b, c] = [
      await office.create({ name: '甲' }, '2024-01-01'),
      await office.create({ name: '乙' }, '2024-01-01'),
      await office.create({ name: '丙' }, '2024-01-01'),
    ];
    await office.move(b.id, { managerId: a.id, fromDate: '2024-02-01' });
    await office.move(c.id, { managerId: b.id, fromDate: '2099-01-01' });
    await expect(office.move(a.id, { managerId: c.id, fromDate: '2025-01-01' })).rejects.toMatchObject({
      fields: [{ field: 'managerId', reason: 'CYCLE', params: { date: '2099-01-01' } }],
    });
    await expect(office.move(a.id, { managerId: a.id, fromDate: '2025-01-01' })).rejects.toMatchObject({
      fields: [{ field: 'managerId', reason: 'CYCLE' }],
    });
    await expect(office.move(a.id, { managerId: b.id, fromDate: '2025-01-01' })).rejects.toMatchObject({
      fields: [{ reason: 'CYCLE' }],
    });
  });

  it('of two people under each other at once is refused for one', async () => {
    const [a, b] = [await office.create({ name: '互为上级一' }), await office.create({ name: '互为上级二' })];
    const answers = await Promise.allSettled([
      office.move(a.id, { managerId: b.id, fromDate: '2025-01-01' }),
      office.move(b.id, { managerId: a.id, fromDate: '2025-01-01' }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('reaches who is below in the reporting line and the tree, as of the day asked for', async () => {
    const top = await office.department('上级部门');
    const sub = await office.department('下级部门', top.id);
    const { roles } = await office.identity.roles.listRoles({}, await office.as());
    const roleIds = roles.filter(({ name }) => name === '销售').map(({ id }) => id);
    const boss = await office.create({ name: '大主管', departmentId: top.id, roleIds }, '2024-01-01');
    const middle = await office.create({ name: '小主管', departmentId: sub.id, managerId: boss.id }, '2024-01-01');
    const worker = await office.create({ name: '员工', departmentId: sub.id, managerId: middle.id }, '2024-01-01');
    await office.move(worker.id, { departmentId: office.root, fromDate: '2025-07-01' });
    const grants = async (date: string, employeeId = boss.id) =>
      office.identity.callers.getGrants(
        { employeeId, grantsVersion: `1:${date}`, apiKeyId: '' },
        await office.identity.service('customer'),
      );
    expect(new Set((await grants('2025-06-30')).subordinateIds)).toEqual(new Set([middle.id, worker.id]));
    expect((await grants('2025-07-01')).subordinateIds).toEqual([middle.id]);
    expect(new Set((await grants('2025-07-01')).departmentAndBelowIds)).toEqual(new Set([top.id, sub.id]));
    // Nothing that the second one may do is scoped by reports.
    expect((await grants('2025-06-30', middle.id)).subordinateIds).toEqual([]);
  });
});

describe('suspending', () => {
  it('ends sessions and keys; reactivating brings the person back, not the keys', async () => {
    const person = await office.identity.invite(office.admin, {
      name: '离岗',
      login: 'leaver',
      departmentId: office.root,
    });
    const session = await office.identity.signIn('leaver');
    const { secret } = await office.identity.keys.createApiKey(
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
      await office.as(),
    );
    const byKey = () =>
      office.identity.callers.authenticate({ credential: { $case: 'apiKey', value: secret }, remoteAddress: '' });
    await byKey();
    const { employee } = await office.identity.employees.suspendEmployee(
      { id: person.id, reason: '长期休假', version: 0 },
      await office.as(),
    );
    expect(employee!.state).toBe('EMPLOYEE_STATE_SUSPENDED');
    await expect(office.identity.as(session)).rejects.toMatchObject({ reason: 'SESSION_ENDED' });
    await expect(byKey()).rejects.toMatchObject({ reason: 'API_KEY_REFUSED' });
    expect((await office.identity.events(person.id)).at(-1)).toMatchObject({
      type: 'crm.identity.employee.suspended.v1',
      reason: '长期休假',
    });
    await office.identity.employees.reactivateEmployee({ id: person.id, version: 0 }, await office.as());
    await expect(office.identity.as(session)).rejects.toMatchObject({ reason: 'SESSION_ENDED' });
    await expect(byKey()).rejects.toMatchObject({ reason: 'API_KEY_REFUSED' });
    await expect(office.identity.signIn('leaver')).resolves.toBeTruthy();
  });

  it('and leaving end the employment; who left is moved no more and manages nobody new', async () => {
    const person = await office.create({ name: '离职' });
    const { employee } = await office.identity.employees.endEmployment(
      { id: person.id, reason: '', version: 0 },
      await office.as(),
    );
    expect(employee!.state).toBe('EMPLOYEE_STATE_LEFT');
    await expect(office.move(person.id, { fromDate: '2025-01-01' })).rejects.toMatchObject({ reason: 'EMPLOYEE_LEFT' });
    await expect(office.create({ name: '新人', managerId: person.id })).rejects.toMatchObject({
      fields: [{ field: 'employee.managerId' }],
    });
  });

  it('leaves one administrator: of two who remove each other at once, one stays', async () => {
    const { employees } = await office.identity.employees.listEmployees(
      { ...LIST, query: '管理员甲' },
      await office.as(),
    );
    const first = employees[0]!;
    await expect(
      office.identity.employees.suspendEmployee({ id: first.id, reason: '', version: 0 }, await office.as()),
    ).rejects.toMatchObject({ reason: 'LAST_ADMINISTRATOR' });
    await expect(
      office.identity.employees.updateEmployee(
        { id: first.id, employee: anEmployee({ roleIds: [] }), updateMask: ['roleIds'] },
        await office.as(),
      ),
    ).rejects.toMatchObject({ reason: 'LAST_ADMINISTRATOR' });
    const second = await office.identity.invite(office.admin, {
      name: '管理员乙',
      login: 'admin2',
      departmentId: office.root,
      roleIds: first.roleIds,
    });
    const other = await office.identity.as(await office.identity.signIn('admin2'));
    const mine = await office.as();
    const answers = await Promise.allSettled([
      office.identity.employees.updateEmployee(
        { id: second.id, employee: anEmployee({ roleIds: [] }), updateMask: ['roleIds'] },
        mine,
      ),
      office.identity.employees.suspendEmployee({ id: first.id, reason: '', version: 0 }, other),
    ]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    // The second may come so late that they are no administrator any more.
    const lost = answers.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(['LAST_ADMINISTRATOR', 'PERMISSION_DENIED']).toContain(lost.reason.reason);
    // Whoever it was: the first administrator goes on with the tests.
    if (answers[1]!.status === 'fulfilled')
      await office.identity.employees.reactivateEmployee({ id: first.id, version: 0 }, other);
    office.admin = await office.identity.signIn('admin');
  });
});
