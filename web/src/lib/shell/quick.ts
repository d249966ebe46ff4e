import Building from '@lucide/svelte/icons/building';
import ContactRound from '@lucide/svelte/icons/contact-round';
import Funnel from '@lucide/svelte/icons/funnel';
import Handshake from '@lucide/svelte/icons/handshake';
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
const QUICK: QuickAction[] = [
  { label: m.lead_create, icon: Funnel, path: '/leads/new', permission: 'lead.create' },
  { label: m.customer_create, icon: Building, path: '/customers/new', permission: 'customer.create' },
  { label: m.contact_create, icon: ContactRound, path: '/contacts/new', permission: 'contact.create' },
  { label: m.opportunity_create, icon: Handshake, path: '/opportunities/new', permission: 'opportunity.create' },
];

export function quickActions(): QuickAction[] {
  return QUICK.filter(({ permission }) => session.can(permission));
}
