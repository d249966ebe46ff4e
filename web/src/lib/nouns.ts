import Banknote from '@lucide/svelte/icons/banknote';
import BookUser from '@lucide/svelte/icons/book-user';
import Building from '@lucide/svelte/icons/building';
import CalendarDays from '@lucide/svelte/icons/calendar-days';
import CircleDot from '@lucide/svelte/icons/circle-dot';
import ContactRound from '@lucide/svelte/icons/contact-round';
import FileSignature from '@lucide/svelte/icons/file-signature';
import Funnel from '@lucide/svelte/icons/funnel';
import Handshake from '@lucide/svelte/icons/handshake';
import LifeBuoy from '@lucide/svelte/icons/life-buoy';
import ListTodo from '@lucide/svelte/icons/list-todo';
import Megaphone from '@lucide/svelte/icons/megaphone';
import Package from '@lucide/svelte/icons/package';
import Phone from '@lucide/svelte/icons/phone';
import Target from '@lucide/svelte/icons/target';
import type { Service } from '#lib/api/client.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import type { Icon } from '#lib/ui/icon.ts';

/** What the rest of the interface must know of a noun: rail, palette, the +, pickers, and names of what refers to it. */
export interface NounEntry {
  noun: string;
  service: Service;
  /** Plural as in the route of the API and of the pages: /v1/leads, /leads. */
  plural: string;
  icon: Icon;
  label: () => string;
  /** Field that it goes by, when it has no name. */
  called?: string;
  /** Fields that tell two of the same name apart. */
  tells: string[];
  /** Deleted records lie in a recycle bin, where they can be read. */
  bin?: boolean;
  /** Pages that are not at /plural; '' when a record has none. */
  path?: string;
  /** In the rail, under this heading. */
  rail?: { area: 'customers' | 'sales' | 'marketing' | 'office' | 'service'; label: () => string; thumb?: boolean };
  /** People put tags on it. */
  tagged?: true;
  /** Takes fields of the enterprise's own. */
  custom?: true;
  /** Under the +. */
  create?: () => string;
}

/** Every noun. A new one is an entry here, and its pages. */
export const NOUNS: readonly NounEntry[] = [
  {
    noun: 'lead',
    service: 'customer',
    tagged: true,
    plural: 'leads',
    icon: Funnel,
    label: m.lead,
    tells: ['company', 'number', 'phones'],
    bin: true,
    rail: { area: 'customers', label: m.leads, thumb: true },
    custom: true,
    create: m.lead_create,
  },
  {
    noun: 'customer',
    service: 'customer',
    tagged: true,
    plural: 'customers',
    icon: Building,
    label: m.customer,
    tells: ['number', 'region', 'phones'],
    bin: true,
    rail: { area: 'customers', label: m.customers, thumb: true },
    custom: true,
    create: m.customer_create,
  },
  {
    noun: 'contact',
    service: 'customer',
    tagged: true,
    plural: 'contacts',
    icon: ContactRound,
    label: m.contact,
    tells: ['customerId', 'title', 'phones'],
    bin: true,
    rail: { area: 'customers', label: m.contacts },
    custom: true,
    create: m.contact_create,
  },
  {
    noun: 'opportunity',
    service: 'sales',
    tagged: true,
    plural: 'opportunities',
    icon: Handshake,
    label: m.opportunity,
    tells: ['number', 'customerId'],
    bin: true,
    rail: { area: 'sales', label: m.opportunities, thumb: true },
    custom: true,
    create: m.opportunity_create,
  },
  {
    noun: 'contract',
    service: 'sales',
    tagged: true,
    plural: 'contracts',
    icon: FileSignature,
    label: m.contract,
    tells: ['number', 'customerId'],
    bin: true,
    rail: { area: 'sales', label: m.contracts },
    custom: true,
    create: m.contract_create,
  },
  {
    noun: 'receipt',
    service: 'sales',
    tagged: true,
    plural: 'receipts',
    icon: Banknote,
    label: m.receipt,
    called: 'number',
    tells: ['contractId', 'receiveDate'],
    rail: { area: 'sales', label: m.receipts },
    create: m.receipt_create,
  },
  {
    noun: 'target',
    service: 'sales',
    plural: 'targets',
    icon: Target,
    label: m.target,
    called: 'month',
    tells: ['ownerId', 'departmentId'],
    rail: { area: 'sales', label: m.targets },
  },
  {
    noun: 'product',
    service: 'sales',
    plural: 'products',
    icon: Package,
    label: m.product,
    tells: ['sku', 'number'],
    bin: true,
    rail: { area: 'sales', label: m.products },
    custom: true,
  },
  {
    noun: 'campaign',
    service: 'marketing',
    tagged: true,
    plural: 'campaigns',
    icon: Megaphone,
    label: m.campaign,
    tells: ['number', 'startDate'],
    bin: true,
    rail: { area: 'marketing', label: m.campaigns },
    custom: true,
    create: m.campaign_create,
  },
  {
    noun: 'task',
    service: 'office',
    tagged: true,
    plural: 'tasks',
    icon: ListTodo,
    label: m.task,
    tells: ['number', 'dueDate'],
    bin: true,
    rail: { area: 'office', label: m.tasks },
    custom: true,
    create: m.task_create,
  },
  {
    noun: 'schedule',
    service: 'office',
    tagged: true,
    plural: 'schedules',
    icon: CalendarDays,
    label: m.schedule,
    tells: ['place'],
    bin: true,
    custom: true,
    create: m.schedule_create,
  },
  {
    noun: 'ticket',
    service: 'ticket',
    tagged: true,
    plural: 'tickets',
    icon: LifeBuoy,
    label: m.ticket,
    tells: ['number', 'customerId'],
    bin: true,
    rail: { area: 'service', label: m.tickets },
    custom: true,
    create: m.ticket_create,
  },
  {
    noun: 'employee',
    service: 'identity',
    plural: 'employees',
    icon: BookUser,
    label: m.employee,
    tells: ['departmentId', 'title', 'employeeNumber'],
    path: '/people',
  },
  {
    noun: 'activity',
    service: 'customer',
    tagged: true,
    plural: 'activities',
    icon: Phone,
    label: m.activity,
    tells: [],
    path: '',
  },
];

/** The services whose records have owners. */
export const RECORD_SERVICES: readonly Service[] = [
  ...new Set(NOUNS.map(({ service }) => service).filter((service) => service !== 'identity')),
];

/** Every service of people's nouns. */
export const SERVICES: readonly Service[] = [...RECORD_SERVICES, 'identity'];

/** The nouns that take fields of the enterprise's own. */
export const CUSTOM_NOUNS: readonly NounEntry[] = NOUNS.filter(({ custom }) => custom);

/** The services that keep a list of tags. */
export const TAG_SERVICES: readonly Service[] = [
  ...new Set(NOUNS.filter(({ tagged }) => tagged).map(({ service }) => service)),
];

const BY_NOUN = new Map(NOUNS.map((entry) => [entry.noun, entry]));

export function pathOf({ path, plural }: NounEntry): string {
  return path ?? `/${plural}`;
}

export const isTagged = (noun: string): boolean => BY_NOUN.get(noun)?.tagged === true;

export function recordPath(noun: string, id: string): string | undefined {
  const entry = BY_NOUN.get(noun);
  const path = entry && pathOf(entry);
  return path ? `${path}/${id}` : undefined;
}

/** Where its deleted records lie. */
export function binPath(noun: string): string | undefined {
  const entry = BY_NOUN.get(noun);
  return entry?.bin ? `${pathOf(entry)}?deleted=1` : undefined;
}

export function nounIcon(noun: string): Icon {
  return BY_NOUN.get(noun)?.icon ?? CircleDot;
}

export function nounLabel(noun: string): string {
  return BY_NOUN.get(noun)?.label() ?? noun;
}

/** Of many: what a count is of. */
export function nounPlural(noun: string): string {
  return BY_NOUN.get(noun)?.rail?.label() ?? nounLabel(noun);
}

/** The noun inside a sentence: English writes it small there. */
export function nounWithin(noun: string): string {
  return getLocale() === 'en' ? nounLabel(noun).toLowerCase() : nounLabel(noun);
}

/** Of many, inside a sentence. */
export function pluralOf(noun: string): string {
  return getLocale() === 'en' ? nounPlural(noun).toLowerCase() : nounPlural(noun);
}
