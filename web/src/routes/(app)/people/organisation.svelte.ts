import { api, body, type Schemas } from '#lib/api/client.ts';
import { live } from '#lib/live.ts';
import type { Choice } from '#lib/noun/field.ts';
import { buildTree, type Branch } from './tree.ts';

export type Department = Schemas['Department'];
type Role = Schemas['Role'];

/** The tree of today and the roles: small, and on every page about people, so they come once and stay current. */
class Organisation {
  #departments = $state.raw<Department[]>([]);
  #roles = $state.raw<Role[]>([]);
  #tree = $derived(buildTree(this.#departments));
  #asked = false;

  get departments(): Department[] {
    this.#want();
    return this.#departments;
  }

  get tree(): Branch[] {
    this.#want();
    return this.#tree;
  }

  get roles(): Role[] {
    this.#want();
    return this.#roles;
  }

  department(id: string): Department | undefined {
    return this.departments.find((one) => one.id === id);
  }

  /** From the top down to the department, with itself. */
  pathTo(id: string): Department[] {
    const path: Department[] = [];
    for (let at = this.department(id); at; at = at.parentId ? this.department(at.parentId) : undefined) {
      if (path.includes(at)) break;
      path.unshift(at);
    }
    return path;
  }

  roleChoices(): Choice[] {
    return this.roles.map(({ id, name }) => ({ value: id, label: name }));
  }

  departmentChoices(): Choice[] {
    return this.departments.map(({ id, name }) => ({ value: id, label: name }));
  }

  async load(): Promise<void> {
    this.#asked = true;
    const [departments, roles] = await Promise.all([body(api.GET('/v1/departments')), body(api.GET('/v1/roles'))]);
    this.#departments = departments.departments;
    this.#roles = roles.roles;
  }

  #want(): void {
    if (this.#asked) return;
    this.#asked = true;
    setTimeout(() => void this.load().catch(() => (this.#asked = false)), 0);
    live.on('department', () => this.load());
    live.on('role', () => this.load());
  }
}

export const organisation = new Organisation();
