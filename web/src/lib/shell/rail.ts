import BookUser from '@lucide/svelte/icons/book-user';
import Building from '@lucide/svelte/icons/building';
import ChartColumn from '@lucide/svelte/icons/chart-column';
import ContactRound from '@lucide/svelte/icons/contact-round';
import Funnel from '@lucide/svelte/icons/funnel';
import Handshake from '@lucide/svelte/icons/handshake';
import House from '@lucide/svelte/icons/house';
import Settings from '@lucide/svelte/icons/settings';
import { m } from '#lib/paraglide/messages.js';
import { session } from '#lib/session.svelte.ts';
import type { Icon } from '#lib/ui/icon.ts';

export interface Place {
  label: () => string;
  icon: Icon;
  path: string;
  /** Who may open it; everybody when absent. */
  permission?: string;
  /** Among the places at the foot of a phone. */
  thumb?: boolean;
}

interface Area {
  label?: () => string;
  places: Place[];
}

/** Every place of the product, in the order of the rail. */
const AREAS: Area[] = [
  { places: [{ label: m.workbench, icon: House, path: '/', thumb: true }] },
  {
    label: m.area_customers,
    places: [
      { label: m.leads, icon: Funnel, path: '/leads', permission: 'lead.read', thumb: true },
      { label: m.customers, icon: Building, path: '/customers', permission: 'customer.read', thumb: true },
      { label: m.contacts, icon: ContactRound, path: '/contacts', permission: 'contact.read' },
    ],
  },
  {
    label: m.area_sales,
    places: [
      { label: m.opportunities, icon: Handshake, path: '/opportunities', permission: 'opportunity.read', thumb: true },
    ],
  },
  { places: [{ label: m.analytics, icon: ChartColumn, path: '/analytics', permission: 'analytics.read' }] },
  {
    places: [
      { label: m.people, icon: BookUser, path: '/people' },
      { label: m.settings, icon: Settings, path: '/settings' },
    ],
  },
];

/** What this person may open. */
export function areas(): Area[] {
  return AREAS.map((area) => ({
    ...area,
    places: area.places.filter(({ permission }) => !permission || session.can(permission)),
  })).filter(({ places }) => places.length > 0);
}

export function places(): Place[] {
  return areas().flatMap((area) => area.places);
}

export function isHere(place: Place, pathname: string): boolean {
  return place.path === '/' ? pathname === '/' : pathname === place.path || pathname.startsWith(`${place.path}/`);
}
