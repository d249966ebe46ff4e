import Network from '@lucide/svelte/icons/network';
import { api, body, type PostBody } from '#lib/api/client.ts';
import { nest, resource, type Resource } from '#lib/api/resource.ts';
import type { Field } from '#lib/noun/field.ts';
import type { Noun } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Department } from '../../people/organisation.svelte.ts';

export const departments: Resource<Department> = {
  ...resource<Department>('identity', 'department', '/v1/departments', 'departments'),
  /** The first day is no field of the department but of the request. */
  create({ fromDate, ...fields }, requestId) {
    const query = { ...(requestId ? { requestId } : {}), ...(fromDate ? { fromDate: String(fromDate) } : {}) };
    return body(api.POST('/v1/departments', { params: { query }, body: nest(fields) as PostBody<'/v1/departments'> }));
  },
};

export const PARENT: Field = {
  key: 'parentId',
  kind: 'record',
  noun: 'department',
  label: m.department_parent,
  required: true,
};
export const FROM: Field = { key: 'fromDate', kind: 'date', label: m.from_date, required: true };

/** What is changed at any time; where it stands changes by moving. */
export const FIELDS: Field[] = [
  { key: 'name', kind: 'text', label: m.department_name, required: true, maxLength: 100 },
  { key: 'code', kind: 'text', label: m.department_code, help: m.department_code_help, maxLength: 40 },
  { key: 'leaderId', kind: 'record', noun: 'employee', label: m.department_leader },
  { key: 'deputyId', kind: 'record', noun: 'employee', label: m.department_deputy },
  { key: 'costCenter', kind: 'text', label: m.cost_center, maxLength: 60 },
];

/** For the import page. */
export const department: Noun<Department> = {
  resource: departments,
  path: '/settings/departments',
  icon: Network,
  plural: m.departments,
  createLabel: m.department_create,
  purpose: m.departments_purpose,
  title: ({ name }) => name,
  fields: [...FIELDS, PARENT, FROM],
  columns: [],
  form: FIELDS.map(({ key }) => key),
  groups: [],
  actions: () => [],
};
