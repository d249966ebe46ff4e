import type { JSONWebKeySet } from 'jose';

type Kind<T> = { parse: (text: string) => T; secret?: true; fallback?: T; describe: string };

export type Settings = Record<string, Kind<unknown>>;
export type Config<S extends Settings> = { [K in keyof S]: S[K] extends Kind<infer T> ? T : never };

export const text = (describe: string, fallback?: string): Kind<string> => ({
  parse: (value) => value,
  describe,
  ...(fallback !== undefined && { fallback }),
});

export const secret = (describe: string, fallback?: string): Kind<string> => ({
  ...text(describe, fallback),
  secret: true,
});

export const integer = (describe: string, fallback?: number): Kind<number> => ({
  parse: (value) => {
    if (!/^-?\d+$/.test(value)) throw new Error('is not a whole number');
    return Number(value);
  },
  describe,
  ...(fallback !== undefined && { fallback }),
});

export const json = <T>(describe: string, options: { secret?: true; fallback?: T } = {}): Kind<T> => ({
  parse: (value) => JSON.parse(value) as T,
  describe,
  ...options,
});

/**
 * Reads what a process needs from outside, once. Throws one error that lists everything missing or wrong, so that
 * nobody fixes variables one by one.
 */
export const readConfig = <S extends Settings>(
  settings: S,
  environment: NodeJS.ProcessEnv = process.env,
): Config<S> => {
  const wrong: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(settings)) {
    const value = environment[name];
    if (value === undefined || value === '') {
      if ('fallback' in kind) config[name] = kind.fallback;
      else wrong.push(`${name} is missing (${kind.describe})`);
      continue;
    }
    try {
      config[name] = kind.parse(value);
    } catch (error) {
      wrong.push(`${name} ${(error as Error).message} (${kind.describe})`);
    }
  }
  if (wrong.length) throw new Error(`Configuration:\n  ${wrong.join('\n  ')}`);
  return config as Config<S>;
};

/** What every process reads, whatever it does. */
export const PROCESS_SETTINGS = {
  SERVICE: text('name of the process in traces', 'pelagic'),
  OTEL_EXPORTER_OTLP_ENDPOINT: text('collector that traces go to, http://host:4318; empty sends none', ''),
  PELAGIC_SUPERVISED: text('1 ends the process when its standard input closes: set by a supervisor on one machine', ''),
  PELAGIC_CRASH_AT: text('steps at which the process kills itself, separated by commas: for tests', ''),
  PELAGIC_CRASH_MARK: text('file with the steps that it died at, so that it does so once at each: for tests', ''),
} satisfies Settings;

/** What every service reads beside its own settings. */
export const SERVICE_SETTINGS = {
  DATABASE_URL: secret('PostgreSQL, postgres://user:password@host:port/database'),
  NATS_URL: text('NATS servers, separated by commas'),
  NATS_USER: text('user of this service on the bus'),
  NATS_PASSWORD: secret('its password'),
  NATS_REPLICAS: integer('copies of each stream: 3 on a cluster of three servers', 1),
  GRPC_HOST: text('address that gRPC listens on', '127.0.0.1'),
  GRPC_PORT: integer('port that gRPC listens on'),
  ADMIN_PORT: integer('port of /livez, /readyz and /metrics; 0 takes a free one', 0),
  DRAIN_MS: integer('milliseconds between "not ready" and the first refused call', 0),
  IDENTITY_ADDRESS: text('identity, host:port'),
  SERVICE_SECRET: secret('what this service proves itself to identity with'),
  TOKEN_KEYS: json<JSONWebKeySet>('public keys of caller tokens, JWKS'),
  LOG_LEVEL: text('trace, debug, info, warn or error', 'info'),
} satisfies Settings;

/** The same for the log, secrets masked and passwords taken out of URLs. */
export const printable = (settings: Settings, config: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      settings[name]?.secret
        ? '***'
        : typeof value === 'string'
          ? value.replace(/(\/\/[^:/@]+):[^@/]+@/, '$1:***@')
          : value,
    ]),
  );
