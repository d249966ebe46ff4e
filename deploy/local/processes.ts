/** What runs, besides the engines. A new service is one entry here. */
export interface ProcessDefinition {
  name: string;
  /** What Node runs, from the root of the repository; for the web, from the folder of its build. */
  entry: string;
  /** A service speaks gRPC; the gateway and the web speak HTTP; the delivery to partners is heard on the bus alone. */
  speaks: 'grpc' | 'http' | 'bus';
  /** Distance of its port from the base port; the one after it is its admin port (`/livez`, `/readyz`, `/metrics`). */
  offset: number;
  /** False when it has no admin port: then it is ready once it answers HTTP. */
  hasAdmin: boolean;
  /** True for an owner of a PostgreSQL database of its own name. */
  hasDatabase: boolean;
  /** What it does on the bus. */
  bus: 'publishes' | 'listens' | 'none';
  /**
   * Its standing consumers, without the name of the process before them: it can read through these and no others. Absent
   * for who reads through passing ones, under names of the moment.
   */
  durables?: string[];
  /** Limit of its JavaScript heap in MB: far above need, low enough that garbage does not pile up on a large machine. */
  heapMb: number;
}

const service = { speaks: 'grpc', hasAdmin: true, hasDatabase: true, bus: 'publishes', heapMb: 512 } as const;

/** What every service keeps of identity's nouns, and the move of records with their owners. */
const DIRECTORY = [
  'directory-employee',
  'directory-department',
  'directory-enterprise',
  'directory-exchange_rate',
  'follow-owner',
];

export const PROCESSES: ProcessDefinition[] = [
  { ...service, name: 'identity', entry: 'services/identity/src/main.ts', offset: 10, heapMb: 256, durables: [] },
  {
    ...service,
    name: 'customer',
    entry: 'services/customer/src/main.ts',
    offset: 20,
    durables: [
      ...DIRECTORY,
      'opportunity-subjects',
      'contracts',
      'tickets',
      'timeline',
      'timeline-sales',
      'timeline-contracts',
      'timeline-tickets',
      'lead-intake',
    ],
  },
  {
    ...service,
    name: 'sales',
    entry: 'services/sales/src/main.ts',
    offset: 30,
    durables: [...DIRECTORY, 'customer', 'contract-approvals'],
  },
  { ...service, name: 'marketing', entry: 'services/marketing/src/main.ts', offset: 60, durables: [...DIRECTORY] },
  {
    ...service,
    name: 'office',
    entry: 'services/office/src/main.ts',
    offset: 50,
    durables: [
      ...DIRECTORY,
      'reporting-department',
      'reporting-role',
      'reporting-employee',
      'activity',
      'working_calendar',
      'contract-approvals',
      'leaving-approvers',
      'handed-customer',
      'handed-sales',
      'handed-marketing',
      'handed-ticket',
      'overdue-instalments',
      'ticket-messages',
      'comments-customer',
      'comments-sales',
      'comments-marketing',
      'comments-ticket',
      'comments-office',
    ],
  },
  {
    ...service,
    name: 'ticket',
    entry: 'services/ticket/src/main.ts',
    offset: 70,
    durables: [...DIRECTORY, 'customer', 'working_calendar'],
  },
  { ...service, name: 'analytics', entry: 'analytics/src/main.ts', offset: 40 },
  {
    name: 'gateway',
    entry: 'gateway/src/main.ts',
    speaks: 'http',
    offset: 0,
    hasAdmin: true,
    hasDatabase: false,
    bus: 'listens',
    heapMb: 256,
  },
  {
    name: 'delivery',
    entry: 'gateway/src/partners/main.ts',
    speaks: 'bus',
    offset: 80,
    hasAdmin: true,
    hasDatabase: false,
    bus: 'listens',
    heapMb: 192,
  },
  {
    name: 'web',
    entry: 'index.js',
    speaks: 'http',
    offset: 2,
    hasAdmin: false,
    hasDatabase: false,
    bus: 'none',
    heapMb: 192,
  },
];

const named = (those: ProcessDefinition[]): string[] => those.map(({ name }) => name);

/** The services: each owns its nouns and tells of them on a stream of its own. */
export const SERVICES: string[] = named(PROCESSES.filter(({ entry }) => entry.startsWith('services/')));

/** The services whose records people keep, with an owner and all that can be done with many of them. */
export const RECORD_SERVICES: string[] = SERVICES.filter((name) => name !== 'identity');

/** All that answers and counts, without pages for browsers. */
export const WITHOUT_PAGES: string[] = named(PROCESSES.filter(({ name }) => name !== 'web'));

/** Distances of the engines' ports from the base port. */
export const ENGINE_OFFSETS = { postgres: 3, nats: 4, natsMonitor: 5 } as const;
