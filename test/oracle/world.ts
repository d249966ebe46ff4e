import { contract } from '@pelagic/proto/contract';
import type { Enterprise } from '../mesh/enterprise.ts';
import { PASSWORD } from '../mesh/enterprise.ts';
import { until, visitor } from '../mesh/person.ts';
import { openKey, openSession, openStreet, type Door } from './doors.ts';
import { enter, NOUNS, type Entering } from './entering.ts';
import { emptyOrganisation, type Organisation } from './organisation.ts';
import { bindingOf, businessNouns, rpcOf } from './paths.ts';
import { randomOf, type Random } from '../random.ts';
import { may } from './reference.ts';
import { setTargetsOf } from './targets.ts';
import { randomRole, writeRole, type Catalogue } from './roles.ts';

/** The enterprise that is asked, and what the oracle knows of it. */
export type World = {
  house: Enterprise;
  seed: number;
  random: Random;
  organisation: Organisation;
  /** Everybody who asks: people by their sessions, and a key. */
  doors: Door[];
  street: Door;
  /** Sees everything. */
  admin: Door;
  adminId: string;
  catalogue: Catalogue;
  /** Business date. */
  today: string;
  pipelineId: string;
  entering: Entering;
};

export type Size = { departments: number; people: number; roles: number; each: number };
export const SMALL: Size = { departments: 5, people: 4, roles: 4, each: 6 };
export const FULL: Size = { departments: 12, people: 10, roles: 8, each: 16 };

const foundDepartments = async ({ house, organisation, random }: World, count: number): Promise<void> => {
  organisation.departments.set(house.rootId, { id: house.rootId, parentId: undefined });
  for (let index = 0; index < count; index += 1) {
    const parentId = random.of([...organisation.departments.keys()]);
    const id = await house.department(`部门 ${index}`, parentId);
    organisation.departments.set(id, { id, parentId });
  }
};

const foundRoles = async (world: World, count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) {
    const role = { id: '', version: 0, name: `角色 ${index}`, ...randomRole(world.random, world.catalogue) };
    await writeRole(world.house.admin, role);
    world.organisation.roles.set(role.id, role);
  }
};

/** Lets a person in: by a link, as everybody comes in first. */
const hire = async (world: World, index: number): Promise<void> => {
  const { house, organisation, random } = world;
  const login = `person${index}`;
  const employee = {
    login,
    departmentId: random.of([...organisation.departments.keys()]),
    extraDepartmentIds: random.some([...organisation.departments.keys()], 0.08),
    managerId:
      random.chance(0.7) && organisation.employees.size ? random.of([...organisation.employees.keys()]) : undefined,
    roleIds: [...new Set([random.of([...organisation.roles.keys()]), random.of([...organisation.roles.keys()])])],
  };
  const { id } = await house.admin.post('/v1/employees', {
    ...employee,
    name: `员工 ${index}`,
    email: `${login}@example.com`,
  });
  const { url } = await house.admin.post(`/v1/employees/${id}:createResetLink`);
  await visitor(house.base).post('/v1/links:redeem', { token: new URL(url).hash.slice(1), newPassword: PASSWORD });
  organisation.employees.set(id, { ...employee, id, active: true });
  world.doors.push(await openDoor(world, id));
};

export const openDoor = ({ house, organisation }: World, employeeId: string): Promise<Door> => {
  const { login } = organisation.employees.get(employeeId)!;
  return openSession({ mesh: house.mesh, base: house.base, name: login, asker: { employeeId } }, login);
};

/** A system that acts as one of the people, with less than they may. */
const giveKey = async (world: World): Promise<void> => {
  const { house, organisation, random, catalogue, doors } = world;
  const employeeId = random.of([...organisation.employees.keys()]);
  const theirs = catalogue.permissions.filter((permission) => may(organisation, { employeeId }, permission));
  const permissions = random.some(theirs, 0.6);
  const { secret } = await house.admin.post('/v1/api-keys', {
    name: 'Oracle',
    employeeId,
    permissions,
    rateLimitPerMinute: 100_000,
  });
  const asker = { employeeId, key: { permissions, revoked: false } };
  doors.push(
    openKey(
      { mesh: house.mesh, base: house.base, name: `a key of ${organisation.employees.get(employeeId)!.login}`, asker },
      secret,
    ),
  );
};

const adminAs = async ({ house, organisation, catalogue, adminId }: World): Promise<void> => {
  const admin = await house.admin.get(`/v1/employees/${adminId}`);
  const permissions = catalogue.permissions.map((permission) => ({ permission, scope: 'ALL' as const, deny: false }));
  organisation.roles.set(admin.roleIds[0], {
    id: admin.roleIds[0],
    version: 0,
    name: 'administrator',
    permissions,
    fields: [],
  });
  organisation.employees.set(admin.id, {
    id: admin.id,
    login: 'admin',
    departmentId: admin.departmentId,
    extraDepartmentIds: [],
    managerId: undefined,
    roleIds: admin.roleIds,
    active: true,
  });
};

/** What the records hold now, read by the administrator, who sees everything. */
export const readValues = async ({ house, organisation }: World): Promise<void> => {
  for (const noun of businessNouns) {
    const { path } = bindingOf(rpcOf('list', noun)!);
    for (const bin of noun === 'activity' ? [''] : ['', '&deleted=true']) {
      let pageToken = '';
      do {
        const { nextPageToken, ...answer } = await house.admin.get(`${path}?pageSize=200${bin}&pageToken=${pageToken}`);
        const rows = Object.values(answer).find(Array.isArray) as Record<string, any>[];
        for (const row of rows) organisation.values.set(row['id'], row);
        pageToken = encodeURIComponent(nextPageToken ?? '');
      } while (pageToken);
    }
  }
};

/** Founds departments, roles, people and records; all of it follows from the seed. */
export const foundWorld = async (house: Enterprise, seed: number, size: Size): Promise<World> => {
  const { nouns } = await house.admin.get('/v1/permissions');
  const catalogue: Catalogue = {
    permissions: nouns.flatMap(({ noun, actions }: { noun: string; actions: string[] }) =>
      actions.map((action) => `${noun}.${action}`),
    ),
    fields: new Map(nouns.map(({ noun, fields }: { noun: string; fields: string[] }) => [noun, fields])),
  };
  let pipelines: { id: string }[] = [];
  // Sales draws it when it has heard of the enterprise.
  await until('the default pipeline', 30_000, async () => {
    ({ pipelines } = await house.admin.get('/v1/pipelines'));
    return pipelines.length > 0;
  });
  const { employees } = await house.admin.get('/v1/employees');
  const adminId = employees[0].id as string;
  const { mesh, base } = house;
  const world: World = {
    house,
    seed,
    random: randomOf(seed),
    organisation: emptyOrganisation(),
    doors: [],
    street: openStreet(mesh, base),
    admin: await openSession({ mesh, base, name: 'admin', asker: { employeeId: adminId } }, 'admin'),
    adminId,
    catalogue,
    today: Temporal.Now.plainDateISO('Asia/Shanghai').toString(),
    pipelineId: pipelines[0]!.id,
    entering: { count: 0 },
  };
  await adminAs(world);
  await foundDepartments(world, size.departments);
  await foundRoles(world, size.roles);
  for (let index = 0; index < size.people; index += 1) await hire(world, index);
  await giveKey(world);
  for (const noun of NOUNS.filter((each) => contract.nouns.get(each)!.custom))
    await house.admin.post(`/v1/${contract.nouns.get(noun)!.service}/custom-fields`, {
      noun,
      slug: 'tier',
      label: 'Tier',
      kind: 'CUSTOM_FIELD_KIND_TEXT',
    });
  for (const noun of NOUNS) for (let index = 0; index < size.each; index += 1) await enter(world, noun);
  await setTargetsOf(world, size.each);
  await readValues(world);
  return world;
};
