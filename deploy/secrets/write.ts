import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { natsAccounts } from '../local/engines/nats.ts';
import { PROCESSES } from '../local/processes.ts';
import {
  deliverySecrets,
  hashedServiceSecrets,
  loadSecrets,
  partnerDoor,
  partnerSecrets,
  tokenKeys,
  type Secrets,
} from '../local/secrets.ts';
import { natsUsers } from '../local/specs.ts';

export type Stores = {
  /** host:port */
  postgres: string;
  /** http://host:port, without user and database. Empty when the engine runs inside analytics. */
  clickhouse: string;
  /** Before the name of each Kubernetes Secret. */
  prefix: string;
};

const CLICKHOUSE = 'clickhouse';

/** What is secret in the environment of one process. */
export const secretsOf = (name: string, secrets: Secrets, { postgres, clickhouse }: Stores): Record<string, string> => {
  const { hasDatabase = false, bus = 'none' } = PROCESSES.find((each) => each.name === name) ?? {};
  const url = clickhouse && new URL('/pelagic', clickhouse);
  if (url) Object.assign(url, { username: 'pelagic', password: secrets.databases[CLICKHOUSE] });
  return {
    ...(bus !== 'none' && { NATS_PASSWORD: secrets.bus[name]! }),
    ...(hasDatabase && {
      DATABASE_URL: `postgres://${name}:${secrets.databases[name]}@${postgres}/${name}`,
      SERVICE_SECRET: secrets.services[name]!,
    }),
    ...(name === 'identity' && {
      SIGNING_KEY: JSON.stringify(secrets.signingKey),
      SERVICE_SECRETS: JSON.stringify(hashedServiceSecrets(secrets)),
      ...partnerSecrets(secrets),
    }),
    ...(name === 'delivery' && { SERVICE_SECRET: secrets.services[name]!, ...deliverySecrets(secrets) }),
    ...(name === 'analytics' && url && { CLICKHOUSE_URL: url.href }),
  };
};

/** A role and a database of the same name for each owner, which nobody else may open. Run by psql as a superuser. */
export const databasesSql = (secrets: Secrets): string =>
  PROCESSES.filter(({ hasDatabase }) => hasDatabase)
    .map(
      ({ name }) => `create role "${name}" login password '${secrets.databases[name]}';
create database "${name}" owner "${name}" encoding 'UTF8' locale 'C.UTF-8' template template0;
revoke connect, temporary on database "${name}" from public;
`,
    )
    .join('\n');

const kubernetesSecrets = (secrets: Secrets, stores: Stores): string =>
  PROCESSES.map(({ name }) => ({ name, stringData: secretsOf(name, secrets, stores) }))
    .filter(({ stringData }) => Object.keys(stringData).length > 0)
    .map(({ name, stringData }) =>
      JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: `${stores.prefix}-${name}` }, stringData }),
    )
    .join('\n---\n');

/** `'` ends a quoted value of an env file: none of ours holds one. */
const envFile = (variables: Record<string, string>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');

/**
 * Makes the secrets of an installation in a folder, or completes them for processes that came since, and writes them in the
 * forms that the stores, compose and Kubernetes take. What stands in `secrets.json` stays as it is.
 */
export const writeSecrets = (folder: string, stores: Stores): string[] => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const names = PROCESSES.map(({ name }) => name);
  const secrets = loadSecrets(folder, [...names, CLICKHOUSE]);
  const keys = JSON.stringify(tokenKeys(secrets.signingKey));
  const files: Record<string, string> = {
    'databases.sql': databasesSql(secrets),
    'nats-accounts.conf': natsAccounts(natsUsers({ secrets, processes: PROCESSES }), partnerDoor(secrets)),
    'kubernetes-secrets.yaml': `${kubernetesSecrets(secrets, stores)}\n`,
    'values.yaml': `tokenKeys: '${keys}'\n`,
    'stores.env': envFile({ POSTGRES_PASSWORD: secrets.postgres, CLICKHOUSE_PASSWORD: secrets.databases[CLICKHOUSE]! }),
    'shared.env': envFile({ TOKEN_KEYS: keys }),
    ...Object.fromEntries(names.map((name) => [`${name}.env`, envFile(secretsOf(name, secrets, stores))])),
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text, { mode: 0o600 });
  return Object.keys(files);
};
