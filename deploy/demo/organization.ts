import { DepartmentServiceService } from '@pelagic/proto/crm/identity/v1/department';
import { Department } from '@pelagic/proto/crm/identity/v1/department';
import { Employee, EmployeeServiceService } from '@pelagic/proto/crm/identity/v1/employee';
import { RoleServiceService } from '@pelagic/proto/crm/identity/v1/role';
import { CallerServiceService, SessionServiceService } from '@pelagic/proto/crm/identity/v1/session';
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
  /** Who answers tickets. */
  agents: Person[];
  admin: Person;
  token: Tokens;
  today: string;
};

type Options = { random: Random; link: string; begin: Date; middle: string; today: string };

const ROLES = {
  manager: '销售经理',
  seller: '销售',
  analyst: '数据分析师',
  reader: '只读',
  desk: '客服经理',
  agent: '客服',
};
const ENTERPRISE = '海蓝集团';
export const TIME_ZONE = 'Asia/Shanghai';
const FIRST_LOGIN = {
  name: '林海',
  login: 'admin',
  email: 'admin@example.com',
  enterpriseName: ENTERPRISE,
  locale: 'zh-CN',
  timeZone: TIME_ZONE,
  baseCurrency: 'CNY',
  fiscalYearStartMonth: 1,
  region: 'CN',
};

const identity = addressOf('identity');
const sessions = connect(SessionServiceService, identity);
const departments = connect(DepartmentServiceService, identity);
const employees = connect(EmployeeServiceService, identity);

type Clocked = (at: Date) => Promise<{ token: string }>;

/** Redeems the first link; answers the administrator's id. */
const makeAdministrator = async (link: string, begin: Date): Promise<string> => {
  await sessions.redeemLink(
    { token: new URL(link).hash.slice(1), newPassword: PASSWORD, bootstrap: FIRST_LOGIN },
    { token: await publicToken(begin) },
  );
  const { sessionToken } = await sessions.signIn(
    { login: FIRST_LOGIN.login, password: PASSWORD, remoteAddress: '', userAgent: 'demo' },
    { token: '' },
  );
  return employeeIdOf(sessionToken);
};

/** The department tree over three levels: ids by name. */
const openDepartments = async (options: { token: string }): Promise<Map<string, string>> => {
  const { departments: present } = await departments.listDepartments({ onDate: '', includeClosed: false }, options);
  const ids = new Map([[ENTERPRISE, present[0]!.id]]);
  const open = async (name: string, parent: string) => {
    const department = { ...Department.fromJSON({ name }), parentId: ids.get(parent)! };
    const opened = await departments.createDepartment({ department, fromDate: '', requestId: '' }, options);
    ids.set(name, opened.department!.id);
  };
  for (const name of [...REGIONS, '市场部', '经营分析部', '客服部']) await open(name, ENTERPRISE);
  for (const { name, region } of TEAMS) await open(name, region);
  return ids;
};

type Hire = Omit<Person, 'id' | 'abroad'> & { title: string; abroad?: boolean; alsoRole?: string };

/** Enters employees, one after the other: their numbers follow the order. */
const personnel = async (ids: Map<string, string>, options: { token: string }) => {
  const { roles } = await connect(RoleServiceService, identity).listRoles({}, options);
  const people: Person[] = [];
  const hire = async ({ title, abroad = false, alsoRole, ...person }: Hire): Promise<Person> => {
    const employee = Employee.fromJSON({
      name: person.name,
      title,
      email: `${person.login}@example.com`,
      employeeNumber: `E${String(people.length + 2).padStart(3, '0')}`,
      extension: String(8_001 + people.length),
      locale: abroad ? 'en' : 'zh-CN',
      timeZone: abroad ? 'Asia/Singapore' : 'Asia/Shanghai',
      login: person.login,
      departmentId: ids.get(person.team)!,
      roleIds: roles.filter(({ name }) => name === person.role || name === alsoRole).map(({ id }) => id),
      managerId: person.managerId,
    });
    const hired = await employees.createEmployee({ employee, fromDate: '', requestId: '' }, options);
    people.push({ ...person, abroad, id: hired.employee!.id });
    return people.at(-1)!;
  };
  return { people, hire };
};

type Personnel = Awaited<ReturnType<typeof personnel>>;

/** The general manager, the heads of regions and teams, sellers, and the staff of the other departments. */
const hireEverybody = async ({ hire }: Personnel, random: Random, adminId: string) => {
  const manager = { role: ROLES.manager };
  const chief = await hire({
    ...manager,
    login: 'chen',
    name: '陈建国',
    title: '总经理',
    team: ENTERPRISE,
    managerId: adminId,
  });
  const heads = new Map<string, Person>();
  for (const [index, region] of REGIONS.entries()) {
    const abroad = region === '国际业务部';
    const name = abroad ? 'Grace Lee' : personName(random, false);
    const login = ['zhao', 'qian', 'sun', 'li'][index]!;
    heads.set(
      region,
      await hire({ ...manager, login, name, title: '大区总监', team: region, managerId: chief.id, abroad }),
    );
  }
  const sellers: Person[] = [];
  for (const [index, { name: team, region, abroad, sellers: seats }] of TEAMS.entries()) {
    const place = { team, abroad };
    const name = personName(random, abroad);
    const managerId = heads.get(region)!.id;
    const head = await hire({ ...manager, ...place, login: `lead${index + 1}`, name, title: '销售主管', managerId });
    for (let seat = 0; seat < seats; seat += 1) {
      const person = { ...place, login: `sales${sellers.length + 1}`, name: personName(random, abroad) };
      sellers.push(await hire({ ...person, title: '客户经理', role: ROLES.seller, managerId: head.id }));
    }
  }
  const staff = (login: string, title: string, team: string, role: string, alsoRole = '') =>
    hire({ login, name: personName(random, false), title, team, role, managerId: chief.id, alsoRole });
  const clerk = await staff('clerk', '市场专员', '市场部', ROLES.manager, '市场经理');
  await staff('analyst', '数据分析师', '经营分析部', ROLES.analyst);
  await staff('reader', '财务总监', '经营分析部', ROLES.reader);
  const desk = await hire({
    ...{ login: 'service1', name: '吴敏', title: '客服主管', team: '客服部' },
    ...{ role: ROLES.desk, managerId: chief.id },
  });
  const agents = [desk];
  for (const [index, name] of ['何洁', '郭涛'].entries())
    agents.push(
      await hire({
        ...{ login: `service${index + 2}`, name, title: '客服专员', team: '客服部' },
        ...{ role: ROLES.agent, managerId: desk.id },
      }),
    );
  return { sellers, clerk, agents };
};

const setPassword = async (id: string, options: { token: string }): Promise<void> => {
  const { url } = await employees.createResetLink({ id }, options);
  const token = new URL(url).hash.slice(1);
  await sessions.redeemLink({ token, newPassword: PASSWORD, bootstrap: undefined }, { token: '' });
};

/** Departments, roles, forty-three people and the reorganisation, as the administrator would enter them. */
export const makeOrganization = async ({ random, link, begin, middle, today }: Options): Promise<Organization> => {
  const adminId = await makeAdministrator(link, begin);
  const clocked: Clocked = async (at) => ({ token: await tokens(await policyVersion(adminId))(adminId, today, at) });
  const ids = await openDepartments(await clocked(begin));
  const staff = await personnel(ids, await clocked(begin));
  const { sellers, clerk, agents } = await hireEverybody(staff, random, adminId);
  await departments.moveDepartment(
    { id: ids.get(MOVED.team)!, parentId: ids.get(MOVED.to)!, fromDate: middle, version: 0 },
    await clocked(new Date(`${middle}T01:00:00Z`)),
  );
  const now = await clocked(new Date());
  await Promise.all(staff.people.map(({ id }) => setPassword(id, now)));
  const { name, login } = FIRST_LOGIN;
  const admin = { id: adminId, name, login, role: '管理员', team: ENTERPRISE, abroad: false, managerId: '' };
  const token = tokens(await policyVersion(adminId));
  return { people: [admin, ...staff.people], sellers, clerk, agents, admin, token, today };
};

const employeeIdOf = async (sessionToken: string): Promise<string> => {
  const { callerToken } = await connect(CallerServiceService, addressOf('identity')).authenticate(
    { credential: { $case: 'sessionToken', value: sessionToken }, remoteAddress: '' },
    { token: '' },
  );
  return (JSON.parse(Buffer.from(callerToken.split('.')[1]!, 'base64url').toString()) as { sub: string }).sub;
};
