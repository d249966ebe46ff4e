import type { Schemas } from '#lib/api/client.ts';
import { resource } from '#lib/api/resource.ts';
import type { Field } from '#lib/noun/field.ts';
import { m } from '#lib/paraglide/messages.js';

export type Role = Schemas['Role'];
type Permission = Schemas['Permission'];
export type NounPermissions = Schemas['NounPermissions'];

export const roles = resource<Role>('identity', 'role', '/v1/roles', 'roles');

/** How far a permission reaches, from nothing to everything; DENY takes it away whatever other roles give. */
export type Reach = '' | 'OWN' | 'SUBORDINATES' | 'DEPARTMENT' | 'DEPARTMENT_AND_BELOW' | 'ALL' | 'DENY';

const SCOPED: Reach[] = ['', 'OWN', 'SUBORDINATES', 'DEPARTMENT', 'DEPARTMENT_AND_BELOW', 'ALL', 'DENY'];

const WORDS: Record<Reach, { label: () => string; short: () => string }> = {
  '': { label: m.reach_none, short: () => '—' },
  OWN: { label: m.reach_own, short: m.reach_own_short },
  SUBORDINATES: { label: m.reach_subordinates, short: m.reach_subordinates_short },
  DEPARTMENT: { label: m.reach_department, short: m.reach_department_short },
  DEPARTMENT_AND_BELOW: { label: m.reach_below, short: m.reach_below_short },
  ALL: { label: m.reach_all, short: m.reach_all_short },
  DENY: { label: m.reach_deny, short: m.reach_deny_short },
};

/** What people enter every day, and figures of it; contacts and activities have the reach of the record they hang on. */
export const isBusiness = ({ scoped, actions }: NounPermissions): boolean => scoped || actions.includes('create');

/** Without an owner there is nothing to scope by: may or may not. */
export const reachesOf = ({ scoped }: NounPermissions): Reach[] => (scoped ? SCOPED : ['', 'ALL', 'DENY']);

export function reachLabel(reach: Reach, scoped: boolean): string {
  return reach === 'ALL' && !scoped ? m.reach_may() : WORDS[reach].label();
}

export function reachShort(reach: Reach, scoped: boolean): string {
  return reach === 'ALL' && !scoped ? m.reach_may() : WORDS[reach].short();
}

export type Rights = Record<string, Reach>;

export function rightsOf(permissions: readonly Permission[]): Rights {
  return Object.fromEntries(
    permissions.map(({ permission, scope, deny }) => [
      permission,
      deny ? 'DENY' : (scope.replace('SCOPE_', '') as Reach),
    ]),
  );
}

export function permissionsOf(rights: Rights): Permission[] {
  return Object.entries(rights)
    .filter(([, reach]) => reach !== '')
    .map(([permission, reach]) => ({
      permission,
      scope: `SCOPE_${reach === 'DENY' ? 'ALL' : reach}` as Permission['scope'],
      deny: reach === 'DENY',
    }));
}

/** One of the reaches that a person has by a permission, and the roles that it comes from. */
export interface Given {
  reach: Reach;
  roles: string[];
}

/** The reaches that hold all that another does. Reports may sit in any department, so neither holds the other. */
const HELD_BY: Record<Reach, Reach[]> = {
  '': [],
  OWN: ['SUBORDINATES', 'DEPARTMENT', 'DEPARTMENT_AND_BELOW', 'ALL'],
  SUBORDINATES: ['ALL'],
  DEPARTMENT: ['DEPARTMENT_AND_BELOW', 'ALL'],
  DEPARTMENT_AND_BELOW: ['ALL'],
  ALL: [],
  DENY: [],
};

/** What several roles give together, by permission: every reach that no other holds; a denial goes before all. */
export function together(roles: readonly Pick<Role, 'name' | 'permissions'>[]): Record<string, Given[]> {
  const all: Record<string, Given[]> = {};
  for (const { name, permissions } of roles) {
    for (const [permission, reach] of Object.entries(rightsOf(permissions))) {
      const given = (all[permission] ??= []);
      const same = given.find((one) => one.reach === reach);
      if (same) same.roles.push(name);
      else given.push({ reach, roles: [name] });
    }
  }
  return Object.fromEntries(Object.entries(all).map(([permission, given]) => [permission, widest(given)]));
}

function widest(given: Given[]): Given[] {
  const denied = given.filter(({ reach }) => reach === 'DENY');
  if (denied.length > 0) return denied;
  const reaches = given.map(({ reach }) => reach);
  return given
    .filter(({ reach }) => !HELD_BY[reach].some((wider) => reaches.includes(wider)))
    .toSorted((one, other) => SCOPED.indexOf(one.reach) - SCOPED.indexOf(other.reach));
}

export const FIELDS: Field[] = [
  { key: 'name', kind: 'text', label: m.role_name, required: true, maxLength: 60 },
  { key: 'description', kind: 'text', label: m.role_description, maxLength: 500 },
];
