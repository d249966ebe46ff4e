import NotebookPen from '@lucide/svelte/icons/notebook-pen';
import { NOUNS, pathOf } from '#lib/nouns.ts';
import { m } from '#lib/paraglide/messages.js';
import { session } from '#lib/session.svelte.ts';
import type { Icon } from '#lib/ui/icon.ts';

interface QuickAction {
  label: () => string;
  icon: Icon;
  path: string;
}

/** What the + makes, wherever one is. */
export function quickActions(): QuickAction[] {
  const made = NOUNS.flatMap((entry) =>
    entry.create && session.can(`${entry.noun}.create`)
      ? [{ label: entry.create, icon: entry.icon, path: `${pathOf(entry)}/new` }]
      : [],
  );
  const log = { label: m.work_log_write, icon: NotebookPen, path: '/work-logs?tab=own' };
  return session.can('work_log.write') ? [...made, log] : made;
}
