import { setTimeout as sleep } from 'node:timers/promises';
import { DeliverPolicy, type ConsumerMessages, type ConsumerNotification } from '@nats-io/jetstream';
import type { NatsConnection, Status } from '@nats-io/transport-node';
import { streamOf, type Broker } from '@pelagic/chassis/broker';
import type { Log } from '@pelagic/chassis/log';
import type { Part } from '@pelagic/chassis/service';
import type { CloudEvent } from '@pelagic/proto/cloud-event';

/** That a record changed; the state that the event carries stays behind. */
export type Change = { service: string; noun: string; id: string; version: number };

type Options = {
  broker: Broker;
  /** Whose streams are heard. */
  services: string[];
  log: Log;
  changed: (change: Change) => void;
  /** A stream is heard anew, and what happened since it was last heard is not known. */
  missed: () => void;
};

const RETRY_MS = 300;
/** The bus is asked for a sign of life this often; two that fail to come mean that the reading is over. */
const HEARTBEAT_MS = 2_000;
const EXPIRES_MS = 10_000;

/** Signs that this consumer will bring nothing any more. */
const OVER = new Set<ConsumerNotification['type']>([
  'heartbeats_missed',
  'stream_not_found',
  'consumer_not_found',
  'consumer_deleted',
]);

const changeOf = (service: string, event: CloudEvent): Change => ({
  service,
  noun: event.noun,
  id: event.subject,
  version: Number(event.sequence),
});

const endWhenOver = async (messages: ConsumerMessages): Promise<void> => {
  for await (const { type } of messages.status()) if (OVER.has(type)) messages.stop();
};

/**
 * Hears the streams from now on, through one short-lived ordered consumer each. Interruptions are not caught up with but
 * told as such: whoever listens fetches again anyway.
 */
export const listenToBus = ({ broker, services, log, changed, missed }: Options): Part => {
  const reading = new Set<ConsumerMessages>();
  const stopped = new AbortController();
  let connection: NatsConnection | undefined;
  let isConnected = true;
  let loops: Promise<unknown> = Promise.resolve();

  const hear = (service: string, text: () => CloudEvent): void => {
    try {
      changed(changeOf(service, text()));
    } catch (error) {
      log.warn({ err: error, service }, 'an event could not be read');
    }
  };

  const follow = async (statuses: AsyncIterable<Status>): Promise<void> => {
    for await (const { type } of statuses) {
      if (type === 'reconnect') isConnected = true;
      if (type !== 'disconnect' && type !== 'close') continue;
      isConnected = false;
      for (const messages of reading) messages.stop();
    }
  };

  const read = async (service: string): Promise<void> => {
    const consumer = await broker.js().consumers.get(streamOf(service), { deliver_policy: DeliverPolicy.New });
    const messages = await consumer.consume({
      expires: EXPIRES_MS,
      idle_heartbeat: HEARTBEAT_MS,
      abort_on_missing_resource: true,
    });
    reading.add(messages);
    void endWhenOver(messages);
    missed();
    try {
      for await (const message of messages) hear(service, () => message.json<CloudEvent>());
    } finally {
      reading.delete(messages);
    }
  };

  /** Throws until the bus was reached for the first time. */
  const connect = (): void => {
    if (connection) return;
    connection = broker.connection();
    void follow(connection.status());
  };

  const readForEver = async (service: string): Promise<void> => {
    let quiet = false;
    while (!stopped.signal.aborted) {
      try {
        connect();
        if (isConnected) await read(service);
        quiet = false;
      } catch (error) {
        // A stream appears when its service first starts; until then this is no news.
        if (!quiet) log.warn({ reason: (error as Error).message, service }, 'stream is not heard, trying again');
        quiet = true;
      }
      await sleep(RETRY_MS, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };

  return {
    name: 'live',
    start: async () => {
      loops = Promise.all(services.map(readForEver));
    },
    stop: async () => {
      stopped.abort();
      for (const messages of reading) messages.stop();
      await loops;
    },
  };
};
