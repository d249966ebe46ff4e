import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { openBroker, streamOf } from '@pelagic/chassis/broker';
import { createLog } from '@pelagic/chassis/log';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { contract } from '@pelagic/proto/contract';
import { RECORD_SERVICES, SERVICES, WITHOUT_PAGES } from '../../deploy/local/processes.ts';
import { BELONGING_NOUNS } from '../../services/customer/src/timeline/belonging.ts';
import { readRange, streamState, type Message } from '../../analytics/src/ingest/read.ts';
import { partsOf } from '../../deploy/local/paths.ts';
import type { Event } from '../../docs/guide/partner/follow.ts';
import { streamsOf } from './drain.ts';
import { copyOf } from './outsider.ts';
import type { Read } from './read-clickhouse.ts';
import type { World } from './world.ts';

/** An event as its service's outbox has it; `seq` and `stream_seq` as numbers. */
export type Written = {
  service: string;
  seq: number;
  id: string;
  subject: string;
  noun: string;
  recordId: string;
  version: number;
  /** Milliseconds since 1970. */
  recorded: number;
  published: number | undefined;
  streamSeq: number | undefined;
  hash: string;
  body: string;
  event: EventEnvelope;
};

/** `place` in the order in which a consumer handled its events. */
export type Handled = { eventId: string; place: number };
export type Consumer = { name: string; service: string; from: string; subjects: string[]; handled: Handled[] };
export type Seen = { service: string; projection: string; recordId: string; version: number };

/** All that there is when everything has come to rest. */
export type Ledger = {
  events: Written[];
  streams: Map<string, { service: string; messages: Message[] }>;
  /** Rows of every noun at its owner, by noun and id. */
  rows: Map<string, Map<string, any>>;
  consumers: Consumer[];
  seen: Seen[];
  parked: { service: string; consumer: string; eventId: string | null; reason: string }[];
  chains: Map<string, { hash: string; length: number }>;
  /** Rows of tables that copy what others own. */
  copies: Map<string, Map<string, any>>;
  timeline: any[];
  conversions: any[];
  /** What a partner system has of each record. */
  outside: Map<string, Event>;
  clickhouse: Read;
};

const OUTBOX = `
  select seq::int, id, subject, noun, record_id, version, recorded_time, published_time, stream_seq::int, encode(hash, 'hex') as hash, event::text as body
  from outbox order by seq`;

const outboxOf = async (world: World, service: string): Promise<Written[]> =>
  (await world.ask(service, OUTBOX)).map((row) => ({
    service,
    seq: row.seq,
    id: row.id,
    subject: row.subject,
    noun: row.noun,
    recordId: row.record_id,
    version: row.version,
    recorded: row.recorded_time.getTime(),
    published: row.published_time?.getTime(),
    streamSeq: row.stream_seq ?? undefined,
    hash: row.hash ?? '',
    body: row.body,
    event: JSON.parse(row.body),
  }));

/** Nouns that tell of themselves, with their owners; a mounted one (custom_field) has an owner in every service. */
const toldNouns = (): Map<string, string[]> => {
  const owners = new Map<string, Set<string>>();
  for (const { noun, service } of contract.events.values()) {
    const names = service === '*' ? SERVICES : [service];
    for (const name of names) owners.set(noun, (owners.get(noun) ?? new Set()).add(name));
  }
  return new Map([...owners].map(([noun, names]) => [noun, [...names]]));
};

const tableOf = async (world: World, database: string, table: string): Promise<any[]> => {
  const [there] = await world.ask(database, `select to_regclass($1) is not null as there`, [table]);
  if (!there.there) return [];
  return (await world.ask(database, `select to_jsonb(t) as row from ${table} t`)).map(({ row }) => row);
};

const byId = (rows: any[]): Map<string, any> => new Map(rows.map((row) => [row.id, row]));

/** Tables that copy what another service owns; see checks/copies.ts. */
export const COPIES = [
  'sales.customer',
  'customer.opportunity_subject',
  'ticket.customer',
  'ticket.calendar_copy',
  'office.reporting_department',
  'office.reporting_role',
  'office.reporting_employee',
  'office.follow_up',
].concat(RECORD_SERVICES.flatMap((service) => [`${service}.directory_employee`, `${service}.directory_department`]));

const streamMessages = async (world: World): Promise<Ledger['streams']> => {
  const { mesh } = world.house;
  const { NATS_USER = '', NATS_PASSWORD = '' } = mesh.environment('analytics');
  const log = createLog('chaos', 'silent');
  const broker = openBroker({ url: `nats://${mesh.address('nats')}`, user: NATS_USER, password: NATS_PASSWORD, log });
  await broker.start();
  try {
    const streams: Ledger['streams'] = new Map();
    for (const service of SERVICES) {
      const stream = streamOf(service);
      const state = await streamState(broker, stream);
      const messages = state ? await readRange(broker, stream, state.firstSeq, state.lastSeq) : [];
      streams.set(service, { service, messages });
    }
    return streams;
  } finally {
    await broker.stop();
  }
};

const consumersOf = async (world: World): Promise<Consumer[]> => {
  const consumers: Consumer[] = [];
  for (const { name: stream, consumer_detail: details = [] } of await streamsOf(world)) {
    for (const { config } of details) {
      const { durable_name: name, filter_subjects: many, filter_subject: one } = config;
      if (!name) continue;
      const service = name.split('_')[0]!;
      const rows = await world.ask(service, `select event_id, seq::int as place from inbox where consumer = $1`, [
        name,
      ]);
      const handled = rows.map((row) => ({ eventId: row.event_id, place: row.place }));
      consumers.push({ name, service, from: stream.toLowerCase(), subjects: many ?? [one!], handled });
    }
  }
  return consumers;
};

/** Reads ClickHouse in a process of its own: its engine is one per folder and stays for good in whoever opened it. */
const readClickhouse = async ({ house: { mesh }, folder }: World): Promise<Read> => {
  const to = join(folder, 'clickhouse.json');
  const from = partsOf(mesh.around.dataDir).clickhouse;
  await mesh.halt('analytics');
  try {
    const reader = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), `--read=${from}`, `--to=${to}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const code = await new Promise((resolve) => reader.once('exit', resolve));
    if (code !== 0) throw new Error(`ClickHouse could not be read (${String(code)}).`);
    return JSON.parse(readFileSync(to, 'utf8')) as Read;
  } finally {
    await mesh.restart('analytics');
  }
};

/** Reads everything. Analytics is away meanwhile. */
export const readLedger = async (world: World): Promise<Ledger> => {
  const missing = WITHOUT_PAGES.find((name) => world.house.mesh.pid(name) === undefined);
  if (missing) throw new Error(`${missing} does not run.`);
  const events = (await Promise.all(SERVICES.map((service) => outboxOf(world, service)))).flat();
  const rows: Ledger['rows'] = new Map();
  for (const [noun, owners] of toldNouns()) {
    const tables = await Promise.all(owners.map((owner) => tableOf(world, owner, noun)));
    rows.set(noun, byId(tables.flat()));
  }
  const copies = new Map<string, Map<string, any>>();
  for (const copy of COPIES) {
    const [database, table] = copy.split('.') as [string, string];
    copies.set(copy, byId(await tableOf(world, database, table)));
  }
  const belonging = Map.groupBy(await tableOf(world, 'customer', 'belonging'), ({ noun }) => noun as string);
  for (const noun of BELONGING_NOUNS) copies.set(`customer.belonging ${noun}`, byId(belonging.get(noun) ?? []));
  const inEach = async <T>(text: string, as: (service: string, row: any) => T): Promise<T[]> =>
    (
      await Promise.all(
        SERVICES.map(async (service) => (await world.ask(service, text)).map((row) => as(service, row))),
      )
    ).flat();
  return {
    events,
    rows,
    copies,
    streams: await streamMessages(world),
    consumers: await consumersOf(world),
    seen: await inEach('select projection, record_id, version from projection_seen', (service, row) => ({
      service,
      projection: row.projection,
      recordId: row.record_id,
      version: row.version,
    })),
    parked: await inEach('select consumer, event_id, reason from parked_message', (service, row) => ({
      service,
      consumer: row.consumer,
      eventId: row.event_id,
      reason: row.reason,
    })),
    chains: new Map(
      await inEach(`select encode(hash, 'hex') as hash, length::int from audit_chain`, (service, row) => [
        service,
        row,
      ]),
    ),
    timeline: await world.ask('customer', 'select event_id, time, event, record_id, version from timeline'),
    conversions: await tableOf(world, 'customer', 'conversion'),
    outside: await copyOf(world, events),
    clickhouse: await readClickhouse(world),
  };
};
