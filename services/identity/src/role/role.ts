import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import type { Caller, Scopes } from '@pelagic/chassis/caller';
import { invalid, invalidField, Problem, refused, type FieldError } from '@pelagic/chassis/problem';
import { Scope, type FieldRule, type Permission, type Role } from '@pelagic/proto/crm/identity/v1/role';
import { sql } from 'kysely';
import { isWithin } from '../grants/grants.ts';
import { ADMINISTRATOR, everything } from './built-in.ts';
import { actionOf, isField, isPermission, isScoped } from './catalogue.ts';

export type RoleRow = RecordRow & {
  kind: string | null;
  name: string;
  description: string;
  permissions: Permission[];
  fields: FieldRule[];
  built_in: boolean;
};

/** What has no scope of its own is given or not; a role may have been stored when it had one. */
const widened = ({ permission, scope, deny }: Permission): Permission => ({
  permission,
  scope: deny || !isScoped(permission) ? Scope.ALL : scope,
  deny: deny ?? false,
});

export const role = defineNoun({
  noun: 'role',
  search: { open: ['name'], guarded: [] },
  reach: () => sql<boolean>`true`,
  // The administrator's is the catalogue of this version of the product, whatever it was when the role was made.
  own: {
    permissions: {
      read: (row) => (row['kind'] === ADMINISTRATOR ? everything() : (row['permissions'] as Permission[]).map(widened)),
    },
  },
});

export const roleMessage = (row: RoleRow): Role => role.mapping.toMessage(row as Row) as unknown as Role;

const checkPermissions = (permissions: Permission[]): FieldError[] => {
  const seen = new Set<string>();
  return permissions.flatMap(({ permission }, index): FieldError[] => {
    const at = `role.permissions[${index}]`;
    const twice = seen.has(permission);
    seen.add(permission);
    if (!isPermission(permission))
      return [
        {
          field: `${at}.permission`,
          reason: 'UNKNOWN_PERMISSION',
          message: `There is no permission ${permission}.`,
          params: { value: permission },
        },
      ];
    if (twice)
      return [
        {
          field: `${at}.permission`,
          reason: 'TWICE',
          message: `${permission} stands here twice.`,
          params: { value: permission },
        },
      ];
    return [];
  });
};

const checkFields = (fields: FieldRule[]): FieldError[] => {
  const seen = new Set<string>();
  return fields.flatMap(({ noun, field }, index): FieldError[] => {
    const at = `role.fields[${index}]`;
    const name = `${noun}.${field}`;
    const twice = seen.has(name);
    seen.add(name);
    if (!isField(noun, field))
      return [
        {
          field: `${at}.field`,
          reason: 'UNKNOWN_FIELD',
          message: `There is no field ${name}.`,
          params: { value: name },
        },
      ];
    if (twice)
      return [
        { field: `${at}.field`, reason: 'TWICE', message: `${name} stands here twice.`, params: { value: name } },
      ];
    return [];
  });
};

/** Trims, widens what has no scope of its own to all, and refuses what the catalogue does not have. */
export const normalizeRole = (row: RoleRow): void => {
  row.name = row.name.normalize('NFKC').replace(/\s+/g, ' ').trim();
  if (!row.name) throw invalidField('role.name', 'REQUIRED', 'A role needs a name.');
  const errors = [...checkPermissions(row.permissions), ...checkFields(row.fields)];
  if (errors.length) throw invalid(...errors);
  row.permissions = row.permissions.map(widened);
};

/** The administrator's role stays as it is but for its name. */
export const refuseChangedAdministrator = (row: RoleRow, paths: string[]): void => {
  if (row.kind === ADMINISTRATOR && paths.some((path) => path === 'permissions' || path === 'fields')) {
    throw refused('ROLE_BUILT_IN', 'The administrator’s role always has every permission.');
  }
};

/** Those of the permissions that the caller does not have as widely. */
const beyond = (caller: Caller, permissions: Iterable<[string, Scopes]>): string[] =>
  [...permissions]
    .filter(
      ([permission, scopes]) =>
        caller.kind !== 'service' &&
        !scopes.every((scope) => isWithin(scope, caller.grants?.permissions.get(permission) ?? [])),
    )
    .map(([permission]) => permission);

/**
 * Nobody gives away more than they have: who may edit roles, give them, make keys or reset passwords could otherwise
 * become anybody. Services act on behalf of rules that were checked.
 */
export const refuseBeyond = (caller: Caller, permissions: Iterable<[string, Scopes]>): void => {
  const names = beyond(caller, permissions).slice(0, 5);
  if (!names.length) return;
  throw new Problem(
    'PERMISSION_DENIED',
    'BEYOND_OWN_RIGHTS',
    `This would give more than you may do yourself: ${names.join(', ')}.`,
    { params: { permissions: names.join(', ') } },
  );
};

/**
 * Nobody touches the access of a person who administers what they may not: a clerk who manages employees could else lock
 * the administrators out. Rights to records do not count, or nobody but a salesperson could let one go.
 */
export const refuseOver = (caller: Caller, permissions: Iterable<[string, Scopes]>): void => {
  const names = beyond(caller, permissions)
    .filter((permission) => actionOf(permission) === 'manage')
    .slice(0, 5);
  if (!names.length) return;
  throw new Problem(
    'PERMISSION_DENIED',
    'MORE_RIGHTS_THAN_YOU',
    `This person administers what you may not: ${names.join(', ')}. Ask somebody who may.`,
    { params: { permissions: names.join(', ') } },
  );
};
