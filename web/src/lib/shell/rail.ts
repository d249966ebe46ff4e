import BookUser from '@lucide/svelte/icons/book-user';
import CalendarDays from '@lucide/svelte/icons/calendar-days';
import ChartColumn from '@lucide/svelte/icons/chart-column';
import DatabaseSearch from '@lucide/svelte/icons/database-search';
import FileInput from '@lucide/svelte/icons/file-input';
import House from '@lucide/svelte/icons/house';
import MailQuestion from '@lucide/svelte/icons/mail-question-mark';
import NotebookPen from '@lucide/svelte/icons/notebook-pen';
import Settings from '@lucide/svelte/icons/settings';
import Stamp from '@lucide/svelte/icons/stamp';
import { NOUNS, pathOf, type NounEntry } from '#lib/nouns.ts';
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

type NounArea = NonNullable<NounEntry['rail']>['area'];

const nounPlaces = (area: NounArea): Place[] =>
  NOUNS.flatMap((entry) =>
    entry.rail?.area === area
      ? [{ ...entry.rail, icon: entry.icon, path: pathOf(entry), permission: `${entry.noun}.read` }]
      : [],
  );

/** Every place of the product, in the order of the rail. */
const AREAS: Area[] = [
  { places: [{ label: m.workbench, icon: House, path: '/', thumb: true }] },
  { label: m.area_customers, places: nounPlaces('customers') },
  { label: m.area_sales, places: nounPlaces('sales') },
  {
    label: m.area_marketing,
    places: [
      ...nounPlaces('marketing'),
      { label: m.lead_forms, icon: FileInput, path: '/forms', permission: 'lead_form.manage' },
    ],
  },
  {
    label: m.area_office,
    places: [
      { label: m.calendar, icon: CalendarDays, path: '/calendar', permission: 'schedule.read' },
      ...nounPlaces('office'),
      { label: m.work_logs, icon: NotebookPen, path: '/work-logs', permission: 'work_log.read' },
      { label: m.approvals, icon: Stamp, path: '/approvals' },
    ],
  },
  {
    label: m.area_service,
    places: [
      ...nounPlaces('service'),
      {
        label: m.ticket_submissions,
        icon: MailQuestion,
        path: '/ticket-submissions',
        permission: 'ticket_submission.review',
      },
    ],
  },
  {
    places: [
      { label: m.analytics, icon: ChartColumn, path: '/analytics', permission: 'analytics.read' },
      { label: m.sql_query, icon: DatabaseSearch, path: '/analytics/sql', permission: 'analytics.query' },
    ],
  },
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

const holds = ({ path }: Pick<Place, 'path'>, pathname: string): boolean =>
  path === '/' ? pathname === '/' : pathname === path || pathname.startsWith(`${path}/`);

/** The deepest of the places that hold the page. */
export function isHere(place: Pick<Place, 'path'>, pathname: string): boolean {
  const within = AREAS.flatMap((area) => area.places).filter((each) => each.path.startsWith(`${place.path}/`));
  return holds(place, pathname) && !within.some((each) => holds(each, pathname));
}
