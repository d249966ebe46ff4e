import type { Stored } from '#lib/api/resource.ts';
import { live } from '#lib/live.ts';
import type { Noun } from '#lib/noun/noun.ts';
import { Rows } from './rows.svelte.ts';

/**
 * Rows outlive their page: coming back from a record, the list stands as it was left, at the same place.
 * What changed meanwhile is remembered and fetched then.
 */
interface Kept {
  rows: Rows<never>;
  query: string;
  shown: boolean;
  changed: Set<string>;
  gone: Set<string>;
  missed: boolean;
}

const lists = new Map<string, Kept>();

function keep<T extends Stored>(noun: Noun<T>): Kept {
  const kept: Kept = {
    rows: new Rows(noun.resource) as unknown as Rows<never>,
    query: '',
    shown: false,
    changed: new Set(),
    gone: new Set(),
    missed: false,
  };
  live.on(noun.resource.noun, (change) => {
    if (kept.shown) return void kept.rows.follow(change);
    for (const id of change.changed) kept.changed.add(id);
    for (const id of change.gone) kept.gone.add(id);
    kept.missed ||= change.missed;
  });
  return kept;
}

function keptOf<T extends Stored>(noun: Noun<T>): Kept {
  const kept = lists.get(noun.path) ?? keep(noun);
  lists.set(noun.path, kept);
  return kept;
}

export function rowsOf<T extends Stored>(noun: Noun<T>): Rows<T> {
  return keptOf(noun).rows as unknown as Rows<T>;
}

/** Brings the rows to what the URL asks for; returns what to do when the page goes. */
export function showRows<T extends Stored>(noun: Noun<T>, query: string, open: (rows: Rows<T>) => unknown): () => void {
  const kept = keptOf(noun);
  kept.shown = true;
  if (kept.query !== query || kept.rows.problem) {
    kept.query = query;
    kept.rows.scrollTop = 0;
    open(kept.rows as unknown as Rows<T>);
  } else if (kept.missed || kept.changed.size > 0 || kept.gone.size > 0) {
    void kept.rows.follow({ changed: [...kept.changed], gone: [...kept.gone], missed: kept.missed });
  }
  kept.changed.clear();
  kept.gone.clear();
  kept.missed = false;
  return () => (kept.shown = false);
}
