import { close, convert, followUp, give, transfer } from './business-steps.ts';
import { activePeople, enter, living, NOUNS, PATHS, word, type Entered } from './entering.ts';
import type { Employee, Organisation, Thing } from './organisation.ts';
import { thingsOf } from './organisation.ts';
import { randomRole, writeRole } from './roles.ts';
import { openDoor, type World } from './world.ts';

/** What happens in an enterprise: done by its administrator, and written down in what the oracle knows. Answers what was done. */
export type Step = (world: World) => Promise<string>;

const SHARED = ['lead', 'customer', 'opportunity', 'contract', 'campaign', 'ticket'] as const;
const OWNED = [...SHARED, 'task', 'schedule'] as const;

const people = ({ organisation }: World): Employee[] =>
  [...organisation.employees.values()].filter(({ login }) => login !== 'admin');

/** The department itself and all below it. */
const branch = ({ departments }: Organisation, id: string): Set<string> => {
  const found = new Set([id]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const each of departments.values()) if (each.parentId && found.has(each.parentId)) found.add(each.id);
  }
  return found;
};

/** Everybody below in the reporting line, and the person. */
const line = ({ employees }: Organisation, id: string): Set<string> => {
  const found = new Set([id]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const each of employees.values()) if (each.managerId && found.has(each.managerId)) found.add(each.id);
  }
  return found;
};

const moveDepartment: Step = async ({ house, organisation, random, today }) => {
  const department = random.of([...organisation.departments.values()].filter(({ parentId }) => parentId));
  const below = branch(organisation, department.id);
  const parentId = random.of([...organisation.departments.keys()].filter((id) => !below.has(id)));
  await house.admin.post(`/v1/departments/${department.id}:move`, { parentId, fromDate: today });
  department.parentId = parentId;
  return `department ${department.id} stands under ${parentId}`;
};

/**
 * Records follow their owner: leads, customers with their contacts, deals that are open, contracts that are not done,
 * campaigns that are not archived, tasks that are not finished, schedules that are ahead, tickets that have not ended and
 * targets of months to come.
 */
const follow = (organisation: Organisation, { id, departmentId }: Employee): void => {
  for (const noun of [...OWNED, 'contact', 'target'])
    for (const thing of thingsOf(organisation, noun))
      if (thing.ownerId === id && !thing.closed) thing.departmentId = departmentId;
};

const moveEmployee: Step = async (world) => {
  const { house, organisation, random, today } = world;
  const employee = random.of(people(world));
  const departmentId = random.of([...organisation.departments.keys()]);
  const below = line(organisation, employee.id);
  const others = [...organisation.employees.keys()].filter((id) => !below.has(id));
  const managerId = random.chance(0.7) ? random.of(others) : undefined;
  const recordsFollow = random.chance(0.6);
  await house.admin.post(`/v1/employees/${employee.id}:move`, {
    departmentId,
    ...(managerId && { managerId }),
    fromDate: today,
    recordsFollow,
  });
  const moves = departmentId !== employee.departmentId;
  Object.assign(employee, { departmentId, managerId });
  if (moves && recordsFollow) follow(organisation, employee);
  return `${employee.login} moves to ${departmentId} under ${managerId ?? 'nobody'}${recordsFollow ? ', with all records' : ''}`;
};

const sitFurther: Step = async (world) => {
  const employee = world.random.of(people(world));
  const extraDepartmentIds = world.random.some([...world.organisation.departments.keys()], 0.15);
  await world.house.admin.patch(`/v1/employees/${employee.id}`, { extraDepartmentIds });
  employee.extraDepartmentIds = extraDepartmentIds;
  return `${employee.login} also sits in ${extraDepartmentIds.join(', ') || 'no other department'}`;
};

const giveRoles: Step = async (world) => {
  const employee = world.random.of(people(world));
  const roles = [...world.organisation.roles.values()].filter(({ name }) => name !== 'administrator');
  const roleIds = [...new Set([world.random.of(roles).id, world.random.of(roles).id])];
  await world.house.admin.patch(`/v1/employees/${employee.id}`, { roleIds });
  employee.roleIds = roleIds;
  return `${employee.login} has the roles ${roleIds.join(', ')}`;
};

export const changeRole: Step = async ({ house, organisation, random, catalogue }) => {
  const role = random.of([...organisation.roles.values()].filter(({ name }) => name !== 'administrator'));
  Object.assign(role, randomRole(random, catalogue));
  await writeRole(house.admin, role);
  return `${role.name} is another`;
};

/** Out, with every key; or in again, by a new session: the old one and the keys stay out. */
const suspend: Step = async (world) => {
  const { house, random, doors } = world;
  const out = people(world).filter(({ active }) => !active);
  const back = out.length ? random.of(out) : undefined;
  if (back) {
    await house.admin.post(`/v1/employees/${back.id}:reactivate`, {});
    back.active = true;
    const place = doors.findIndex(({ asker }) => asker.employeeId === back.id && !asker.key);
    doors[place] = await openDoor(world, back.id);
    return `${back.login} is back`;
  }
  const employee = random.of(people(world));
  await house.admin.post(`/v1/employees/${employee.id}:suspend`, { reason: 'leave' });
  employee.active = false;
  for (const { asker } of doors) if (asker.key && asker.employeeId === employee.id) asker.key.revoked = true;
  return `${employee.login} is suspended`;
};

/** When it ends, in milliseconds from now: soon enough to end while the oracle looks, late enough to be accepted. */
const ENDS_MS = [1_500, 3_000];

export const share: Step = async (world) => {
  const { house, random } = world;
  const thing = random.of(SHARED.flatMap((noun) => living(world, noun)));
  const shares = random.some(activePeople(world), 0.3).map((employeeId) => ({
    employeeId,
    access: random.of(['READ', 'WRITE'] as const),
    endMs: random.chance(0.3) ? Date.now() + random.of(ENDS_MS) : undefined,
  }));
  await house.admin.post(`${PATHS[thing.noun as Entered]}/${thing.id}:share`, {
    shares: shares.map(({ employeeId, access, endMs }) => ({
      employeeId,
      access: `SHARE_ACCESS_${access}`,
      ...(endMs && { endTime: new Date(endMs).toISOString() }),
    })),
  });
  thing.shares = shares;
  return `${thing.noun} ${thing.id} is shared with ${shares.map(({ employeeId, access, endMs }) => `${employeeId} (${access}${endMs ? ', ends soon' : ''})`).join(', ') || 'nobody'}`;
};

const assign: Step = async (world) => {
  const { house, organisation, random } = world;
  const thing = random.of(OWNED.flatMap((noun) => living(world, noun)));
  const nobody = thing.noun === 'lead' && random.chance(0.3);
  const ownerId = nobody ? undefined : random.of(activePeople(world));
  await house.admin.post(`${PATHS[thing.noun as Entered]}/${thing.id}:assign`, ownerId ? { ownerId } : {});
  give(organisation, thing, ownerId);
  return `${thing.noun} ${thing.id} goes to ${ownerId ?? 'nobody'}`;
};

/** New contacts and deals need a customer to hang on. */
const isSpared = (world: World, { noun }: Thing): boolean => noun === 'customer' && living(world, noun).length < 3;

const throwAway: Step = async (world) => {
  const { house, random, organisation } = world;
  const thing = random.of(
    [...OWNED, 'contact']
      .flatMap((noun) => living(world, noun))
      .filter((each) => !isSpared(world, each) && isReached(organisation, each)),
  );
  const { status, body } = await house.admin.ask('DELETE', `${PATHS[thing.noun as Entered]}/${thing.id}`);
  // What others hang on may be refused: it stays.
  if (status >= 300) return `${thing.noun} ${thing.id} stays: ${body?.reason}`;
  thing.deleted = true;
  return `${thing.noun} ${thing.id} is in the recycle bin`;
};

/** A contact lies out of reach while its customer is in the recycle bin. */
const isReached = ({ things }: Organisation, { noun, customerId }: Thing): boolean =>
  noun !== 'contact' || !things.get(customerId ?? '')!.deleted;

const bringBack: Step = async (world) => {
  const { house, organisation, random } = world;
  const inBin = [...organisation.things.values()].filter(
    (thing) =>
      thing.deleted &&
      isReached(organisation, thing) &&
      organisation.employees.get(thing.ownerId ?? '')?.active !== false,
  );
  if (!inBin.length) return throwAway(world);
  const thing = random.of(inBin);
  await house.admin.post(`${PATHS[thing.noun as Entered]}/${thing.id}:undelete`, {});
  thing.deleted = false;
  return `${thing.noun} ${thing.id} is back from the recycle bin`;
};

/** So that histories and timelines have something to tell, and to keep to themselves. */
const rewrite: Step = async (world) => {
  const { house, random } = world;
  const thing = random.of(
    [...OWNED, 'contact']
      .flatMap((noun) => living(world, noun))
      .filter((each) => !each.settled && isReached(world.organisation, each)),
  );
  const body = { note: word(world), name: word(world), custom: { tier: { text: word(world) } } };
  await house.admin.patch(`${PATHS[thing.noun as Entered]}/${thing.id}`, body);
  return `${thing.noun} ${thing.id} is rewritten`;
};

const enterOne: Step = async (world) => {
  const thing = await enter(world, world.random.of(NOUNS));
  return `${thing.noun} ${thing.id} is entered`;
};

const STEPS: Step[] = [
  moveDepartment,
  moveDepartment,
  moveEmployee,
  moveEmployee,
  sitFurther,
  giveRoles,
  changeRole,
  changeRole,
  suspend,
  share,
  share,
  share,
  assign,
  assign,
  throwAway,
  bringBack,
  rewrite,
  rewrite,
  enterOne,
  close,
  convert,
  transfer,
  followUp,
];

/** Lets one of these happen; answers what, as the report tells it. */
export const takeStep = async (world: World, steps = STEPS): Promise<string> => world.random.of(steps)(world);
