import { signIn, until, visitor, type Person } from '../../mesh/person.ts';
import { PASSWORD } from '../../mesh/enterprise.ts';
import type { House } from '../house.ts';

/** 10 regions of 5 branches, with 54 teams to a region: 600 departments, 5,000 employees. */
export const REGIONS = 10;
const BRANCHES = 5;
const TEAMS = 54;
const EMPLOYEES = 5_000;
/** People in the first team of each region: a thousandth of all. */
const SMALL_TEAM = 5;
const PER_REGION = EMPLOYEES / REGIONS;
/** Everything stood before the first event of the bench happened. */
const FROM_DATE = '2023-01-01';

const team = (region: number, index: number): string => `团队 ${region}-${index}`;

const departmentRows = (): string[] => {
  const rows: string[] = [];
  for (let region = 0; region < REGIONS; region += 1) {
    rows.push(`大区 ${region},`);
    for (let branch = 0; branch < BRANCHES; branch += 1) rows.push(`分部 ${region}-${branch},大区 ${region}`);
    for (let index = 0; index < TEAMS; index += 1)
      rows.push(`${team(region, index)},分部 ${region}-${index % BRANCHES}`);
  }
  return rows;
};

/** Login e<region>-<n>: 0 heads the region, 1 to 5 are its small team with 1 at its head, the rest sit in the others in turn. */
const employeeRows = (): string[] => {
  const rows: string[] = [];
  for (let region = 0; region < REGIONS; region += 1)
    for (let index = 0; index < PER_REGION; index += 1) {
      const place =
        index === 0
          ? `大区 ${region}`
          : index <= SMALL_TEAM
            ? team(region, 0)
            : team(region, 1 + ((index - SMALL_TEAM) % (TEAMS - 1)));
      const role = index < 2 ? '销售经理' : '销售';
      const login = `e${region}-${index}`;
      rows.push(`员工 ${region}-${index},${login},${login}@example.com,${place},${role}`);
    }
  return rows;
};

/** Brings a file in by the product's own import. */
const bringIn = async ({ admin }: House, noun: string, columns: Record<string, string>, rows: string[]) => {
  const bytes = Buffer.from([Object.keys(columns).join(','), ...rows].join('\n'));
  const fileId = await admin.upload('identity', `${noun}.csv`, bytes);
  const mapping = Object.entries(columns).map(([column, field]) => ({ column, field }));
  const settings = { fileId, onMatch: 'MATCH_ACTION_SKIP', mapping, defaults: { fromDate: FROM_DATE } };
  let job = await admin.post('/v1/identity/imports', { noun, settings });
  await until(
    `the import of ${noun}`,
    1_800_000,
    async () => {
      job = await admin.get(`/v1/identity/jobs/${job.id}`);
      return !['JOB_STATE_QUEUED', 'JOB_STATE_RUNNING'].includes(job.state);
    },
    500,
  );
  if (job.failed || job.created !== rows.length) throw new Error(`import of ${noun}: ${JSON.stringify(job)}`);
};

/** Half a year ago a branch of each of the first regions went to the next: questions of a year reach across it. */
const reorganize = async ({ admin }: House): Promise<void> => {
  const { departments } = await admin.get('/v1/departments');
  const idOf = (name: string): string => departments.find((each: { name: string }) => each.name === name).id;
  const fromDate = new Date(Date.now() - 182 * 86_400_000).toISOString().slice(0, 10);
  for (let region = 0; region < 4; region += 2)
    await admin.post(`/v1/departments/${idOf(`分部 ${region}-1`)}:move`, {
      parentId: idOf(`大区 ${region + 1}`),
      fromDate,
    });
};

/** The organisation of the bench: as an administrator would bring it in from files. */
export const makeOrganization = async (house: House): Promise<{ departments: number; employees: number }> => {
  const departments = departmentRows();
  // Parents first: each level is a file, as a row finds its parent by name.
  const level = (prefix: string) => departments.filter((row) => row.startsWith(prefix));
  for (const prefix of ['大区', '分部', '团队'])
    await bringIn(house, 'department', { 名称: 'name', 上级: 'parentId' }, level(prefix));
  const employees = employeeRows();
  await reorganize(house);
  const columns = { 姓名: 'name', 登录名: 'login', 邮箱: 'email', 部门: 'departmentId', 角色: 'roles' };
  await bringIn(house, 'employee', columns, employees);
  return { departments: departments.length, employees: employees.length };
};

/** Signs a person of the organisation in, by a password that the administrator lets them set. */
export const enter = async ({ base, admin }: House, login: string): Promise<Person> => {
  const known = await signIn(base, login, PASSWORD).catch(() => undefined);
  if (known) return known;
  const { employees } = await admin.get(`/v1/employees?filter=${encodeURIComponent(`login = "${login}"`)}`);
  const { url } = await admin.post(`/v1/employees/${employees[0].id}:createResetLink`);
  await visitor(base).post('/v1/links:redeem', { token: new URL(url).hash.slice(1), newPassword: PASSWORD });
  return signIn(base, login, PASSWORD);
};

/** Of a region: a tenth of all owners. */
export const headOfRegion = (region: number): string => `e${region}-0`;
/** Of a small team: a thousandth of all owners. */
export const headOfTeam = (region: number): string => `e${region}-1`;
/** Somebody who sells. */
export const seller = (index: number): string => `e${index % REGIONS}-${10 + Math.floor(index / REGIONS)}`;
