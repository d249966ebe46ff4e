import BookUser from '@lucide/svelte/icons/book-user';
import { api, body, type PostBody, type Schemas } from '#lib/api/client.ts';
import { nest, resource, type PageRequest, type Resource } from '#lib/api/resource.ts';
import type { Choice, Field } from '#lib/noun/field.ts';
import type { Noun } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { personActions } from './actions.ts';
import { organisation } from './organisation.svelte.ts';

export type Person = Schemas['Employee'];
type PersonState = Exclude<Person['state'], 'EMPLOYEE_STATE_UNSPECIFIED'>;

const STATES: Record<PersonState, () => Choice> = {
  EMPLOYEE_STATE_INVITED: () => ({ value: 'EMPLOYEE_STATE_INVITED', label: m.person_invited(), tone: 'wait' }),
  EMPLOYEE_STATE_ACTIVE: () => ({ value: 'EMPLOYEE_STATE_ACTIVE', label: m.person_active(), tone: 'ok' }),
  EMPLOYEE_STATE_SUSPENDED: () => ({ value: 'EMPLOYEE_STATE_SUSPENDED', label: m.person_suspended(), tone: 'risk' }),
  EMPLOYEE_STATE_LEFT: () => ({ value: 'EMPLOYEE_STATE_LEFT', label: m.person_left(), tone: 'neutral' }),
};

export const personState = (state: Person['state']): Choice => STATES[state as PersonState]();

const standard = resource<Person>('identity', 'employee', '/v1/employees', 'employees');

export const people: Resource<Person> = {
  ...standard,
  /** The first day in the department is no field of the person but of the request. */
  create({ fromDate, ...fields }, requestId) {
    const query = { ...(requestId ? { requestId } : {}), ...(fromDate ? { fromDate: String(fromDate) } : {}) };
    return body(api.POST('/v1/employees', { params: { query }, body: nest(fields) as PostBody<'/v1/employees'> }));
  },
};

/** The people of a department and of those below it; everybody when it is empty. */
export function peopleOf(departmentId: string): Resource<Person> {
  if (!departmentId) return people;
  return {
    ...people,
    async list({ filter, words, token, size, count }: PageRequest, signal) {
      const query = {
        departmentId,
        pageSize: size ?? 50,
        ...(filter ? { filter } : {}),
        ...(words ? { query: words } : {}),
        ...(token ? { pageToken: token } : {}),
        ...(count ? { count } : {}),
      };
      const answer = await body(api.GET('/v1/employees', { params: { query }, ...(signal ? { signal } : {}) }));
      return { rows: answer.employees, next: answer.nextPageToken, total: answer.totalSize };
    },
  };
}

const FIELDS: Field[] = [
  { key: 'name', kind: 'text', label: m.person_name, required: true, maxLength: 100 },
  { key: 'title', kind: 'text', label: m.job_title, maxLength: 100 },
  {
    key: 'departmentId',
    kind: 'record',
    noun: 'department',
    label: m.department,
    required: true,
    immutable: true,
    filterable: false,
  },
  { key: 'managerId', kind: 'record', noun: 'employee', label: m.manager, immutable: true },
  { key: 'fromDate', kind: 'date', label: m.person_from_date, immutable: true, filterable: false },
  { key: 'employeeNumber', kind: 'text', label: m.employee_number, maxLength: 40 },
  { key: 'phone', kind: 'text', label: m.person_phone, maxLength: 40 },
  { key: 'extension', kind: 'text', label: m.extension, maxLength: 20 },
  { key: 'email', kind: 'text', label: m.person_email, maxLength: 254 },
  { key: 'login', kind: 'text', label: m.login_name, help: m.person_login_help, maxLength: 100 },
  {
    key: 'state',
    kind: 'choice',
    label: m.state,
    prefix: 'EMPLOYEE_STATE_',
    readOnly: true,
    options: () => Object.values(STATES).map((choice) => choice()),
  },
  {
    key: 'roleIds',
    kind: 'choices',
    label: m.roles,
    help: m.person_roles_help,
    filterable: false,
    wide: true,
    options: () => organisation.roleChoices(),
  },
  {
    key: 'extraDepartmentIds',
    kind: 'choices',
    label: m.person_extra_departments,
    help: m.person_extra_departments_help,
    filterable: false,
    wide: true,
    options: () => organisation.departmentChoices(),
  },
];

export const person: Noun<Person> = {
  resource: people,
  path: '/people',
  icon: BookUser,
  plural: m.people,
  createLabel: m.person_create,
  purpose: m.people_purpose,
  title: ({ name }) => name,
  fields: FIELDS,
  columns: [],
  form: FIELDS.filter(({ readOnly }) => !readOnly).map(({ key }) => key),
  groups: [],
  actions: personActions,
};
