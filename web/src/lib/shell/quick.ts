import { NOUNS, pathOf } from '#lib/nouns.ts';
import { session } from '#lib/session.svelte.ts';
import type { Icon } from '#lib/ui/icon.ts';

interface QuickAction {
  label: () => string;
  icon: Icon;
  path: string;
}

/** What the + makes, wherever one is. */
export function quickActions(): QuickAction[] {
  return NOUNS.flatMap((entry) =>
    entry.create && session.can(`${entry.noun}.create`)
      ? [{ label: entry.create, icon: entry.icon, path: `${pathOf(entry)}/new` }]
      : [],
  );
}
