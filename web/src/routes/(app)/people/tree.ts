import type { Schemas } from '#lib/api/client.ts';
import { getLocale } from '#lib/paraglide/runtime.js';

type Department = Schemas['Department'];

export interface Branch {
  department: Department;
  below: Branch[];
}

/** The forest that the departments of a day make; one whose parent is not among them stands at the top. */
export function buildTree(departments: readonly Department[]): Branch[] {
  const byName = new Intl.Collator(getLocale());
  const known = new Set(departments.map(({ id }) => id));
  const children = new Map<string, Department[]>();
  for (const department of departments) {
    const parent = department.parentId && known.has(department.parentId) ? department.parentId : '';
    children.set(parent, [...(children.get(parent) ?? []), department]);
  }
  const under = (parent: string): Branch[] =>
    (children.get(parent) ?? [])
      .toSorted((a, b) => byName.compare(a.name, b.name))
      .map((department) => ({ department, below: under(department.id) }));
  return under('');
}

/** All that hang below, at any depth. */
export function countBelow({ below }: Branch): number {
  return below.reduce((sum, branch) => sum + 1 + countBelow(branch), 0);
}

export function findBranch(branches: readonly Branch[], id: string): Branch | undefined {
  for (const branch of branches) {
    const found = branch.department.id === id ? branch : findBranch(branch.below, id);
    if (found) return found;
  }
  return undefined;
}
