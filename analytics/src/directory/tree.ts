import type { Department } from '@pelagic/proto/crm/identity/v1/department';

/** From a day on (included) until another (excluded); both ends may be open. */
export type Span = { from: string; to: string };

/** Where departments stand below another: by what they are rolled up into, over a span in which nothing changes. */
export type Era = Span & { branches: ReadonlyMap<string, string> };

export type Tree = {
  root: string | undefined;
  /**
   * Everything below a department, itself included, era by era: each member with the branch directly below the
   * department that it belongs to, or the department for itself.
   */
  below: (departmentId: string) => Era[];
  /** The parents of a department on a day, nearest first. */
  above: (departmentId: string, date: string) => string[];
};

export const BEGINNING = '0000-00-00';
export const END = '9999-99-99';

type Placed = Pick<Department, 'id' | 'parentId' | 'placements'>;

/** A department is where its first placement puts it also before that day: records may be older than the entry. */
const parentOn = ({ parentId, placements }: Placed, date: string): string | undefined => {
  const placed = placements?.filter(({ fromDate }) => fromDate <= date).at(-1) ?? placements?.[0];
  return (placed ? placed.parentId : parentId) || undefined;
};

const pathOn = (departments: ReadonlyMap<string, Placed>, id: string, date: string): string[] => {
  const path: string[] = [];
  for (let at = departments.get(id); at && path.length <= departments.size;) {
    const parent = parentOn(at, date);
    if (!parent || path.includes(parent)) break;
    path.push(parent);
    at = departments.get(parent);
  }
  return path;
};

const sameBranches = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([member, branch]) => b.get(member) === branch);

/** The effective-dated tree: what stood where on which day. */
export const treeOf = (list: Placed[]): Tree => {
  const departments = new Map(list.map((department) => [department.id, department]));
  const days = [
    ...new Set(list.flatMap(({ placements }) => (placements ?? []).slice(1).map(({ fromDate }) => fromDate))),
  ].toSorted();
  const edges = [BEGINNING, ...days, END];
  const remembered = new Map<string, Era[]>();

  const branchesOn = (top: string, date: string): Map<string, string> => {
    const branches = new Map([[top, top]]);
    for (const { id } of list) {
      const path = [id, ...pathOn(departments, id, date)];
      const at = path.indexOf(top);
      if (at > 0) branches.set(id, path[at - 1]!);
    }
    return branches;
  };
  const eras = (top: string): Era[] => {
    const found: Era[] = [];
    for (const [index, from] of edges.slice(0, -1).entries()) {
      const era: Era = { from, to: edges[index + 1]!, branches: branchesOn(top, from) };
      const last = found.at(-1);
      if (last && sameBranches(last.branches, era.branches)) last.to = era.to;
      else found.push(era);
    }
    return found;
  };
  return {
    root: list.find((department) => !parentOn(department, END))?.id,
    below: (top) => {
      const known = remembered.get(top) ?? eras(top);
      remembered.set(top, known);
      return known;
    },
    above: (id, date) => pathOn(departments, id, date),
  };
};
