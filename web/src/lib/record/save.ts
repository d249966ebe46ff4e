import { asProblem } from '#lib/api/problem.ts';
import type { Resource, Stored } from '#lib/api/resource.ts';
import { readField, sameValue, wrapField, type Field } from '#lib/noun/field.ts';
import { changeTags } from '#lib/tag/change-tags.ts';
import { openModal } from '#lib/ui/modal.svelte.ts';
import Conflict from './Conflict.svelte';
import { savedSince } from './overtaken.ts';

/** One field that two people changed. */
export interface Clash {
  field: Field;
  theirs: unknown;
  mine: unknown;
  /** Who saved theirs, and when, where it can be told. */
  by?: { actorId: string; time: string } | undefined;
}

/** What somebody types into a record: the field and its new value. */
export interface Edit {
  field: Field;
  value: unknown;
}

/**
 * Saves edits against the version that the person saw. When somebody saved first: what they left alone is saved on top
 * of theirs; what both changed is shown, theirs and mine. Undefined when the person keeps theirs everywhere.
 * Throws the Problem of a refusal.
 */
export async function saveEdits<T extends Stored>(
  resource: Resource<T>,
  seen: T,
  edits: Edit[],
): Promise<T | undefined> {
  try {
    return await write(resource, seen, edits);
  } catch (error) {
    if (!asProblem(error).isConflict) throw error;
    return resolveConflict(resource, seen, edits);
  }
}

async function resolveConflict<T extends Stored>(
  resource: Resource<T>,
  seen: T,
  edits: Edit[],
): Promise<T | undefined> {
  const [current, since] = await Promise.all([resource.get(seen.id), savedSince(resource, seen)]);
  const clashes = edits.flatMap(({ field, value }) => {
    const theirs = readField(current, field);
    const both = !sameValue(theirs, readField(seen, field)) && !sameValue(theirs, value);
    const change = since.find(({ changes }) => changes.some((changed) => changed.field === field.key));
    const by = change?.actorId && change.time ? { actorId: change.actorId, time: change.time } : undefined;
    return both ? [{ field, theirs, mine: value, by }] : [];
  });
  if (clashes.length === 0) return saveEdits(resource, current, edits);
  const mine = await openModal(Conflict, { clashes });
  const clashing = new Set(clashes.map(({ field }) => field.key));
  const kept = edits.filter(({ field }) => !clashing.has(field.key) || mine?.has(field.key));
  return mine && kept.length > 0 ? saveEdits(resource, current, kept) : current;
}

/** Tags go as what is put on and taken off, on top of what others did; the rest against the version that was seen. */
async function write<T extends Stored>(resource: Resource<T>, seen: T, edits: Edit[]): Promise<T> {
  const tagging = edits.find(({ field }) => field.key === 'tagIds');
  const others = edits.filter((edit) => edit !== tagging);
  const saved = others.length > 0 ? await resource.update(seen.id, toFields(others), seen.version) : seen;
  if (!tagging) return saved;
  const [before, after] = [readField(seen, tagging.field), tagging.value].map((ids) => (ids ?? []) as string[]);
  await changeTags(resource, seen.id, before!, after!);
  return resource.get(seen.id);
}

function toFields(edits: Edit[]): Record<string, unknown> {
  return Object.fromEntries(edits.map(({ field, value }) => [field.key, wrapField(field, value)]));
}
