import Funnel from '@lucide/svelte/icons/funnel';
import { m } from '#lib/paraglide/messages.js';
import { session } from '#lib/session.svelte.ts';
import type { Icon } from '#lib/ui/icon.ts';

interface QuickAction {
  label: () => string;
  icon: Icon;
  path: string;
  permission: string;
}

/** What the + makes, wherever one is. */
const QUICK: QuickAction[] = [{ label: m.lead_create, icon: Funnel, path: '/leads/new', permission: 'lead.create' }];

export function quickActions(): QuickAction[] {
  return QUICK.filter(({ permission }) => session.can(permission));
}
