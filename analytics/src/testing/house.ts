import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { headers as natsHeaders } from '@nats-io/transport-node';
import { sql } from 'kysely';
import { ensureStream, openBroker, type Broker } from '@pelagic/chassis/broker';
import type { Caller, FieldGrant, Scope } from '@pelagic/chassis/caller';
import { openDatabase, type Database } from '@pelagic/chassis/database';
import { createLog } from '@pelagic/chassis/log';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { testBus, testDatabase, type TestBus } from '@pelagic/chassis/testing/engines';
import type { AskQuestionResponse, ListRowsResponse, Question } from '@pelagic/proto/crm/analytics/v1/analytics';
import { AskQuestionRequest } from '@pelagic/proto/crm/analytics/v1/analytics';
import { openDirectory, type LiveDirectory } from '../directory/directory.ts';
import { directoryPart } from '../directory/part.ts';
import { openEngine, type Engine } from '../engine/engine.ts';
import { keepFreshness, type FreshnessKeeper } from '../ingest/freshness.ts';
import { ingest, type Ingest } from '../ingest/ingest.ts';
import { SERVICES } from '../ingest/services.ts';
import { answer } from '../question/answer.ts';
import { listRows } from '../question/rows.ts';

export const log = createLog('analytics-test', process.env['LOG_LEVEL'] ?? 'fatal');

export type Publish = (
  events: EventEnvelope[],
  options?: { messageId?: (event: EventEnvelope) => string },
) => Promise<void>;

export type House = {
  bus: TestBus;
  database: Database;
  databaseUrl: string;
  broker: Broker;
  engine: Engine;
  directory: LiveDirectory;
  freshness: FreshnessKeeper;
  counting: Ingest;
  publish: Publish;
  /** Publishes and waits until all is counted. */
  tell: Publish;
  settled: () => Promise<void>;
  close: () => Promise<void>;
};

export const publisher =
  (broker: Broker): Publish =>
  async (events, { messageId = ({ id }: EventEnvelope) => id } = {}) => {
    for (const event of events) {
      const headers = natsHeaders();
      headers.set('Nats-Msg-Id', messageId(event));
      if (event.traceparent) headers.set('traceparent', event.traceparent);
      await broker.js().publish(event.type, JSON.stringify(event), { headers });
    }
  };

/** Waits until the ingest has counted all that the streams hold. */
export const settledOn = async (broker: Broker, database: Database): Promise<void> => {
  const jsm = await broker.jsm();
  for (let tries = 0; tries < 1_200; tries += 1) {
    const caught = await Promise.all(
      SERVICES.map(async (service) => {
        const { created, state } = await jsm.streams.info(service.toUpperCase());
        const { rows } = await sql<{ last: string | null }>`
          select max(last_seq) as last from ingest_batch where state = 'done' and stream = ${service.toUpperCase()} and stream_created = ${created}::timestamptz`.execute(
          database.sql,
        );
        return Number(rows[0]?.last ?? 0) >= state.last_seq;
      }),
    );
    if (caught.every(Boolean)) return;
    await sleep(25);
  }
  throw new Error('The ingest did not catch up.');
};

/** A bus, a database and the streams of all services. */
export const openStreams = async (name: string) => {
  const [bus, own] = await Promise.all([testBus(), testDatabase(name)]);
  const broker = openBroker({ url: bus.url, user: bus.user, password: bus.password, log });
  const database = await openDatabase({
    url: own.url,
    entities: [],
    migrations: [{ name: '9-analytics', url: new URL('../../postgres/', import.meta.url) }],
  });
  await database.start();
  await broker.start();
  for (const service of SERVICES) await ensureStream(broker, service);
  const close = async () => {
    await broker.stop();
    await database.stop();
    await own.drop();
    await bus.dispose();
  };
  return { bus, broker, database, databaseUrl: own.url, close };
};

export const tempDirectory = (): string => mkdtempSync(join(tmpdir(), 'pelagic-clickhouse-'));

/** The whole process but its gRPC port, on real engines. One a test file: the embedded engine has one directory a process. */
export const openHouse = async (name: string): Promise<House> => {
  const { bus, broker, database, databaseUrl, close } = await openStreams(name);
  const folder = tempDirectory();
  const engine = openEngine({ url: '', directory: folder, cluster: '' });
  const directory = openDirectory(engine);
  const freshness = keepFreshness();
  const names = directoryPart({ engine, directory, freshness });
  const counting = ingest({ engine, database, broker, directory, freshness, log, services: SERVICES });
  for (const part of [engine, names, counting]) await part.start();
  const publish = publisher(broker);
  const settled = () => settledOn(broker, database);
  return {
    bus,
    broker,
    database,
    databaseUrl,
    engine,
    directory,
    freshness,
    counting,
    publish,
    settled,
    tell: async (events, options) => {
      await publish(events, options);
      await settled();
    },
    close: async () => {
      for (const part of [counting, names, engine]) await part.stop();
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export const reader = (
  permissions: Record<string, Scope | Scope[]>,
  about: {
    id?: string;
    departmentIds?: string[];
    belowIds?: string[];
    subordinateIds?: string[];
    fields?: Record<string, Partial<Record<'hidden' | 'masked', string[]>>>;
    locale?: string;
  } = {},
): Caller => ({
  kind: 'employee',
  id: about.id ?? '00000000-0000-7000-8000-000000000000',
  sessionId: '',
  apiKeyId: '',
  token: '',
  remoteAddress: '',
  grants: {
    version: '1',
    departmentId: about.departmentIds?.[0] ?? '',
    subordinateIds: about.subordinateIds ?? [],
    departmentIds: about.departmentIds ?? [],
    departmentAndBelowIds: about.belowIds ?? [],
    permissions: new Map(
      Object.entries({ 'analytics.read': 'ALL' as const, ...permissions }).map(([name, scopes]) => [
        name,
        [scopes].flat(),
      ]),
    ),
    fields: new Map(
      Object.entries(about.fields ?? {}).map(([noun, { hidden = [], masked = [] }]): [string, FieldGrant] => [
        noun,
        { hidden: new Set(hidden), masked: new Set(masked), readOnly: new Set() },
      ]),
    ),
    locale: about.locale ?? 'en',
    timeZone: 'Asia/Shanghai',
  },
});

/** Reads everything. */
export const BOSS = reader({
  'lead.read': 'ALL',
  'customer.read': 'ALL',
  'contact.read': 'ALL',
  'opportunity.read': 'ALL',
  'activity.read': 'ALL',
});

/** As JSON asks it. */
export const questionOf = (question: Record<string, unknown>): Question =>
  AskQuestionRequest.fromJSON({ question }).question!;

export const asking =
  ({ engine, directory }: House) =>
  (caller: Caller, question: Record<string, unknown>): Promise<Omit<AskQuestionResponse, 'freshness'>> =>
    answer(engine, directory.now(), caller, questionOf(question));

export const drilling =
  ({ engine, directory }: House) =>
  (
    caller: Caller,
    question: Record<string, unknown>,
    measure: string,
    keys: string[],
    page: { pageSize?: number; pageToken?: string } = {},
  ): Promise<ListRowsResponse> =>
    listRows(engine, directory.now(), caller, {
      question: questionOf(question),
      measure,
      keys,
      pageSize: page.pageSize ?? 0,
      pageToken: page.pageToken ?? '',
    });
