import { DepartmentServiceService } from '@pelagic/proto/crm/identity/v1/department';
import { Department } from '@pelagic/proto/crm/identity/v1/department';
import { Employee, EmployeeServiceService } from '@pelagic/proto/crm/identity/v1/employee';
import { RoleServiceService } from '@pelagic/proto/crm/identity/v1/role';
import { SessionServiceService } from '@pelagic/proto/crm/identity/v1/session';
import { connect } from '@pelagic/chassis/client';
import { addressOf, policyVersion, publicToken, tokens, type Tokens } from './commands.ts';
import type { Random } from './random.ts';
import { personName } from './words.ts';

export const PASSWORD = 'Pelagic-demo-2026';

type Team = { name: string; region: string; sellers: number; abroad: boolean };
const TEAMS: Team[] = [
  { name: '上海一组', region: '华东大区', sellers: 3, abroad: false },
  { name: '上海二组', region: '华东大区', sellers: 3, abroad: false },
  { name: '杭州组', region: '华东大区', sellers: 2, abroad: false },
  { name: '深圳组', region: '华南大区', sellers: 3, abroad: false },
  { name: '广州组', region: '华南大区', sellers: 2, abroad: false },
  { name: '北京组', region: '华北大区', sellers: 3, abroad: false },
  { name: '天津组', region: '华北大区', sellers: 2, abroad: false },
  { name: 'Singapore', region: '国际业务部', sellers: 2, abroad: true },
  { name: 'Europe', region: '国际业务部', sellers: 2, abroad: true },
];
const REGIONS = ['华东大区', '华南大区', '华北大区', '国际业务部'];
/** The reorganisation: this team goes from the east to the south half-way through. */
const MOVED = { team: '杭州组', to: '华南大区' };

export type Person = {
  id: string;
  name: string;
  login: string;
  role: string;
  team: string;
  abroad: boolean;
  managerId: string;
};

export type Organization = {
  people: Person[];
  sellers: Person[];
  clerk: Person;
  admin: Person;
  token: Tokens;
  today: string;
};

type Options = { random: Random; link: string; begin: Date; middle: string; today: string };

const ROLES = { manager: '销售经理', seller: '销售', analyst: '数据分析师', reader: '只读' };

/** Departments, roles, forty people and the reorganisation, as the administrator would enter them. */
export const makeOrganization = async ({ random, link, begin, middle, today }: Options): Promise<Organization> => {
  const identity = addressOf('identity');
  const [sessions, departments, employees, roles] = [
    connect(SessionServiceService, identity),
    connect(DepartmentServiceService, identity),
    connect(EmployeeServiceService, identity),
    connect(RoleServiceService, identity),
  ] as const;
  const linkToken = new URL(link).hash.slice(1);
  await sessions.redeemLink(
    {
      token: linkToken,
      newPassword: PASSWORD,
      bootstrap: {
        name: '林海',
        login: 'admin',
        email: 'admin@example.com',
        enterpriseName: '海蓝集团',
        locale: 'zh-CN',
        timeZone: 'Asia/Shanghai',
        baseCurrency: 'CNY',
        fiscalYearStartMonth: 1,
        region: 'CN',
      },
    },
    { token: await publicToken(begin) },
  );
  const first = await sessions.signIn(
    { login: 'admin', password: PASSWORD, remoteAddress: '', userAgent: 'demo' },
    { token: '' },
  );
  const adminId = await employeeIdOf(first.sessionToken);
  const clocked = async (at: Date) => ({ token: await tokens(await policyVersion(adminId))(adminId, today, at) });
  const options = async () => clocked(begin);

  const { roles: known } = await roles.listRoles({}, await options());
  const roleId = (name: string) => known.find((role) => role.name === name)!.id;
  const { departments: present } = await departments.listDepartments(
    { onDate: '', includeClosed: false },
    await options(),
  );
  const rootId = present[0]!.id;
  const ids = new Map<string, string>([['海蓝集团', rootId]]);
  const open = async (name: string, parent: string) => {
    const { department } = await departments.createDepartment(
      { department: { ...Department.fromJSON({ name }), parentId: ids.get(parent)! }, fromDate: '', requestId: '' },
      await options(),
    );
    ids.set(name, department!.id);
  };
  for (const name of [...REGIONS, '市场部', '经营分析部']) await open(name, '海蓝集团');
  for (const { name, region } of TEAMS) await open(name, region);

  const people: Person[] = [];
  const hire = async (
    login: string,
    name: string,
    title: string,
    team: string,
    role: string,
    managerId: string,
    abroad = false,
  ): Promise<Person> => {
    const { employee } = await employees.createEmployee(
      {
        employee: {
          ...Employee.fromJSON({
            name,
            title,
            email: `${login}@example.com`,
            employeeNumber: `E${String(people.length + 2).padStart(3, '0')}`,
            extension: String(8_001 + people.length),
            locale: abroad ? 'en' : 'zh-CN',
            timeZone: abroad ? 'Asia/Singapore' : 'Asia/Shanghai',
          }),
          login,
          departmentId: ids.get(team)!,
          roleIds: [roleId(role)],
          managerId,
        },
        fromDate: '',
        requestId: '',
      },
      await options(),
    );
    const person = { id: employee!.id, name, login, role, team, abroad, managerId };
    people.push(person);
    return person;
  };
  const chief = await hire('chen', '陈建国', '总经理', '海蓝集团', ROLES.manager, adminId);
  const heads = new Map<string, Person>();
  for (const [index, region] of REGIONS.entries())
    heads.set(
      region,
      await hire(
        ['zhao', 'qian', 'sun', 'li'][index]!,
        region === '国际业务部' ? 'Grace Lee' : personName(random, false),
        '大区总监',
        region,
        ROLES.manager,
        chief.id,
        region === '国际业务部',
      ),
    );
  const sellers: Person[] = [];
  for (const [index, team] of TEAMS.entries()) {
    const head = await hire(
      `lead${index + 1}`,
      personName(random, team.abroad),
      '销售主管',
      team.name,
      ROLES.manager,
      heads.get(team.region)!.id,
      team.abroad,
    );
    for (let seat = 0; seat < team.sellers; seat += 1)
      sellers.push(
        await hire(
          `sales${sellers.length + 1}`,
          personName(random, team.abroad),
          '客户经理',
          team.name,
          ROLES.seller,
          head.id,
          team.abroad,
        ),
      );
  }
  const clerk = await hire('clerk', personName(random, false), '市场专员', '市场部', ROLES.manager, chief.id);
  await hire('analyst', personName(random, false), '数据分析师', '经营分析部', ROLES.analyst, chief.id);
  await hire('reader', personName(random, false), '财务总监', '经营分析部', ROLES.reader, chief.id);

  await departments.moveDepartment(
    { id: ids.get(MOVED.team)!, parentId: ids.get(MOVED.to)!, fromDate: middle, version: 0 },
    await clocked(new Date(`${middle}T01:00:00Z`)),
  );
  await Promise.all(
    people.map(async ({ id }) => {
      const { url } = await employees.createResetLink({ id }, await clocked(new Date()));
      await sessions.redeemLink(
        { token: new URL(url).hash.slice(1), newPassword: PASSWORD, bootstrap: undefined },
        { token: '' },
      );
    }),
  );
  const admin: Person = {
    id: adminId,
    name: '林海',
    login: 'admin',
    role: '管理员',
    team: '海蓝集团',
    abroad: false,
    managerId: '',
  };
  return { people: [admin, ...people], sellers, clerk, admin, token: tokens(await policyVersion(adminId)), today };
};

const employeeIdOf = async (sessionToken: string): Promise<string> => {
  const { CallerServiceService } = await import('@pelagic/proto/crm/identity/v1/session');
  const { callerToken } = await connect(CallerServiceService, addressOf('identity')).authenticate(
    { credential: { $case: 'sessionToken', value: sessionToken }, remoteAddress: '' },
    { token: '' },
  );
  return (JSON.parse(Buffer.from(callerToken.split('.')[1]!, 'base64url').toString()) as { sub: string }).sub;
};
