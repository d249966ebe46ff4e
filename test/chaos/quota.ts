import { openBroker, streamOf } from '@pelagic/chassis/broker';
import { createLog } from '@pelagic/chassis/log';
import { SERVICES } from '../../deploy/local/processes.ts';
import type { World } from './world.ts';

/**
 * Where each store has a disk of its own, it is really full. Where we may not mount one: a stream that may not grow refuses
 * what is published to it, and a trigger refuses with PostgreSQL's own error for a full disk (53100) whatever would write an
 * event, remember one or park one; ClickHouse is killed with analytics instead.
 */
const refusing = (text: string, state: string): string => `
  create or replace function chaos_full() returns trigger language plpgsql as $$
  begin
    raise exception '${text}' using errcode = '${state}';
  end $$;`;
const FULL = refusing('could not extend file: No space left on device', '53100');
/** A failure that says nothing of what it is about. */
const BROKEN = refusing('nobody thought of this', 'XX000');
const TABLES = ['outbox', 'inbox', 'parked_message'];

const fullIn = (tables: string[]): string =>
  tables
    .map(
      (table) =>
        `create or replace trigger chaos_full before insert on ${table} for each statement execute function chaos_full();`,
    )
    .join('');
const EMPTIED = TABLES.map((table) => `drop trigger if exists chaos_full on ${table};`).join('');
const PATIENCE = `set lock_timeout = '3s';`;

const limitStream = async ({ house: { mesh } }: World, service: string, full: boolean): Promise<void> => {
  const { NATS_USER = '', NATS_PASSWORD = '' } = mesh.environment(service);
  const log = createLog('chaos', 'silent');
  const broker = openBroker({ url: `nats://${mesh.address('nats')}`, user: NATS_USER, password: NATS_PASSWORD, log });
  await broker.start();
  try {
    const jsm = await broker.jsm();
    const { state } = await jsm.streams.info(streamOf(service));
    await jsm.streams.update(streamOf(service), { max_bytes: full ? Math.max(1, state.bytes) : -1 });
  } finally {
    await broker.stop();
  }
};

const inAll = async (world: World, target: string, full: boolean): Promise<void> => {
  for (const service of SERVICES) {
    if (target === 'nats') await limitStream(world, service, full);
    else
      await world.ask(
        service,
        `${PATIENCE}${full ? (target === 'inbox' ? BROKEN + fullIn(['inbox']) : FULL + fullIn(TABLES)) : EMPTIED}`,
      );
  }
};

/** Nothing more goes into the store: `nats`, `postgres` or `clickhouse`; or `inbox`, where consumers remember what they did, fails. */
export const fill = async (world: World, target: string): Promise<void> => {
  const disk = world.disks.of.get(target);
  if (disk) await disk.fill();
  else if (target === 'clickhouse') world.house.mesh.kill('analytics', 'SIGKILL');
  else await inAll(world, target, true);
};

/** There is room again. */
export const empty = async (world: World, target: string): Promise<void> => {
  const disk = world.disks.of.get(target);
  if (disk) await disk.free();
  else if (target !== 'clickhouse') await inAll(world, target, false);
};
