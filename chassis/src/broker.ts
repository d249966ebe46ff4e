import {
  jetstream,
  jetstreamManager,
  type JetStreamClient,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { connect, nanos, type NatsConnection } from '@nats-io/transport-node';
import type { Log } from './log.ts';
import type { Part } from './service.ts';

export type Broker = Part & {
  connection: () => NatsConnection;
  js: () => JetStreamClient;
  jsm: () => Promise<JetStreamManager>;
  /** Copies of each stream that this process makes: 3 on a cluster of three servers. */
  replicas: number;
};

type Options = { url: string; user: string; password: string; log: Log; replicas?: number };

/** Each service has one stream, named after it, of everything it tells. */
export const streamOf = (service: string): string => service.toUpperCase();

/** Header of what was published before and put back since. */
export const HEALED = 'Pelagic-Healed';

const DAY_MS = 86_400_000;
/** How long a stream keeps what was told. */
export const STREAM_DAYS = 400;

/** `discard: new` makes a full stream push back on the relay instead of dropping what nobody has read. */
export const streamConfig = (service: string): Partial<StreamConfig> & { name: string } => ({
  name: streamOf(service),
  subjects: [`crm.${service}.>`],
  retention: 'limits',
  storage: 'file',
  discard: 'new',
  max_age: nanos(STREAM_DAYS * DAY_MS),
  duplicate_window: nanos(120_000),
  allow_direct: true,
  allow_atomic: true,
});

/** Connects in the background and for ever: a service serves without the bus, its events wait in the outbox. */
export const openBroker = ({ url, user, password, log, replicas = 1 }: Options): Broker => {
  let connection: NatsConnection | undefined;
  let stopping = false;
  const connected = (): NatsConnection => {
    if (!connection) throw new Error('The bus is away.');
    return connection;
  };
  const keepConnecting = async () => {
    while (!connection && !stopping) {
      try {
        connection = await connect({
          servers: url.split(','),
          user,
          pass: password,
          name: user,
          inboxPrefix: `_INBOX_${user}`,
          maxReconnectAttempts: -1,
          reconnectTimeWait: 500,
          pingInterval: 5_000,
          maxPingOut: 2,
          ignoreAuthErrorAbort: true,
        });
        log.info({ server: connection.getServer() }, 'bus connected');
      } catch (error) {
        log.warn({ err: error }, 'bus is away, trying again');
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    }
  };
  return {
    name: 'broker',
    start: async () => {
      const first = keepConnecting();
      await Promise.race([first, new Promise((resolve) => setTimeout(resolve, 3_000))]);
    },
    stop: async () => {
      stopping = true;
      await connection?.drain().catch(() => connection?.close());
    },
    connection: connected,
    js: () => jetstream(connected(), { timeout: 5_000 }),
    jsm: () => jetstreamManager(connected(), { timeout: 5_000, checkAPI: false }),
    replicas,
  };
};

/** Makes or updates the stream of a service. */
export const ensureStream = async (broker: Broker, service: string): Promise<void> => {
  const jsm = await broker.jsm();
  const config = { ...streamConfig(service), num_replicas: broker.replicas };
  try {
    await jsm.streams.info(config.name);
    await jsm.streams.update(config.name, config);
  } catch (error) {
    if (!/not found/i.test((error as Error).message)) throw error;
    await jsm.streams.add(config);
  }
};
