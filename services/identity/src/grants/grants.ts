import type { Scope as ScopeName, Scopes } from '@pelagic/chassis/caller';
import { FieldAccess, type FieldRule, type Permission, type Scope } from '@pelagic/proto/crm/identity/v1/role';
import type { GrantedPermission } from '@pelagic/proto/crm/identity/v1/session';
import { everything } from '../role/built-in.ts';
import { actionOf, isPermission, isScoped, nounOf } from '../role/catalogue.ts';

/** What a role gives and takes, as stored: proto3-JSON of its permissions and field rules. */
export type RoleRules = { administrator: boolean; permissions: Permission[]; fields: FieldRule[] };

/** The scopes that hold all that another does. Reports may sit in any department, so neither holds the other. */
const HELD_BY: Record<ScopeName, ScopeName[]> = {
  OWN: ['OWN', 'SUBORDINATES', 'DEPARTMENT', 'DEPARTMENT_AND_BELOW', 'ALL'],
  SUBORDINATES: ['SUBORDINATES', 'ALL'],
  DEPARTMENT: ['DEPARTMENT', 'DEPARTMENT_AND_BELOW', 'ALL'],
  DEPARTMENT_AND_BELOW: ['DEPARTMENT_AND_BELOW', 'ALL'],
  ALL: ['ALL'],
};

const nameOf = (scope: Scope): ScopeName => scope.replace('SCOPE_', '') as ScopeName;

export const isWithin = (scope: ScopeName, others: Scopes): boolean =>
  others.some((other) => HELD_BY[scope].includes(other));

const given = ({ administrator, permissions }: RoleRules): Permission[] => (administrator ? everything() : permissions);

/** The union of what the roles give, each permission in its widest scopes; what any role denies is gone. */
export const permissionsOf = (roles: RoleRules[]): Map<string, Scopes> => {
  const all = roles.flatMap(given);
  const granted = new Map<string, Scopes>();
  for (const { permission, scope, deny } of all) {
    // A role may still name what a later version of the product took away.
    if (deny || !isPermission(permission)) continue;
    const wanted = isScoped(permission) ? nameOf(scope) : 'ALL';
    const known = granted.get(permission) ?? [];
    if (!isWithin(wanted, known))
      granted.set(permission, [...known.filter((other) => !isWithin(other, [wanted])), wanted]);
  }
  for (const { permission, deny } of all) if (deny) granted.delete(permission);
  return granted;
};

const WRITING = new Set(['create', 'update', 'manage']);

/** The roles that give one of the actions on the noun; all of them for nouns that are open to everybody signed in. */
const rolesWith = (roles: RoleRules[], noun: string, does: (action: string) => boolean): RoleRules[] => {
  const giving = roles.filter((role) =>
    given(role).some(({ permission, deny }) => !deny && nounOf(permission) === noun && does(actionOf(permission))),
  );
  return giving.length ? giving : roles;
};

const ruleOf = ({ fields }: RoleRules, noun: string, field: string): FieldAccess | undefined =>
  fields.find((rule) => rule.noun === noun && rule.field === field)?.access;

export type FieldRules = { noun: string; hidden: string[]; masked: string[]; readOnly: string[] };

/**
 * Field rules over several roles: the least restrictive holds. A field is hidden only when every role that lets the
 * person read the noun hides it, masked when each of them masks or hides it; it is read only when every role that lets
 * them write the noun keeps them from writing it (a masked one may still be filled in at creation). So a second role never takes away what the first one shows.
 */
export const fieldsOf = (roles: RoleRules[]): FieldRules[] => {
  const named = new Map<string, Set<string>>();
  for (const { noun, field } of roles.flatMap(({ fields }) => fields))
    named.set(noun, (named.get(noun) ?? new Set()).add(field));
  const rules: FieldRules[] = [];
  for (const [noun, fields] of named) {
    const readers = rolesWith(roles, noun, (action) => action === 'read');
    const writers = rolesWith(roles, noun, (action) => WRITING.has(action));
    const every = (of: RoleRules[], field: string, access: FieldAccess[]) =>
      of.every((role) => access.includes(ruleOf(role, noun, field) ?? FieldAccess.UNSPECIFIED));
    const hidden = [...fields].filter((field) => every(readers, field, [FieldAccess.HIDDEN]));
    const masked = [...fields].filter(
      (field) => !hidden.includes(field) && every(readers, field, [FieldAccess.HIDDEN, FieldAccess.MASKED]),
    );
    const readOnly = [...fields].filter(
      (field) => !hidden.includes(field) && every(writers, field, [FieldAccess.HIDDEN, FieldAccess.READ_ONLY]),
    );
    if (hidden.length || masked.length || readOnly.length) rules.push({ noun, hidden, masked, readOnly });
  }
  return rules;
};

/** Only what an API key names; all that its employee may when it names nothing. */
export const narrowed = (permissions: Map<string, Scopes>, to: string[]): Map<string, Scopes> =>
  to.length ? new Map([...permissions].filter(([permission]) => to.includes(permission))) : permissions;

/** As tokens and sessions carry them: a permission stands once for each of its scopes. */
export const grantedPermissions = (permissions: Map<string, Scopes>): GrantedPermission[] =>
  [...permissions].flatMap(([permission, scopes]) => scopes.map((scope) => ({ permission, scope })));
