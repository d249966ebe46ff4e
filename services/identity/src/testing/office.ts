import type { Department } from '@pelagic/proto/crm/identity/v1/department';
import type { Employee, ListEmployeesRequest } from '@pelagic/proto/crm/identity/v1/employee';
import { aDepartment, anEmployee, startIdentity, type TestIdentity } from './start-identity.ts';

/** An enterprise that is set up, and what its administrator does all day. */
export type Office = {
  identity: TestIdentity;
  /** The root department. */
  root: string;
  /** Call options of the administrator. */
  as: () => Promise<{ token: string }>;
  /** Session token of the administrator; a test that ends the session signs in again. */
  admin: string;
  create: (fields: Partial<Employee>, fromDate?: string) => Promise<Employee>;
  department: (name: string, parentId?: string) => Promise<Department>;
  /** To the root department unless it says otherwise. */
  move: (
    id: string,
    to: { departmentId?: string; managerId?: string; fromDate: string; recordsFollow?: boolean },
  ) => Promise<Employee>;
  /** The address book, as a session sees it; the administrator's when absent. */
  list: (asked: Partial<ListEmployeesRequest>, by?: string) => Promise<Employee[]>;
};

export const LIST: ListEmployeesRequest = {
  pageSize: 0,
  pageToken: '',
  filter: '',
  orderBy: '',
  query: '',
  departmentId: '',
  count: false,
};

export const openOffice = async (name: string, owners: Record<string, string> = {}): Promise<Office> => {
  const identity = await startIdentity(name, owners);
  await identity.bootstrap();
  const office = { identity, admin: await identity.signIn('admin') } as Office;
  const as = () => identity.as(office.admin);
  const { departmentId: root } = await identity.sessions.getSession({}, await as());
  return Object.assign(office, {
    root,
    as,
    create: async (fields: Partial<Employee>, fromDate = '') => {
      const message = anEmployee({ departmentId: root, ...fields });
      return (await identity.employees.createEmployee({ employee: message, fromDate, requestId: '' }, await as()))
        .employee!;
    },
    department: async (title: string, parentId = root) => {
      const message = aDepartment({ name: title, parentId });
      const request = { department: message, fromDate: '2024-01-01', requestId: '' };
      return (await identity.departments.createDepartment(request, await as())).department!;
    },
    move: async (id: string, to: { fromDate: string }) =>
      (await identity.employees.moveEmployee({ id, departmentId: root, version: 0, ...to }, await as())).employee!,
    list: async (asked: Partial<ListEmployeesRequest>, by?: string) =>
      (await identity.employees.listEmployees({ ...LIST, ...asked }, by ? await identity.as(by) : await as()))
        .employees,
  });
};
