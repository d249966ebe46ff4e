import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aDepartment, anEmployee, startIdentity, type TestIdentity } from '../testing/start-identity.ts';
import { departmentLookup } from './department.import.ts';
import { settleMoves } from '../upkeep/upkeep.ts';

let identity: TestIdentity;
let admin: string;
let root: string;

beforeAll(async () => {
  identity = await startIdentity('department');
  await identity.bootstrap();
  admin = await identity.signIn('admin');
  root = (await tree())[0]!.id;
});
afterAll(() => identity.stop());

const as = () => identity.as(admin);
const tree = async (onDate = '', includeClosed = false) =>
  (await identity.departments.listDepartments({ onDate, includeClosed }, await as())).departments;
const create = async (name: string, parentId = root, more = {}, fromDate = '2024-01-01') =>
  (
    await identity.departments.createDepartment(
      { department: aDepartment({ name, parentId, ...more }), fromDate, requestId: '' },
      await as(),
    )
  ).department!;
const move = async (id: string, parentId: string, fromDate: string, version = 0) =>
  (await identity.departments.moveDepartment({ id, parentId, fromDate, version }, await as())).department!;
const close = async (id: string, fromDate: string) =>
  (await identity.departments.closeDepartment({ id, fromDate, version: 0 }, await as())).department!;
const parentOn = async (id: string, date: string) =>
  (await tree(date, true)).find((department) => department.id === id)!.parentId;

describe('a department', () => {
  it('stands under another one; there is one root', async () => {
    const made = await create(' 华东 大区 ', root, { code: 'EAST', costCenter: 'CC-1' });
    expect(made).toMatchObject({
      name: '华东 大区',
      code: 'EAST',
      parentId: root,
      placements: [{ parentId: root, fromDate: '2024-01-01' }],
    });
    await expect(
      identity.departments.createDepartment(
        { department: aDepartment({ name: '另一个根' }), fromDate: '', requestId: '' },
        await as(),
      ),
    ).rejects.toMatchObject({
      fields: [{ field: 'department.parentId', reason: 'REQUIRED' }],
    });
    expect((await tree()).filter(({ parentId }) => !parentId)).toHaveLength(1);
  });

  it('has a code of its own, and people who are there', async () => {
    await create('一', root, { code: 'Same' });
    await expect(create('二', root, { code: 'sAME' })).rejects.toMatchObject({
      fields: [{ field: 'department.code', reason: 'TAKEN' }],
    });
    await expect(create('三', root, { leaderId: root })).rejects.toMatchObject({
      fields: [{ field: 'department.leaderId', reason: 'UNKNOWN_EMPLOYEE' }],
    });
    await expect(create('四', '019a0000-0000-7000-8000-000000000000')).rejects.toMatchObject({
      fields: [{ field: 'department.parentId', reason: 'UNKNOWN_DEPARTMENT' }],
    });
  });

  it('is found by a file’s words for it, but by none that is masked for whoever imports', async () => {
    await create('灯塔组', root, { code: 'LIGHT' });
    const found = (masked: string[]) => {
      const grant = { hidden: new Set<string>(), masked: new Set(masked), readOnly: new Set<string>() };
      const caller = { kind: 'employee', grants: { fields: new Map([['department', grant]]) } } as unknown as Caller;
      const named = (tx: Tx) => async (text: string) =>
        (await departmentLookup(text, { tx, caller, message: {}, history: false })).length;
      return identity.database.transact(async (tx) => [await named(tx)('灯塔组'), await named(tx)('light')]);
    };
    expect(await found([])).toEqual([1, 1]);
    expect(await found(['name'])).toEqual([0, 1]);
    expect(await found(['name', 'code'])).toEqual([0, 0]);
  });

  it('changes its name with an event; its place only by moving', async () => {
    const made = await create('旧名');
    const update = async (fields: object, updateMask: string[]) =>
      (
        await identity.departments.updateDepartment(
          { id: made.id, department: aDepartment(fields), updateMask },
          await as(),
        )
      ).department!;
    expect(await update({ name: '新名', version: 1 }, ['name'])).toMatchObject({ name: '新名', version: 2 });
    expect((await identity.events(made.id)).at(-1)).toMatchObject({
      type: 'crm.identity.department.updated.v1',
      data: { before: { name: '旧名' } },
    });
    await expect(update({ parentId: root }, ['parentId'])).rejects.toMatchObject({ fields: [{ reason: 'USE_MOVE' }] });
    await expect(update({ name: 'x', version: 1 }, ['name'])).rejects.toMatchObject({ reason: 'VERSION_STALE' });
    // All that is said, without a mask: the parent as it is, or not at all; one that there is not is no fault of ours.
    expect(await update({ name: '又名', parentId: root }, [])).toMatchObject({ name: '又名', version: 3 });
    for (const parentId of [made.id, crypto.randomUUID()])
      await expect(update({ name: 'x', parentId }, [])).rejects.toMatchObject({ fields: [{ reason: 'USE_MOVE' }] });
  });
});

describe('the tree', () => {
  it('of each day is the one that held on it', async () => {
    const [east, west] = [await create('东'), await create('西')];
    const team = await create('小组', east.id);
    await move(team.id, west.id, '2025-07-01');
    expect(await parentOn(team.id, '2025-06-30')).toBe(east.id);
    expect(await parentOn(team.id, '2025-07-01')).toBe(west.id);
    expect(await parentOn(team.id, '2020-01-01')).toBe(east.id);
    expect((await identity.events(team.id)).at(-1)).toMatchObject({
      type: 'crm.identity.department.moved.v1',
      data: {
        before: { parentId: east.id },
        department: {
          parentId: west.id,
          placements: [
            { parentId: east.id, fromDate: '2024-01-01' },
            { parentId: west.id, fromDate: '2025-07-01' },
          ],
        },
      },
    });
  });

  it('has no cycle on any day: not today, not where two planned moves meet', async () => {
    const a = await create('甲');
    const b = await create('乙', a.id);
    const c = await create('丙', b.id);
    await expect(move(a.id, c.id, '2025-01-01')).rejects.toMatchObject({
      fields: [{ field: 'parentId', reason: 'CYCLE', params: { date: '2025-01-01' } }],
    });
    await expect(move(a.id, a.id, '2025-01-01')).rejects.toMatchObject({ fields: [{ reason: 'CYCLE' }] });
    await move(b.id, root, '2098-01-01');
    await move(a.id, c.id, '2099-01-01');
    await expect(move(b.id, a.id, '2099-06-01')).rejects.toMatchObject({
      fields: [{ reason: 'CYCLE', params: { date: '2099-06-01' } }],
    });
    await expect(move(root, a.id, '2025-01-01')).rejects.toMatchObject({ reason: 'DEPARTMENT_IS_ROOT' });
  });

  it('loses a planned move that is taken back, unless the former parent closes meanwhile', async () => {
    const [from, to, closing] = [await create('留下'), await create('不去了'), await create('将关')];
    const team = await create('撤回调整', from.id);
    await move(team.id, to.id, '2090-01-01');
    const back = await move(team.id, from.id, '2090-01-01');
    expect(back).toMatchObject({ parentId: from.id, placements: [{ parentId: from.id, fromDate: '2024-01-01' }] });
    expect(await parentOn(team.id, '2090-01-02')).toBe(from.id);
    expect((await move(team.id, from.id, '2025-01-01')).version).toBe(back.version);
    const other = await create('随之关闭', closing.id);
    await move(other.id, to.id, '2026-01-01');
    await close(closing.id, '2026-06-01');
    await expect(move(other.id, closing.id, '2026-01-01')).rejects.toMatchObject({
      fields: [{ field: 'parentId', reason: 'DEPARTMENT_CLOSED' }],
    });
  });

  it('does not become a cycle by two moves at once', async () => {
    const [a, b] = [await create('互一'), await create('互二')];
    const answers = await Promise.allSettled([move(a.id, b.id, '2025-01-01'), move(b.id, a.id, '2025-01-01')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('changes on the day of a planned move, told once more', async () => {
    const [from, to] = [await create('原上级'), await create('新上级')];
    const team = await create('计划调整', from.id);
    expect((await move(team.id, to.id, '2090-01-01')).parentId).toBe(from.id);
    const grants = async (day: string) => {
      const person = await identity.employees.createEmployee(
        { employee: anEmployee({ name: '看树的人', departmentId: to.id }), fromDate: '', requestId: '' },
        await as(),
      );
      return (
        await identity.callers.getGrants(
          { employeeId: person.employee!.id, grantsVersion: `1:${day}`, apiKeyId: '' },
          await identity.service('customer'),
        )
      ).departmentAndBelowIds;
    };
    expect(await grants('2089-12-31')).not.toContain(team.id);
    expect(await grants('2090-01-01')).toContain(team.id);
    await settleMoves(identity.identity.service, new Date('2090-01-01T04:00:00Z'));
    expect((await identity.events(team.id)).at(-1)).toMatchObject({
      type: 'crm.identity.department.moved.v1',
      sequence: '3',
      data: { department: { parentId: to.id } },
    });
  });
});

describe('closing', () => {
  it('is refused while people or departments are in it, today or planned', async () => {
    const upper = await create('要关的');
    const lower = await create('下级', upper.id);
    await expect(close(upper.id, '2025-01-01')).rejects.toMatchObject({
      reason: 'DEPARTMENT_NOT_EMPTY',
      params: { people: '0', departments: '1' },
    });
    const { employee } = await identity.employees.createEmployee(
      {
        employee: anEmployee({ name: '还在', departmentId: root, extraDepartmentIds: [lower.id] }),
        fromDate: '2024-01-01',
        requestId: '',
      },
      await as(),
    );
    await expect(close(lower.id, '2025-01-01')).rejects.toMatchObject({
      reason: 'DEPARTMENT_NOT_EMPTY',
      params: { people: '1' },
    });
    await identity.employees.updateEmployee(
      { id: employee!.id, employee: anEmployee({}), updateMask: ['extraDepartmentIds'] },
      await as(),
    );
    await identity.employees.moveEmployee(
      { id: employee!.id, departmentId: lower.id, fromDate: '2099-01-01', version: 0 },
      await as(),
    );
    await expect(close(lower.id, '2025-01-01')).rejects.toMatchObject({
      reason: 'DEPARTMENT_NOT_EMPTY',
      params: { people: '1' },
    });
    await identity.employees.endEmployment({ id: employee!.id, reason: '', version: 0 }, await as());
    expect((await close(lower.id, '2025-06-01')).closedDate).toBe('2025-06-01');
    await expect(close(upper.id, '2025-01-01')).rejects.toMatchObject({ params: { departments: '1' } });
    await close(upper.id, '2025-06-01');
    await expect(close(root, '2025-06-01')).rejects.toMatchObject({ reason: 'DEPARTMENT_IS_ROOT' });
    const names = async (date: string) => (await tree(date)).map(({ name }) => name);
    expect(await names('2025-05-31')).toContain('要关的');
    expect(await names('2025-06-01')).not.toContain('要关的');
    expect((await tree('', true)).map(({ name }) => name)).toContain('要关的');
  });

  it('lets nobody in afterwards', async () => {
    const closed = await create('已关');
    await close(closed.id, '2025-01-01');
    await expect(
      identity.employees.createEmployee(
        { employee: anEmployee({ name: '晚来', departmentId: closed.id }), fromDate: '2024-06-01', requestId: '' },
        await as(),
      ),
    ).rejects.toMatchObject({
      fields: [{ field: 'employee.departmentId', reason: 'DEPARTMENT_CLOSED' }],
    });
    await expect(create('晚来的部门', closed.id)).rejects.toMatchObject({
      fields: [{ field: 'department.parentId', reason: 'DEPARTMENT_CLOSED' }],
    });
    await expect(move((await create('别处')).id, closed.id, '2024-06-01')).rejects.toMatchObject({
      fields: [{ field: 'parentId', reason: 'DEPARTMENT_CLOSED' }],
    });
  });
});
