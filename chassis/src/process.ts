import { openBroker, type Broker } from './broker.ts';
import { printable, readConfig, SERVICE_SETTINGS, type Config, type Settings } from './config.ts';
import { connectIdentity, type Identity } from './identify.ts';
import { createLog, type Log } from './log.ts';

export type Process<S extends Settings> = {
  config: Config<typeof SERVICE_SETTINGS> & Config<S>;
  log: Log;
  broker: Broker;
  identity: Identity;
};

/** Reads the configuration, prints it masked, and makes what every service begins with. `--check` stops after that. */
export const startProcess = <S extends Settings>(service: string, settings: S): Process<S> => {
  const all = { ...SERVICE_SETTINGS, ...settings };
  const config = readConfig(all) as unknown as Config<typeof SERVICE_SETTINGS> & Config<S>;
  const log = createLog(service, config.LOG_LEVEL);
  log.info({ config: printable(all, config) }, `${service} starts`);
  if (process.argv.includes('--check')) process.exit(0);
  const { NATS_URL: url, NATS_USER: user, NATS_PASSWORD: password, NATS_REPLICAS: replicas } = config;
  const broker = openBroker({ url, user, password, log, replicas });
  const identity = connectIdentity({
    service,
    secret: config.SERVICE_SECRET,
    identityAddress: config.IDENTITY_ADDRESS,
    tokenKeys: config.TOKEN_KEYS,
  });
  return { config, log, broker, identity };
};
