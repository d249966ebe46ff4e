import { openBytes } from '@pelagic/capabilities/file/bytes';
import { startProcess } from '@pelagic/chassis/process';
import { relay } from '@pelagic/chassis/relay';
import { grpcServer } from '@pelagic/chassis/server';
import { runService } from '@pelagic/chassis/service';
import { doorIn, ownersIn, SETTINGS, webhooksIn } from './config.ts';
import { openIdentity, openIdentityDatabase } from './identity.ts';

const { config, log, broker } = startProcess('identity', SETTINGS);
const database = await openIdentityDatabase(config.DATABASE_URL);
const identity = await openIdentity({
  database,
  broker,
  databaseUrl: config.DATABASE_URL,
  bytes: openBytes(config),
  log,
  signingKey: config.SIGNING_KEY,
  tokenKeys: config.TOKEN_KEYS,
  serviceSecrets: config.SERVICE_SECRETS,
  publicUrl: config.PUBLIC_URL,
  owners: ownersIn(config),
  demo: config.PELAGIC_DEMO === '1',
  webhooks: webhooksIn(config),
  ...(config.CALLOUT_ISSUER_SEED && { door: doorIn(config) }),
});

const parts = [
  database,
  broker,
  relay({ service: 'identity', database, broker, log }),
  ...identity.parts,
  grpcServer({ host: config.GRPC_HOST, port: config.GRPC_PORT, implementations: identity.implementations }),
];

await runService('identity', parts, {
  log,
  adminPort: config.ADMIN_PORT,
  drainMs: config.DRAIN_MS,
  commands: identity.commands,
});
