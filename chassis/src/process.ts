import type { JSONWebKeySet } from 'jose';
import { openBroker, type Broker } from './broker.ts';
import { integer, json, printable, readConfig, secret, text, type Config, type Settings } from './config.ts';
import { connectIdentity, type Identity } from './identify.ts';
import { createLog, type Log } from './log.ts';

/** What every service needs from outside. A service adds its own to these. */
export const COMMON_SETTINGS = {
  DATABASE_URL: secret('PostgreSQL, postgres://user:password@host:port/database'),
  NATS_URL: text('NATS servers, separated by commas'),
  NATS_USER: text('user of this service on the bus'),
  NATS_PASSWORD: secret('its password'),
  GRPC_HOST: text('address that gRPC listens on', '127.0.0.1'),
  GRPC_PORT: integer('port that gRPC listens on'),
  ADMIN_PORT: integer('port of /livez, /readyz and /metrics', 0),
  IDENTITY_ADDRESS: text('identity, host:port'),
  SERVICE_SECRET: secret('what this service proves itself to identity with'),
  TOKEN_KEYS: json<JSONWebKeySet>('public keys of caller tokens, JWKS'),
  LOG_LEVEL: text('trace, debug, info, warn or error', 'info'),
} satisfies Settings;

export type Process<S extends Settings> = {
  config: Config<typeof COMMON_SETTINGS> & Config<S>;
  log: Log;
  broker: Broker;
  identity: Identity;
};

/** Reads the configuration, prints it masked, and makes what every service begins with. `--check` stops after that. */
export const startProcess = <S extends Settings>(service: string, settings: S): Process<S> => {
  const all = { ...COMMON_SETTINGS, ...settings };
  const config = readConfig(all) as unknown as Config<typeof COMMON_SETTINGS> & Config<S>;
  const log = createLog(service, config.LOG_LEVEL);
  log.info({ config: printable(all, config) }, `${service} starts`);
  if (process.argv.includes('--check')) process.exit(0);
  const broker = openBroker({ url: config.NATS_URL, user: config.NATS_USER, password: config.NATS_PASSWORD, log });
  const identity = connectIdentity({
    service,
    secret: config.SERVICE_SECRET,
    identityAddress: config.IDENTITY_ADDRESS,
    tokenKeys: config.TOKEN_KEYS,
  });
  return { config, log, broker, identity };
};
