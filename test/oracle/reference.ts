import type { Asker, Employee, Organisation, Role, Scope, Share, Thing } from './organisation.ts';

/**
 * Who may do what with which record and see which field of it, said as slowly and plainly as possible: loops over plain
 * things. Nothing of the product's own deciding is used here, or the oracle would only agree with itself.
 */

/** Nouns with an owner of their own; figures have a scope as they are made of such records. Any other right is there or not. */
const SCOPED = [
  'lead',
  'customer',
  'opportunity',
  'contract',
  'campaign',
  'task',
  'schedule',
  'ticket',
  'analytics',
  'work_log',
  'target',
];
/** Seen with the record that they hang on. */
const HANGING = ['contact', 'activity', 'receipt'];

/** The nouns whose records the oracle can judge. */
export const JUDGED: readonly string[] = [
  ...SCOPED.filter((noun) => noun !== 'analytics' && noun !== 'work_log'),
  ...HANGING,
];

const nounOf = (permission: string): string => permission.slice(0, permission.lastIndexOf('.'));
const actionOf = (permission: string): string => permission.slice(permission.lastIndexOf('.') + 1);

/** Undefined for somebody who is out. */
const personOf = ({ employees }: Organisation, { employeeId, key }: Asker): Employee | undefined => {
  const person = employees.get(employeeId);
  return person?.active && !key?.revoked ? person : undefined;
};

/** May they come in at all? */
export const isIn = (organisation: Organisation, asker: Asker): boolean => personOf(organisation, asker) !== undefined;

const rolesOf = (organisation: Organisation, person: Employee): Role[] => {
  const roles: Role[] = [];
  for (const id of person.roleIds) {
    const role = organisation.roles.get(id);
    if (role) roles.push(role);
  }
  return roles;
};

/** Every scope in which some role gives the permission; none when one of them denies it, or a key leaves it out. */
export const scopesOf = (organisation: Organisation, asker: Asker, permission: string): Scope[] => {
  const person = personOf(organisation, asker);
  if (!person) return [];
  const narrowing = asker.key?.permissions ?? [];
  if (narrowing.length > 0 && !narrowing.includes(permission)) return [];
  const scopes: Scope[] = [];
  for (const role of rolesOf(organisation, person))
    for (const given of role.permissions) {
      if (given.permission !== permission) continue;
      if (given.deny) return [];
      scopes.push(SCOPED.includes(nounOf(permission)) ? given.scope : 'ALL');
    }
  return scopes;
};

export const may = (organisation: Organisation, asker: Asker, permission: string): boolean =>
  scopesOf(organisation, asker, permission).length > 0;

/** Is the department this one, or somewhere below it? */
const isBelow = ({ departments }: Organisation, departmentId: string, above: string): boolean => {
  let at: string | undefined = departmentId;
  while (at !== undefined) {
    if (at === above) return true;
    at = departments.get(at)?.parentId;
  }
  return false;
};

/** Does somebody stand below a person in the reporting line, at any depth? */
const reportsTo = ({ employees }: Organisation, id: string, managerId: string): boolean => {
  let at = employees.get(id)?.managerId;
  while (at !== undefined) {
    if (at === managerId) return true;
    at = employees.get(at)?.managerId;
  }
  return false;
};

const isWithin = (organisation: Organisation, person: Employee, scope: Scope, thing: Thing): boolean => {
  if (scope === 'ALL') return true;
  if (thing.ownerId === person.id) return true;
  if (scope === 'SUBORDINATES') return thing.ownerId !== undefined && reportsTo(organisation, thing.ownerId, person.id);
  if (scope === 'OWN' || thing.departmentId === undefined) return false;
  for (const own of [person.departmentId, ...person.extraDepartmentIds]) {
    if (thing.departmentId === own) return true;
    if (scope === 'DEPARTMENT_AND_BELOW' && isBelow(organisation, thing.departmentId, own)) return true;
  }
  return false;
};

/** What a share for reading gives, and what no share gives. Everything else needs a share for writing. */
const READING = ['read', 'export', 'reveal', 'query'];
const NEVER_SHARED = ['assign', 'share', 'delete', 'convert', 'void'];

const isShared = (shares: Share[], person: Employee, action: string, nowMs: number): boolean => {
  if (NEVER_SHARED.includes(action)) return false;
  for (const { employeeId, access, endMs } of shares) {
    if (employeeId !== person.id) continue;
    if (endMs !== undefined && endMs <= nowMs) continue;
    if (access === 'WRITE' || READING.includes(action)) return true;
  }
  return false;
};

/** A record with an owner of its own, whether it lives or lies in the recycle bin. */
const reachesOwned = (
  organisation: Organisation,
  asker: Asker,
  permission: string,
  thing: Thing,
  nowMs: number,
  action = actionOf(permission),
) => {
  const person = personOf(organisation, asker);
  const scopes = scopesOf(organisation, asker, permission);
  if (!person || scopes.length === 0) return false;
  for (const scope of scopes) if (isWithin(organisation, person, scope, thing)) return true;
  return isShared(thing.shares, person, action, nowMs);
};

/** What the record hangs on, when it is there and not in the recycle bin. */
const hangsOn = ({ things }: Organisation, thing: Thing): Thing | undefined => {
  const { noun, customerId, contractId, subjectId } = thing;
  const on = things.get((noun === 'contact' ? customerId : noun === 'receipt' ? contractId : subjectId) ?? '');
  return on && !on.deleted ? on : undefined;
};

/** Whoever takes part in a task or a schedule reads it, wherever its owner belongs. */
const takesPart = ({ employeeId }: Asker, action: string, { participantIds = [] }: Thing): boolean =>
  READING.includes(action) && participantIds.includes(employeeId);

/** May they do this with this record? */
export const reaches = (
  organisation: Organisation,
  asker: Asker,
  action: string,
  thing: Thing,
  nowMs: number,
): boolean => {
  const permission = `${thing.noun}.${action}`;
  if (!may(organisation, asker, permission)) return false;
  if (takesPart(asker, action, thing)) return true;
  if (SCOPED.includes(thing.noun)) return reachesOwned(organisation, asker, permission, thing, nowMs);
  // A follow-up is corrected by whoever made it, wherever the record has gone since.
  if (thing.noun === 'activity' && (action === 'update' || action === 'delete'))
    return thing.ownerId === asker.employeeId;
  const on = hangsOn(organisation, thing);
  if (!on) return false;
  // Money comes in for whoever sees the contract; one that is shared for reading shows it only.
  if (thing.noun === 'receipt') return reachesOwned(organisation, asker, 'contract.read', on, nowMs, action);
  // A contact is changed by whoever may change its customer.
  const needed = thing.noun === 'contact' && !READING.includes(action) ? 'update' : 'read';
  return reachesOwned(organisation, asker, `${on.noun}.${needed}`, on, nowMs);
};

/** Does a figure of theirs count this record? Figures have a scope too, and the recycle bin is in none. Of a file: `action` is export. */
export const counts = (
  organisation: Organisation,
  asker: Asker,
  thing: Thing,
  nowMs: number,
  action = 'read',
): boolean => {
  if (thing.deleted || !reaches(organisation, asker, action, thing, nowMs)) return false;
  const owned = SCOPED.includes(thing.noun) ? thing : hangsOn(organisation, thing);
  // To take part in a task makes it no figure of one's own.
  if (thing.noun === 'task' && !reachesOwned(organisation, asker, `task.${action}`, thing, nowMs)) return false;
  return owned !== undefined && reachesOwned(organisation, asker, 'analytics.read', owned, nowMs);
};

/** Is the next contact that a follow-up names told to them: as part of its author's calendar, on a record that they see, in the recycle bin too? */
export const knowsPromise = (organisation: Organisation, asker: Asker, followUp: Thing, nowMs: number): boolean => {
  const on = organisation.things.get(followUp.subjectId ?? '');
  if (!on || !may(organisation, asker, 'activity.read')) return false;
  for (const field of ['ownerId', 'nextContactDate', 'subjectNoun', 'subjectId'])
    if (!isOpen(organisation, asker, 'activity', field)) return false;
  if (!reachesOwned(organisation, asker, 'schedule.read', followUp, nowMs)) return false;
  return reaches(organisation, asker, 'read', on, nowMs);
};

/** Does a statement of theirs find this record? To ask in SQL is a right with a scope of its own, beside that to figures. */
export const answers = (organisation: Organisation, asker: Asker, thing: Thing, nowMs: number): boolean => {
  const owned = SCOPED.includes(thing.noun) ? thing : hangsOn(organisation, thing);
  if (!owned || !counts(organisation, asker, thing, nowMs)) return false;
  return reachesOwned(organisation, asker, 'analytics.query', owned, nowMs);
};

export type FieldRight = 'open' | 'hidden' | 'masked';

const ruleOf = (role: Role, noun: string, field: string): string | undefined => {
  for (const rule of role.fields) if (rule.noun === noun && rule.field === field) return rule.access;
  return undefined;
};

/** The roles that give one of the actions on the noun; all of them where none does: the noun is open to everybody. */
const rolesGiving = (roles: Role[], noun: string, actions: string[]): Role[] => {
  const giving: Role[] = [];
  for (const role of roles)
    for (const { permission, deny } of role.permissions)
      if (!deny && nounOf(permission) === noun && actions.includes(actionOf(permission)) && !giving.includes(role))
        giving.push(role);
  return giving.length > 0 ? giving : roles;
};

/** The least restrictive of the roles that let them read the noun holds. */
export const rightOn = (organisation: Organisation, asker: Asker, noun: string, field: string): FieldRight => {
  const person = personOf(organisation, asker);
  if (!person) return 'hidden';
  const roles = rolesGiving(rolesOf(organisation, person), noun, ['read']);
  let [hiding, covering] = [0, 0];
  for (const role of roles) {
    const rule = ruleOf(role, noun, field);
    if (rule === 'HIDDEN') hiding += 1;
    if (rule === 'HIDDEN' || rule === 'MASKED') covering += 1;
  }
  if (roles.length === 0) return 'open';
  if (hiding === roles.length) return 'hidden';
  return covering === roles.length ? 'masked' : 'open';
};

/** May they ask by it: filter, sort, search, cut figures? */
export const isOpen = (organisation: Organisation, asker: Asker, noun: string, field: string): boolean =>
  rightOn(organisation, asker, noun, field) === 'open';

/** May they write it? A covered one may be filled in at creation; later they would write over it blindly. */
export const isWritable = (
  organisation: Organisation,
  asker: Asker,
  noun: string,
  field: string,
  creating = false,
): boolean => {
  const person = personOf(organisation, asker);
  const right = rightOn(organisation, asker, noun, field);
  if (!person || right === 'hidden' || (right === 'masked' && !creating)) return false;
  const roles = rolesGiving(rolesOf(organisation, person), noun, ['create', 'update', 'manage']);
  for (const role of roles) {
    const rule = ruleOf(role, noun, field);
    if (rule !== 'HIDDEN' && rule !== 'READ_ONLY') return true;
  }
  return roles.length === 0;
};

const masks: Record<string, (text: string) => string> = {
  phone: (text) => (text.length < 7 ? '***' : `${text.slice(0, Math.max(0, text.length - 8))}****${text.slice(-4)}`),
  email: (text) => (text.includes('@') ? `${text[0]}***${text.slice(text.lastIndexOf('@'))}` : text),
  partial: (text) => (text.length < 5 ? '***' : `${text.slice(0, 2)}***${text.slice(-2)}`),
  full: () => '***',
};

/** How a text looks that is covered. */
export const masked = (text: string, kind: string): string => (text === '' ? '' : masks[kind]!(text));
