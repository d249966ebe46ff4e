import { join } from 'node:path';
import { postgresUrl } from './engines/postgres.ts';
import { partsOf } from './paths.ts';
import { LOOPBACK } from './ports.ts';
import { ENGINE_OFFSETS, type ProcessDefinition } from './processes.ts';
import { deliverySecrets, hashedServiceSecrets, partnerSecrets, tokenKeys, type Secrets } from './secrets.ts';

export interface Surroundings {
  dataDir: string;
  basePort: number;
  secrets: Secrets;
  processes: ProcessDefinition[];
}

/** Variables of the shell that reach the processes; `OTEL_*` does too. Everything else is left out: a run must not depend on who started it. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS', 'LOG_LEVEL'];

export function publicUrl(basePort: number): string {
  return `http://localhost:${basePort}`;
}

/** Where Node keeps code that it has compiled. */
export const compileCache = (dataDir: string): string =>
  process.env['NODE_COMPILE_CACHE'] ?? join(partsOf(dataDir).cache, 'node');

/** What everyone gets: the shell's part, and where the services are. */
export function sharedEnvironment({ basePort, dataDir, processes, secrets }: Surroundings): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => INHERITED.includes(name) || name.startsWith('OTEL_'),
  );
  const addresses = processes
    .filter(({ speaks }) => speaks === 'grpc')
    .map(({ name, offset }) => [`${name.toUpperCase()}_ADDRESS`, `${LOOPBACK}:${basePort + offset}`]);
  return {
    LOG_LEVEL: 'info',
    ...Object.fromEntries(inherited),
    ...Object.fromEntries(addresses),
    PUBLIC_URL: publicUrl(basePort),
    TOKEN_KEYS: JSON.stringify(tokenKeys(secrets.signingKey)),
    NODE_COMPILE_CACHE: compileCache(dataDir),
  };
}

/** The whole environment of one process. */
export function environmentOf(definition: ProcessDefinition, around: Surroundings): Record<string, string> {
  const { name } = definition;
  return {
    ...sharedEnvironment(around),
    SERVICE: name,
    PELAGIC_SUPERVISED: '1',
    SERVICE_SECRET: secretOf(around.secrets.services, name),
    ...listening(definition, around),
    ...(definition.hasDatabase && storage(name, around)),
    ...(definition.bus !== 'none' && onTheBus(name, around)),
    ...particulars(name, around),
  };
}

function listening(definition: ProcessDefinition, { basePort }: Surroundings): Record<string, string> {
  const port = String(basePort + definition.offset);
  return {
    ...(definition.speaks === 'grpc' && { GRPC_HOST: LOOPBACK, GRPC_PORT: port }),
    ...(definition.speaks === 'http' && { HOST: LOOPBACK, PORT: port }),
    ...(definition.hasAdmin && { ADMIN_PORT: String(adminPort(definition, basePort)) }),
  };
}

function storage(name: string, { basePort, dataDir, secrets }: Surroundings): Record<string, string> {
  const port = basePort + ENGINE_OFFSETS.postgres;
  const password = secretOf(secrets.databases, name);
  return {
    DATABASE_URL: postgresUrl({ port, user: name, password, database: name }),
    FILES_DIR: join(partsOf(dataDir).files, name),
    FILES_URL: process.env['PELAGIC_FILES_URL'] ?? '',
  };
}

function onTheBus(name: string, { basePort, secrets }: Surroundings): Record<string, string> {
  return {
    NATS_URL: `nats://${LOOPBACK}:${basePort + ENGINE_OFFSETS.nats}`,
    NATS_USER: name,
    NATS_PASSWORD: secretOf(secrets.bus, name),
  };
}

/** What only one process gets. */
function particulars(name: string, { basePort, dataDir, secrets, processes }: Surroundings): Record<string, string> {
  switch (name) {
    case 'identity':
      return {
        SIGNING_KEY: JSON.stringify(secrets.signingKey),
        SERVICE_SECRETS: JSON.stringify(hashedServiceSecrets(secrets)),
        ...partnerSecrets(secrets),
        WEBHOOK_ALLOW: process.env['PELAGIC_WEBHOOK_ALLOW'] ?? '',
      };
    case 'office':
    case 'ticket':
      return { SMTP_URL: process.env['PELAGIC_SMTP_URL'] ?? '', MAIL_FROM: process.env['PELAGIC_MAIL_FROM'] ?? '' };
    case 'analytics':
      return { CLICKHOUSE_URL: '', CLICKHOUSE_DIR: partsOf(dataDir).clickhouse };
    case 'gateway': {
      const web = processes.find((each) => each.name === 'web');
      return web ? { WEB_ADDRESS: `${LOOPBACK}:${basePort + web.offset}` } : {};
    }
    case 'delivery':
      return { ...deliverySecrets(secrets), WEBHOOK_ALLOW: process.env['PELAGIC_WEBHOOK_ALLOW'] ?? '' };
    case 'web':
      return { ORIGIN: publicUrl(basePort) };
    default:
      return {};
  }
}

export function adminPort(definition: ProcessDefinition, basePort: number): number {
  return basePort + definition.offset + 1;
}

/** Every port of a run, with what it is for. */
export function portsOf({ basePort, processes }: Pick<Surroundings, 'basePort' | 'processes'>): Map<number, string> {
  const ports = new Map<number, string>([
    [basePort + ENGINE_OFFSETS.postgres, 'PostgreSQL'],
    [basePort + ENGINE_OFFSETS.nats, 'NATS'],
    [basePort + ENGINE_OFFSETS.natsMonitor, 'NATS monitor'],
  ]);
  for (const each of processes) {
    ports.set(basePort + each.offset, each.name);
    if (each.hasAdmin) ports.set(adminPort(each, basePort), `${each.name} admin`);
  }
  return ports;
}

function secretOf(secrets: Record<string, string>, name: string): string {
  const secret = secrets[name];
  if (secret === undefined) throw new Error(`no secret for ${name}`);
  return secret;
}
