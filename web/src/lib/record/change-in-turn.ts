import { asProblem } from '#lib/api/problem.ts';
import type { Stored } from '#lib/api/resource.ts';
import type { Noun } from '#lib/noun/noun.ts';
import { sayProblem } from '#lib/ui/toast.svelte.ts';
import { saved } from './done.ts';

/** By record: the change that is on its way, and the record that it leaves. */
const turns = new Map<string, Promise<Stored | undefined>>();

/**
 * Ticks and additions in a list of one record. They go one after another, each made from what the one before left: two
 * quick ticks are two changes, and no quarrel with oneself. `edit` says what to do, not how the whole has to look, so it
 * also goes on top of what others saved meanwhile. A refusal is said.
 */
export async function changeInTurn<T extends Stored>(
  noun: Noun<T>,
  record: T,
  edit: (now: T) => Partial<T>,
  text: string,
): Promise<void> {
  const before = turns.get(record.id);
  const turn = (async () => {
    const left = (await before) as T | undefined;
    try {
      const changed = await apply(noun, left && left.version > record.version ? left : record, edit);
      await saved(noun, changed, text);
      return changed;
    } catch (error) {
      sayProblem(error);
      return left;
    }
  })();
  turns.set(record.id, turn);
  await turn;
  if (turns.get(record.id) === turn) turns.delete(record.id);
}

async function apply<T extends Stored>({ resource }: Noun<T>, now: T, edit: (now: T) => Partial<T>): Promise<T> {
  try {
    return await resource.update(now.id, edit(now), now.version);
  } catch (error) {
    if (!asProblem(error).isConflict) throw error;
    const current = await resource.get(now.id);
    return resource.update(current.id, edit(current), current.version);
  }
}
