import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { tidy, tidyName } from '@pelagic/capabilities/record/tidy';
import { invalid, invalidField, refused, type FieldError } from '@pelagic/chassis/problem';
import type { Department } from '@pelagic/proto/crm/identity/v1/department';
import { sql } from 'kysely';
import { loopDay, onDate, placed, spanOn, type Placement } from '../placement/placement.ts';

/** As stored: proto3-JSON of the contract's DepartmentPlacement. The root stands under nothing. */
export type DepartmentPlacement = Placement & { parentId?: string };

export type DepartmentRow = RecordRow & {
  name: string;
  code: string;
  parent_id: string | null;
  leader_id: string | null;
  deputy_id: string | null;
  cost_center: string;
  placements: DepartmentPlacement[];
  closed_date: string | null;
  external_id: string;
};

/** The tree is everybody's to see; who may change it was asked at the seam. */
export const department = defineNoun({
  noun: 'department',
  search: { open: ['name', 'code'], guarded: [] },
  reach: () => sql<boolean>`true`,
  order: 'name asc',
});

export const departmentMessage = (row: DepartmentRow): Department =>
  department.mapping.toMessage(row as Row) as unknown as Department;

export const normalizeDepartment = (row: DepartmentRow): void => {
  row.name = tidyName(row.name, 'department.name');
  row.code = tidy(row.code ?? '');
  row.cost_center = tidy(row.cost_center ?? '');
};

/** What the tree rules need of the departments: placements and closing days of all of them, by id. */
export type Tree = Map<string, Pick<DepartmentRow, 'id' | 'placements' | 'closed_date'>>;

const isClosedBefore = (closedDate: string | null, end: string): boolean =>
  closedDate !== null && (end === 'infinity' || closedDate < end);

/** Refuses a parent that does not exist, or that closes while the placement that holds on that day lasts. */
export const checkParent = (
  tree: Tree,
  parentId: string,
  placements: DepartmentPlacement[],
  fromDate: string,
  field: string,
): void => {
  const parent = tree.get(parentId);
  if (!parent) throw invalidField(field, 'UNKNOWN_DEPARTMENT', 'There is no such department.');
  const span = spanOn(placements, fromDate);
  if (span && isClosedBefore(parent.closed_date, span.end)) {
    throw invalidField(field, 'DEPARTMENT_CLOSED', `The department above is closed from ${parent.closed_date} on.`, {
      date: parent.closed_date!,
    });
  }
};

/** Puts the department under another parent from a day on. Refuses the root, a closed department and a cycle on any day. */
export const moveDepartment = (
  row: DepartmentRow,
  tree: Tree,
  parentId: string,
  fromDate: string,
  today: string,
): void => {
  if (row.parent_id === null) throw refused('DEPARTMENT_IS_ROOT', 'The topmost department stands under no other.');
  if (row.closed_date !== null && row.closed_date <= fromDate)
    throw refused('DEPARTMENT_CLOSED', `This department is closed from ${row.closed_date} on.`, {
      params: { date: row.closed_date },
    });
  row.placements = placed(row.placements, { parentId, fromDate }, (a, b) => a.parentId === b.parentId);
  checkParent(tree, parentId, row.placements, fromDate, 'parentId');
  const above = (id: string) =>
    (id === row.id ? row.placements : (tree.get(id)?.placements ?? [])).map((placement) => ({
      fromDate: placement.fromDate,
      aboveId: placement.parentId,
    }));
  const day = loopDay(row.id, above);
  if (day !== undefined) {
    throw invalidField(
      'parentId',
      'CYCLE',
      day ? `The department would stand below itself from ${day} on.` : 'The department would stand below itself.',
      { date: day },
    );
  }
  row.parent_id = onDate(row.placements, today)?.parentId ?? null;
};

/** What still keeps a department open on the day it is to close. */
export type Remaining = { people: number; departments: number };

/** Closes the department from a day on. Refuses the root, and while people or open departments are in it. */
export const closeDepartment = (row: DepartmentRow, fromDate: string, { people, departments }: Remaining): void => {
  if (row.parent_id === null) throw refused('DEPARTMENT_IS_ROOT', 'The topmost department cannot be closed.');
  if (people || departments) {
    throw refused(
      'DEPARTMENT_NOT_EMPTY',
      `There are still ${people} people and ${departments} departments in it on ${fromDate} or later.`,
      {
        params: { people: String(people), departments: String(departments), date: fromDate },
      },
    );
  }
  row.closed_date = fromDate;
};

/** Field errors of people that a department names. */
export const checkPeople = (row: DepartmentRow, known: Set<string>): void => {
  const errors: FieldError[] = (['leader_id', 'deputy_id'] as const)
    .filter((column) => row[column] !== null && !known.has(row[column]!))
    .map((column) => ({
      field: column === 'leader_id' ? 'department.leaderId' : 'department.deputyId',
      reason: 'UNKNOWN_EMPLOYEE',
      message: 'There is no such employee, or they have left.',
    }));
  if (errors.length) throw invalid(...errors);
};
