import { FieldAccess, Scope, type FieldRule, type Permission } from '@pelagic/proto/crm/identity/v1/role';
import { describe, expect, it } from 'vitest';
import { builtInRoles } from '../role/built-in.ts';
import { catalogue, isPermission, isScoped, permissionsByNoun } from '../role/catalogue.ts';
import { fieldsOf, narrowed, permissionsOf, type RoleRules } from './grants.ts';

const role = (permissions: Permission[], fields: FieldRule[] = []): RoleRules => ({
  administrator: false,
  permissions,
  fields,
});
const give = (permission: string, scope: Scope): Permission => ({ permission, scope, deny: false });
const deny = (permission: string): Permission => ({ permission, scope: Scope.ALL, deny: true });
const rule = (field: string, access: FieldAccess): FieldRule => ({ noun: 'lead', field, access });

describe('permissions of several roles', () => {
  it('keep scopes side by side of which none holds the other', () => {
    const scopes = (...given: Scope[]) =>
      permissionsOf(given.map((scope) => role([give('lead.read', scope)]))).get('lead.read');
    expect(scopes(Scope.SUBORDINATES, Scope.DEPARTMENT, Scope.OWN)).toEqual(['SUBORDINATES', 'DEPARTMENT']);
    expect(scopes(Scope.DEPARTMENT, Scope.SUBORDINATES, Scope.DEPARTMENT_AND_BELOW)).toEqual([
      'SUBORDINATES',
      'DEPARTMENT_AND_BELOW',
    ]);
    expect(scopes(Scope.SUBORDINATES, Scope.DEPARTMENT, Scope.ALL)).toEqual(['ALL']);
  });

  it('are the union, each in its widest scope', () => {
    const granted = permissionsOf([
      role([give('lead.read', Scope.OWN), give('lead.create', Scope.OWN)]),
      role([give('lead.read', Scope.DEPARTMENT)]),
    ]);
    expect([...granted]).toEqual([
      ['lead.read', ['DEPARTMENT']],
      ['lead.create', ['OWN']],
    ]);
  });

  it('lose what any of them denies', () => {
    expect(
      permissionsOf([
        role([deny('lead.export')]),
        role([give('lead.export', Scope.ALL), give('lead.read', Scope.ALL)]),
      ]),
    ).toEqual(new Map([['lead.read', ['ALL']]]));
  });

  it('forget what the product no longer has, and widen what has no owner', () => {
    expect(permissionsOf([role([give('lead.teleport', Scope.ALL), give('employee.manage', Scope.OWN)])])).toEqual(
      new Map([['employee.manage', ['ALL']]]),
    );
  });

  it('are narrowed by an API key that names some', () => {
    const granted = new Map([
      ['lead.read', ['ALL' as const]],
      ['lead.create', ['ALL' as const]],
    ]);
    expect([...narrowed(granted, ['lead.read', 'lead.delete']).keys()]).toEqual(['lead.read']);
    expect(narrowed(granted, [])).toBe(granted);
  });
});

describe('field rules of several roles', () => {
  const reader = (...fields: FieldRule[]) => role([give('lead.read', Scope.ALL)], fields);

  it('hold as they stand for one role', () => {
    expect(
      fieldsOf([
        reader(
          rule('phones', FieldAccess.MASKED),
          rule('source', FieldAccess.HIDDEN),
          rule('name', FieldAccess.READ_ONLY),
        ),
      ]),
    ).toEqual([{ noun: 'lead', hidden: ['source'], masked: ['phones'], readOnly: ['name'] }]);
  });

  it('are the least restrictive of those that let the person read', () => {
    expect(
      fieldsOf([reader(rule('phones', FieldAccess.HIDDEN)), reader(rule('phones', FieldAccess.MASKED))]),
    ).toMatchObject([{ hidden: [], masked: ['phones'] }]);
    expect(fieldsOf([reader(rule('phones', FieldAccess.MASKED)), reader()])).toEqual([]);
  });

  it('do not ask roles that have nothing to do with the noun', () => {
    const other = role([give('customer.read', Scope.ALL)]);
    expect(fieldsOf([reader(rule('phones', FieldAccess.MASKED)), other])).toMatchObject([{ masked: ['phones'] }]);
  });

  it('keep a field read only unless a role that writes the noun leaves it open', () => {
    const writer = (...fields: FieldRule[]) =>
      role([give('lead.read', Scope.ALL), give('lead.update', Scope.ALL)], fields);
    const readOnly = rule('source', FieldAccess.READ_ONLY);
    expect(fieldsOf([writer(readOnly), reader()])).toMatchObject([{ readOnly: ['source'] }]);
    expect(fieldsOf([writer(readOnly), writer()])).toEqual([]);
  });
});

describe('the catalogue', () => {
  it('has what the rpcs ask for and what the capabilities do with each noun', () => {
    for (const permission of [
      'lead.create',
      'lead.convert',
      'customer.export',
      'contact.import',
      'opportunity.reopen',
      'activity.import_history',
      'employee.manage',
      'employee.import',
      'department.export',
      'employee.reveal',
      'lead.reveal',
      'saved_view.share',
      'job.read',
      'job.cancel',
      'analytics.read',
      'audit_entry.read',
    ]) {
      expect(isPermission(permission), permission).toBe(true);
    }
    for (const nonsense of [
      'public',
      'internal',
      'signed_in',
      'in_person',
      '{noun}.export',
      'contact.assign',
      'department.reveal',
      'employee.assign',
    ])
      expect(isPermission(nonsense), nonsense).toBe(false);
    expect(catalogue).toEqual([...new Set(catalogue)].toSorted());
  });

  it('knows what has an owner', () => {
    expect(isScoped('lead.read')).toBe(true);
    expect(isScoped('analytics.read')).toBe(true);
    expect(isScoped('role.manage')).toBe(false);
    // Seen with the record that they hang on.
    for (const noun of ['contact', 'activity']) {
      expect(isScoped(`${noun}.export`)).toBe(false);
      expect(permissionsByNoun().find((each) => each.noun === noun)).toMatchObject({ scoped: false });
    }
    const stored = { permission: 'contact.read', scope: Scope.OWN, deny: false };
    expect(permissionsOf([{ administrator: false, permissions: [stored], fields: [] }])).toEqual(
      new Map([['contact.read', ['ALL']]]),
    );
    const lead = permissionsByNoun().find(({ noun }) => noun === 'lead')!;
    expect(lead).toMatchObject({ scoped: true });
    expect(lead.fields).toContain('phones');
    expect(lead.actions).toContain('read');
  });

  it('gives the administrator all of it and the others only what it has', () => {
    expect([...permissionsOf([{ administrator: true, permissions: [], fields: [] }]).keys()].toSorted()).toEqual([
      ...catalogue,
    ]);
    for (const { permissions } of builtInRoles)
      for (const { permission } of permissions) expect(isPermission(permission), permission).toBe(true);
    const salesperson = permissionsOf([
      { administrator: false, ...builtInRoles.find(({ kind }) => kind === 'salesperson')! },
    ]);
    expect(salesperson.get('lead.update')).toEqual(['SUBORDINATES']);
    for (const no of ['lead.delete', 'lead.export', 'lead.import', 'employee.manage'])
      expect(salesperson.has(no), no).toBe(false);
  });
});
