/** The enterprise as the oracle knows it: plain things, kept by hand beside what the product is told. */

export type Scope = 'OWN' | 'SUBORDINATES' | 'DEPARTMENT' | 'DEPARTMENT_AND_BELOW' | 'ALL';
export type FieldAccess = 'HIDDEN' | 'MASKED' | 'READ_ONLY';

export type Role = {
  id: string;
  name: string;
  version: number;
  permissions: { permission: string; scope: Scope; deny: boolean }[];
  fields: { noun: string; field: string; access: FieldAccess }[];
};

export type Department = { id: string; parentId: string | undefined };

export type Employee = {
  id: string;
  login: string;
  departmentId: string;
  extraDepartmentIds: string[];
  managerId: string | undefined;
  roleIds: string[];
  active: boolean;
};

export type Share = { employeeId: string; access: 'READ' | 'WRITE'; endMs: number | undefined };

/** What decides who sees a record. */
export type Thing = {
  noun: string;
  id: string;
  ownerId: string | undefined;
  departmentId: string | undefined;
  deleted: boolean;
  shares: Share[];
  /** A deal that was won, lost or found invalid. */
  closed?: boolean;
  /** A lead that became a customer takes no follow-ups. */
  converted?: boolean;
  /** Of a contact and a deal. */
  customerId?: string | undefined;
  /** Of a receipt: what it hangs on. */
  contractId?: string;
  /** A contract that holds says what was agreed: nothing of it is rewritten. */
  settled?: boolean;
  /** Of a task and a schedule. */
  participantIds?: string[];
  /** Of a follow-up: what it hangs on. */
  subjectNoun?: string;
  subjectId?: string;
};

export type Organisation = {
  departments: Map<string, Department>;
  employees: Map<string, Employee>;
  roles: Map<string, Role>;
  things: Map<string, Thing>;
  /** What each record's fields hold, by id: proto3-JSON as the administrator reads it. */
  values: Map<string, Record<string, any>>;
};

/** Who asks: a person, or a key that acts as one with some of their permissions (all of them when it names none). */
export type Asker = { employeeId: string; key?: { permissions: string[]; revoked: boolean } };

export const emptyOrganisation = (): Organisation => ({
  departments: new Map(),
  employees: new Map(),
  roles: new Map(),
  things: new Map(),
  values: new Map(),
});

export const thingsOf = (organisation: Organisation, noun: string): Thing[] =>
  [...organisation.things.values()].filter((thing) => thing.noun === noun);
