import ArrowRightLeft from '@lucide/svelte/icons/arrow-right-left';
import Building2 from '@lucide/svelte/icons/building-2';
import Cable from '@lucide/svelte/icons/cable';
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import CircleUser from '@lucide/svelte/icons/circle-user';
import FolderTree from '@lucide/svelte/icons/folder-tree';
import GitCommitHorizontal from '@lucide/svelte/icons/git-commit-horizontal';
import Inbox from '@lucide/svelte/icons/inbox';
import KeyRound from '@lucide/svelte/icons/key-round';
import ListChecks from '@lucide/svelte/icons/list-checks';
import Mail from '@lucide/svelte/icons/mail';
import MailWarning from '@lucide/svelte/icons/mail-warning';
import MonitorSmartphone from '@lucide/svelte/icons/monitor-smartphone';
import Network from '@lucide/svelte/icons/network';
import Scale from '@lucide/svelte/icons/scale';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import ShieldCheck from '@lucide/svelte/icons/shield-check';
import Tags from '@lucide/svelte/icons/tags';
import TextCursorInput from '@lucide/svelte/icons/text-cursor-input';
import Users from '@lucide/svelte/icons/users';
import { m } from '#lib/paraglide/messages.js';
import { session } from '#lib/session.svelte.ts';
import type { Place } from './rail.ts';

interface SettingsPlace extends Place {
  /** What one does there. */
  purpose: () => string;
}

interface SettingsGroup {
  label: () => string;
  places: SettingsPlace[];
}

/** The side navigation of the settings, in its order; the palette knows the same places. */
const GROUPS: SettingsGroup[] = [
  {
    label: m.settings_organisation,
    places: [
      {
        label: m.people_admin,
        purpose: m.people_admin_purpose,
        icon: Users,
        path: '/people',
        permission: 'employee.manage',
      },
      {
        label: m.departments,
        purpose: m.departments_purpose,
        icon: Network,
        path: '/settings/departments',
        permission: 'department.manage',
      },
    ],
  },
  {
    label: m.settings_access,
    places: [
      {
        label: m.roles,
        purpose: m.roles_purpose,
        icon: ShieldCheck,
        path: '/settings/roles',
        permission: 'role.manage',
      },
    ],
  },
  {
    label: m.settings_business,
    places: [
      {
        label: m.pipelines,
        purpose: m.pipelines_purpose,
        icon: GitCommitHorizontal,
        path: '/settings/pipelines',
        permission: 'pipeline.manage',
      },
      {
        label: m.product_categories,
        purpose: m.product_categories_purpose,
        icon: FolderTree,
        path: '/settings/product-categories',
        permission: 'product_category.manage',
      },
      {
        label: m.queues,
        purpose: m.queues_purpose,
        icon: Inbox,
        path: '/settings/queues',
        permission: 'queue.manage',
      },
      {
        label: m.fields_custom,
        purpose: m.fields_purpose,
        icon: TextCursorInput,
        path: '/settings/fields',
        permission: 'custom_field.manage',
      },
      {
        label: m.tags,
        purpose: m.tags_purpose,
        icon: Tags,
        path: '/settings/tags',
        permission: 'tag.manage',
      },
      {
        label: m.working_calendars,
        purpose: m.working_calendars_purpose,
        icon: CalendarClock,
        path: '/settings/calendars',
        permission: 'enterprise.manage',
      },
      {
        label: m.rates,
        purpose: m.rates_purpose,
        icon: ArrowRightLeft,
        path: '/settings/rates',
        permission: 'enterprise.manage',
      },
      {
        label: m.enterprise,
        purpose: m.enterprise_purpose,
        icon: Building2,
        path: '/settings/enterprise',
        permission: 'enterprise.manage',
      },
    ],
  },
  {
    label: m.settings_interfaces,
    places: [
      {
        label: m.api_keys,
        purpose: m.api_keys_purpose,
        icon: KeyRound,
        path: '/settings/api-keys',
        permission: 'api_key.manage',
      },
      {
        label: m.partners,
        purpose: m.partners_purpose,
        icon: Cable,
        path: '/settings/partners',
        permission: 'partner.manage',
      },
    ],
  },
  {
    label: m.settings_operation,
    places: [
      {
        label: m.audit,
        purpose: m.audit_purpose,
        icon: ScrollText,
        path: '/settings/audit',
        permission: 'audit_entry.read',
      },
      { label: m.jobs, purpose: m.jobs_purpose, icon: ListChecks, path: '/settings/jobs' },
      {
        label: m.mailbox,
        purpose: m.mailbox_purpose,
        icon: Mail,
        path: '/settings/mail',
        permission: 'mail.manage',
      },
      {
        label: m.parked,
        purpose: m.parked_purpose,
        icon: MailWarning,
        path: '/settings/parked',
        permission: 'parked_message.manage',
      },
      {
        label: m.reconciliation,
        purpose: m.reconciliation_purpose,
        icon: Scale,
        path: '/settings/reconciliation',
        permission: 'reconciliation.read',
      },
    ],
  },
  {
    label: m.settings_mine,
    places: [
      { label: m.profile_title, purpose: m.profile_purpose, icon: CircleUser, path: '/settings/profile' },
      { label: m.sessions, purpose: m.sessions_purpose, icon: MonitorSmartphone, path: '/settings/sessions' },
    ],
  },
];

/** What this person may open. */
export function settingsGroups(): SettingsGroup[] {
  return GROUPS.map((group) => ({
    ...group,
    places: group.places.filter(({ permission }) => !permission || session.can(permission)),
  })).filter(({ places }) => places.length > 0);
}

export function settingsPlaces(): SettingsPlace[] {
  return settingsGroups().flatMap(({ places }) => places);
}

/** Whether the page at this path is one that the person may open: the address can be typed. */
export function maySettings(pathname: string): boolean {
  const place = GROUPS.flatMap(({ places }) => places).find(({ path }) => pathname.startsWith(path));
  return !place?.permission || session.can(place.permission);
}
