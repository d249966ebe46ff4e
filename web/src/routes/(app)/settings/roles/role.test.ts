import { describe, expect, it } from 'vitest';
import { together, type Role } from './role.ts';

type Permissions = Role['permissions'];

const role = (name: string, ...rights: [string, Permissions[number]['scope'], boolean?][]) => ({
  name,
  permissions: rights.map(([permission, scope, deny = false]) => ({ permission, scope, deny })),
});

describe('what roles give together', () => {
  it('keeps reports and department side by side, and drops what another reach holds', () => {
    const sales = role('销售', ['lead.read', 'SCOPE_SUBORDINATES'], ['lead.update', 'SCOPE_OWN']);
    const lead = role('组长', ['lead.read', 'SCOPE_DEPARTMENT_AND_BELOW'], ['lead.update', 'SCOPE_DEPARTMENT']);
    const extra = role('补充', ['lead.read', 'SCOPE_DEPARTMENT']);
    expect(together([lead, extra, sales])).toEqual({
      'lead.read': [
        { reach: 'SUBORDINATES', roles: ['销售'] },
        { reach: 'DEPARTMENT_AND_BELOW', roles: ['组长'] },
      ],
      'lead.update': [{ reach: 'DEPARTMENT', roles: ['组长'] }],
    });
  });

  it('names everybody who gives the same, and who denies', () => {
    const one = role('甲', ['lead.read', 'SCOPE_ALL'], ['lead.export', 'SCOPE_ALL']);
    const other = role('乙', ['lead.read', 'SCOPE_ALL'], ['lead.export', 'SCOPE_ALL', true]);
    expect(together([one, other])).toEqual({
      'lead.read': [{ reach: 'ALL', roles: ['甲', '乙'] }],
      'lead.export': [{ reach: 'DENY', roles: ['乙'] }],
    });
  });
});
