import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Log } from '@pelagic/chassis/log';
import type { Part } from '@pelagic/chassis/service';

/** A user of the bus beside the one that identity tells its events as. */
export type BusLogin = { url: string; user: string; password: string };

type Options = {
  name: string;
  login: BusLogin;
  log: Log;
  /** Works on a connection until it ends. */
  serve: (connection: NatsConnection, stopped: AbortSignal) => Promise<void>;
};

const RETRY_MS = 1_000;

/** A connection of its own, made again whenever it is lost: identity serves without it, partners wait outside. */
export const keepConnected = ({ name, login, log, serve }: Options): Part => {
  const stopping = new AbortController();
  let connection: NatsConnection | undefined;
  let running: Promise<void> = Promise.resolve();
  const once = async (): Promise<void> => {
    connection = await connect({
      servers: login.url.split(','),
      user: login.user,
      pass: login.password,
      name: `identity ${name}`,
      inboxPrefix: `_INBOX_${login.user}`,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      pingInterval: 5_000,
      maxPingOut: 2,
      ignoreAuthErrorAbort: true,
    });
    if (stopping.signal.aborted) return connection.close();
    await serve(connection, stopping.signal);
  };
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await once().catch((error: unknown) => log.warn({ reason: (error as Error).message, name }, 'bus is away'));
      await connection?.close().catch(() => {});
      await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  return {
    name,
    start: async () => {
      running = loop();
    },
    stop: async () => {
      stopping.abort();
      await connection?.close().catch(() => {});
      await running;
    },
  };
};
