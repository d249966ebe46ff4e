import type { Schemas } from '#lib/api/client.ts';
import { resource } from '#lib/api/resource.ts';
import { showPhone } from '#lib/format/phone.ts';
import { names } from '#lib/names.svelte.ts';
import { session } from '#lib/session.svelte.ts';
import type { Option, Search } from '#lib/ui/Picker.svelte';

/** How each noun is looked for in a picker, and what tells two of the same name apart. */

const employees = resource<Schemas['Employee']>('identity', 'employee', '/v1/employees', 'employees');
const leads = resource<Schemas['Lead']>('customer', 'lead', '/v1/leads', 'leads');
const customers = resource<Schemas['Customer']>('customer', 'customer', '/v1/customers', 'customers');
const contacts = resource<Schemas['Contact']>('customer', 'contact', '/v1/contacts', 'contacts');
const opportunities = resource<Schemas['Opportunity']>('sales', 'opportunity', '/v1/opportunities', 'opportunities');
const departments = resource<Schemas['Department']>('identity', 'department', '/v1/departments', 'departments');

const SHOWN = 20;

function hint(...parts: (string | undefined)[]): string {
  return parts.filter(Boolean).join(' · ');
}

function phone(phones: string[]): string {
  return showPhone(phones[0] ?? '', session.view.enterprise?.region ?? '');
}

async function findEmployees(words: string, signal: AbortSignal): Promise<Option[]> {
  const filter = 'state = ACTIVE';
  const { rows } = await employees.list({ words, filter, size: SHOWN }, signal);
  return rows.map(({ id, name, title, departmentId, employeeNumber }) => ({
    value: id,
    label: name,
    hint: hint(names.of('department', departmentId), title, employeeNumber),
    avatar: true,
  }));
}

/** The whole tree is in one answer; each department shows what it belongs to. */
async function findDepartments(words: string, signal: AbortSignal): Promise<Option[]> {
  const { rows } = await departments.list({}, signal);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return rows
    .filter(({ name, code }) => `${name} ${code}`.toLowerCase().includes(words.toLowerCase()))
    .slice(0, SHOWN)
    .map(({ id, name, parentId }) => ({ value: id, label: name, hint: parentId && byId.get(parentId)?.name }));
}

const SEARCHES: Record<string, Search> = {
  async lead(words, signal) {
    const { rows } = await leads.list({ words, size: SHOWN }, signal);
    return rows.map(({ id, name, company, number, phones }) => ({
      value: id,
      label: name,
      hint: hint(company, number, phone(phones)),
    }));
  },
  employee: findEmployees,
  department: findDepartments,
  async customer(words, signal) {
    const { rows } = await customers.list({ words, size: SHOWN }, signal);
    return rows.map(({ id, name, number, region, phones }) => ({
      value: id,
      label: name,
      hint: hint(number, region, phone(phones)),
    }));
  },
  async contact(words, signal) {
    const { rows } = await contacts.list({ words, size: SHOWN }, signal);
    return rows.map(({ id, name, title, customerId, phones }) => ({
      value: id,
      label: name,
      hint: hint(names.of('customer', customerId), title, phone(phones)),
      avatar: true,
    }));
  },
  async opportunity(words, signal) {
    const { rows } = await opportunities.list({ words, size: SHOWN }, signal);
    return rows.map(({ id, name, number, customerId }) => ({
      value: id,
      label: name,
      hint: hint(number, customerId && names.of('customer', customerId)),
    }));
  },
};

/** Options of a noun by what is typed; what it finds need not be asked for by id. */
export function recordSearch(noun: string): Search {
  const search = SEARCHES[noun];
  if (!search) throw new Error(`no picker for ${noun}`);
  return async (words, signal) => {
    const options = await search(words, signal);
    for (const { value, label } of options) names.learn(noun, value, label);
    return options;
  };
}
