import type { ListEmployeesRequest } from '@pelagic/proto/crm/identity/v1/employee';
import { FieldAccess, Scope } from '@pelagic/proto/crm/identity/v1/role';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIST, openOffice, type Office } from '../testing/office.ts';
import { anEmployee, aRole } from '../testing/start-identity.ts';
import { pinyinOf } from './pinyin.ts';

describe('pinyin', () => {
  it('has syllables, the whole word and initials, with a surname’s own reading', () => {
    expect(pinyinOf('张三丰')).toBe('zhang san feng zhangsanfeng zsf');
    expect(pinyinOf('单小明')).toBe('shan xiao ming shanxiaoming sxm');
    expect(pinyinOf('Zoë Müller')).toBe('zoë müller');
  });
});

let office: Office;

beforeAll(async () => {
  office = await openOffice('address_book');
});
afterAll(() => office.identity.stop());

const list = async (asked: Partial<ListEmployeesRequest>, by?: string) =>
  (await office.list(asked, by)).map(({ name }) => name);

describe('the address book', () => {
  let sales: string;
  let north: string;

  beforeAll(async () => {
    sales = (await office.department('销售部')).id;
    north = (await office.department('北区', sales)).id;
    await office.create({
      name: '赵子龙',
      phone: '13700137000',
      extension: '7788',
      departmentId: north,
      login: 'zilong',
      title: '客户经理',
    });
    await office.create({ name: '周瑜', departmentId: sales });
    await office.create({ name: 'Peter Zimmer', departmentId: office.root, extraDepartmentIds: [north] });
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
      const page = await office.identity.employees.listEmployees(
        { ...LIST, pageSize: 2, pageToken, count: true },
        await office.as(),
      );
      seen.push(...page.employees.map(({ id }) => id));
      expect(page.totalSize).toBe(4);
      pageToken = page.nextPageToken;
      if (!pageToken) break;
    }
    expect(new Set(seen).size).toBe(seen.length);
    const { rows } = await sql<{ n: string }>`select count(*) as n from employee`.execute(office.identity.database.sql);
    expect(seen.length).toBe(Number(rows[0]!.n));
  });

  it('is open to everybody signed in, but for what their role masks: not shown, not searched, not filtered', async () => {
    const { role } = await office.identity.roles.createRole(
      {
        role: aRole({ name: '前台', fields: [{ noun: 'employee', field: 'phone', access: 'FIELD_ACCESS_MASKED' }] }),
        requestId: '',
      },
      await office.as(),
    );
    await office.identity.invite(office.admin, {
      name: '前台甲',
      login: 'desk',
      departmentId: office.root,
      roleIds: [role!.id],
    });
    const desk = await office.identity.signIn('desk');
    const { employees } = await office.identity.employees.listEmployees(
      { ...LIST, query: '赵子龙' },
      await office.identity.as(desk),
    );
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
      office.identity.employees.createEmployee(
        { employee: anEmployee({ name: 'x', departmentId: office.root }), fromDate: '', requestId: '' },
        await office.identity.as(desk),
      ),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('reveals a masked number to who may have it, with a reason that is in the audit trail', async () => {
    const given = { permission: 'employee.reveal', scope: Scope.ALL, deny: false };
    const fields = [{ noun: 'employee', field: 'phone', access: FieldAccess.MASKED }];
    const role = aRole({ name: '总机', permissions: [given], fields });
    const { role: made } = await office.identity.roles.createRole({ role, requestId: '' }, await office.as());
    const person = { name: '总机甲', login: 'operator', departmentId: office.root, roleIds: [made!.id] };
    await office.identity.invite(office.admin, person);
    const operator = await office.identity.signIn('operator');
    const [zilong] = await office.list({ query: '赵子龙' }, operator);
    const request = { service: 'identity', noun: 'employee', recordId: zilong!.id, field: 'phone', reason: '客户来电' };
    expect(zilong!.phone).toBe('+86137****7000');
    const { value } = await office.identity.records.revealField(request, await office.identity.as(operator));
    expect(JSON.parse(value)).toBe('+8613700137000');
    await expect
      .poll(
        async () => {
          const asked = { pageSize: 0, pageToken: '', filter: 'action = reveal_field', query: '客户来电' };
          return (await office.identity.audit.listAuditEntries(asked, await office.as())).auditEntries.length;
        },
        { timeout: 10_000 },
      )
      .toBe(1);
  });

  it('shows administrators when somebody last signed in', async () => {
    const person = await office.identity.invite(office.admin, {
      name: '刚登录',
      login: 'justnow',
      departmentId: office.root,
    });
    await office.identity.signIn('justnow');
    const { employee } = await office.identity.employees.getEmployee({ id: person.id }, await office.as());
    expect(Date.now() - Date.parse(employee!.lastSignInTime!)).toBeLessThan(60_000);
    const [latest] = await list({ orderBy: 'last_sign_in_time desc' });
    expect(latest).toBe('刚登录');
    expect(await list({ filter: 'last_sign_in_time > "2020-01-01T00:00:00Z"' })).toContain('刚登录');
    const others = await office.identity.signIn('justnow');
    await expect(list({ orderBy: 'last_sign_in_time desc' }, others)).rejects.toThrow('orderBy');
  });
});
