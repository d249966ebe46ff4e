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

/** What several roles give together: the widest of each, and nothing of what one of them denies. */
export function together(given: readonly Role[]): Rights {
  const all: Rights = {};
  for (const rights of given.map(({ permissions }) => rightsOf(permissions))) {
    for (const [permission, reach] of Object.entries(rights)) {
      if (SCOPED.indexOf(reach) > SCOPED.indexOf(all[permission] ?? '')) all[permission] = reach;
    }
  }
  return Object.fromEntries(Object.entries(all).filter(([, reach]) => reach !== 'DENY'));
}

export const FIELDS: Field[] = [
  { key: 'name', kind: 'text', label: m.role_name, required: true, maxLength: 60 },
  { key: 'description', kind: 'text', label: m.role_description, maxLength: 500 },
];
