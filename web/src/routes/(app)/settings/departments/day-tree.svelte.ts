import { api, body } from '#lib/api/client.ts';
import { Loaded } from '#lib/api/loaded.svelte.ts';
import { organisation, type Department } from '../../people/organisation.svelte.ts';
import { buildTree, findBranch, type Branch } from '../../people/tree.ts';
import { peopleOf } from '../../people/person.ts';

/** The tree as it stands on the day that the page is about. */
class DayTree {
  #date = '';
  readonly answer = new Loaded<Department[]>(async () => {
    const query = this.#date ? { onDate: this.#date } : {};
    return (await body(api.GET('/v1/departments', { params: { query } }))).departments;
  });
  readonly branches = $derived<Branch[]>(buildTree(this.answer.value ?? []));

  show(date: string): Promise<void> {
    this.#date = date;
    return this.answer.load();
  }

  branch(id: string): Branch | undefined {
    return findBranch(this.branches, id);
  }

  /** After a change: here, and wherever else the tree of today is shown. */
  async changed(): Promise<void> {
    await Promise.all([this.answer.load(), organisation.load()]);
  }
}

export const dayTree = new DayTree();

/** How many people are in a department and below it today. */
export async function countPeople(id: string): Promise<number> {
  const { rows, total } = await peopleOf(id).list({ filter: 'state != LEFT', size: 1, count: true });
  return total ?? rows.length;
}
