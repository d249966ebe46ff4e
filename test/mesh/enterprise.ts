import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstLink } from '../../deploy/local/first-link.ts';
import { startMesh, type Mesh, type MeshOptions } from '../../deploy/local/mesh.ts';
import { signIn, until, visitor, type Person } from './person.ts';

export const PASSWORD = 'Deep-blue-sea-2026';

export type Employed = Person & { id: string; login: string };

export type Enterprise = {
  mesh: Mesh;
  base: string;
  admin: Person;
  rootId: string;
  roleId: (name: string) => string;
  department: (name: string, parentId?: string) => Promise<string>;
  hire: (login: string, role: string, departmentId: string, more?: object) => Promise<Employed>;
  stop: () => Promise<void>;
};

type Options = Pick<MeshOptions, 'only' | 'env' | 'pace' | 'processes' | 'postgres' | 'report'> & {
  /** What the first administrator says about the enterprise, where it is another than ours. */
  enterprise?: Record<string, unknown>;
  /** Makes the administrator (login admin, our password) by the one-time link in another way: in a browser. */
  redeem?: (link: string) => Promise<void>;
};

/** A hundred ports of its own for each test process, below those that outgoing connections take. */
const basePort = (): number => 20_000 + (process.pid % 120) * 100;

/** Makes the first administrator by the one-time link, with our password. */
export const redeemAsWeDo = async (link: string, enterprise: Record<string, unknown> = {}): Promise<void> => {
  const { origin, hash } = new URL(link);
  await visitor(origin).post('/v1/links:redeem', {
    token: hash.slice(1),
    newPassword: PASSWORD,
    bootstrap: {
      name: 'Admin',
      login: 'admin',
      email: 'admin@example.com',
      enterpriseName: '海蓝集团',
      locale: 'zh-CN',
      timeZone: 'Asia/Shanghai',
      baseCurrency: 'CNY',
      fiscalYearStartMonth: 1,
      region: 'CN',
      ...enterprise,
    },
  });
};

const PAGES = ['/v1/leads', '/v1/opportunities', '/v1/analytics/freshness'];

/** The gateway finds a service that was away again within its back-off. */
export const reachable = (someone: Person): Promise<number> =>
  until('the services', 30_000, async () => {
    const answers = await Promise.all(PAGES.map((page) => someone.ask('GET', page)));
    return answers.every(({ status }) => status === 200);
  });

/** All processes on engines of their own, and an enterprise with an administrator. */
export const foundEnterprise = async ({ enterprise, redeem, ...options }: Options): Promise<Enterprise> => {
  const port = basePort();
  const dataDir = mkdtempSync(join(tmpdir(), 'pelagic-mesh-'));
  const mesh = await startMesh({ dataDir, basePort: port, ...options });
  const base = `http://127.0.0.1:${port}`;
  const { pathname, hash } = new URL((await firstLink(mesh))!);
  const link = `${base}${pathname}${hash}`;
  await (redeem ? redeem(link) : redeemAsWeDo(link, enterprise));
  const admin = await signIn(base, 'admin', PASSWORD);
  await reachable(admin);
  const { roles } = await admin.get('/v1/roles');
  const { departments } = await admin.get('/v1/departments');
  const roleId = (name: string): string => roles.find((role: { name: string }) => role.name === name).id;
  return {
    mesh,
    base,
    admin,
    rootId: departments[0].id,
    roleId,
    department: async (name, parentId = departments[0].id) =>
      (await admin.post('/v1/departments', { name, parentId })).id,
    hire: async (login, role, departmentId, more = {}) => {
      const { id } = await admin.post('/v1/employees', {
        name: `${login} 先生`,
        login,
        email: `${login}@example.com`,
        departmentId,
        roleIds: [roleId(role)],
        ...more,
      });
      const { url } = await admin.post(`/v1/employees/${id}:createResetLink`);
      await visitor(base).post('/v1/links:redeem', { token: new URL(url).hash.slice(1), newPassword: PASSWORD });
      return { ...(await signIn(base, login, PASSWORD)), id, login };
    },
    stop: async () => {
      await mesh.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
