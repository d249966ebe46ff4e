import { contract } from '@pelagic/proto/contract';
import type { Person } from '../mesh/person.ts';
import type { FieldAccess, Role, Scope } from './organisation.ts';
import { JUDGED } from './reference.ts';
import type { Random } from '../random.ts';

/** All permissions, and the fields of each noun that a rule may name. */
export type Catalogue = { permissions: string[]; fields: Map<string, string[]> };

const SCOPES: Scope[] = ['OWN', 'SUBORDINATES', 'DEPARTMENT', 'DEPARTMENT_AND_BELOW', 'ALL'];
const ACCESSES: FieldAccess[] = ['HIDDEN', 'MASKED', 'READ_ONLY'];

/** How often a role gives a permission: nearly always to read, seldom to administer. */
const shareOf = (permission: string): number => {
  if (permission.endsWith('.read')) return 0.9;
  return JUDGED.some((noun) => permission.startsWith(`${noun}.`)) ? 0.6 : 0.1;
};

const randomPermissions = (random: Random, { permissions }: Catalogue): Role['permissions'] => {
  // Mostly one scope for all, as people make roles, with some that stand out.
  const usual = random.of(SCOPES);
  return permissions
    .filter((permission) => random.chance(shareOf(permission)))
    .map((permission) => ({
      permission,
      scope: random.chance(0.7) ? usual : random.of(SCOPES),
      deny: !permission.endsWith('.read') && random.chance(0.05),
    }));
};

const randomFields = (random: Random, { fields }: Catalogue): Role['fields'] =>
  JUDGED.flatMap((noun) => {
    if (random.chance(0.4)) return [];
    const all = [...(fields.get(noun) ?? []), ...(contract.nouns.get(noun)?.custom ? ['custom.tier'] : [])];
    // Those that are looked at most, and any of the others.
    const often = all.filter((field) =>
      ['name', 'phones', 'emails', 'amount', 'company', 'content', 'custom.tier'].includes(field),
    );
    return [...new Set([...random.some(often, 0.35), ...random.some(all, 0.1)])].map((field) => ({
      noun,
      field,
      access: random.of(ACCESSES),
    }));
  });

export const randomRole = (random: Random, catalogue: Catalogue): Pick<Role, 'permissions' | 'fields'> => ({
  permissions: randomPermissions(random, catalogue),
  fields: randomFields(random, catalogue),
});

/** Makes the role, or writes it anew. */
export const writeRole = async (admin: Person, role: Role): Promise<void> => {
  const body = {
    name: role.name,
    // What has no owner has no scope: the product says so by widening it.
    permissions: role.permissions.map(({ permission, scope, deny }) => ({ permission, scope: `SCOPE_${scope}`, deny })),
    fields: role.fields.map((rule) => ({ ...rule, access: `FIELD_ACCESS_${rule.access}` })),
  };
  const saved = role.id ? await admin.patch(`/v1/roles/${role.id}`, body) : await admin.post('/v1/roles', body);
  role.id = saved.id;
  role.version = saved.version;
};
