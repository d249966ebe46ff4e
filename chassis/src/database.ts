import { AsyncLocalStorage } from 'node:async_hooks';
import { readdir, readFile } from 'node:fs/promises';
import { EntityCaseNamingStrategy, MikroORM, type EntitySchema } from '@mikro-orm/postgresql';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import pg from 'pg';
import { Counter } from 'prom-client';
import { writeAppended, type Appended } from './append.ts';
import { STREAM_DAYS } from './broker.ts';
import { currentContext } from './context.ts';
import { writeEvents, type EventEnvelope } from './outbox.ts';
import { PLAN_OUTDATED, prepareRepeated } from './prepared.ts';
import type { Part } from './service.ts';

/** One transaction: its queries, and what is written with them just before the commit. */
export type Tx<DB = any> = {
  sql: Kysely<DB>;
  events: EventEnvelope[];
  appended: Appended[];
  afterCommit: (() => void)[];
};

export type Database<DB = any> = Part & {
  /**
   * Runs the work in one transaction together with its events. A deadlock, a serialisation failure or a table that was
   * changed under a prepared statement runs it again, at most three times: the work must have no effects besides its queries.
   */
  transact: <T>(work: (tx: Tx<DB>) => Promise<T>) => Promise<T>;
  /**
   * Makes one transaction of all that the work does through `transact` and `sql`: seeding runs a hundred commands so.
   * The first that throws undoes them all; it runs again for what `transact` does.
   */
  batch: <T>(work: () => Promise<T>) => Promise<T>;
  /** The same without a commit: what would come of it, for dry runs. Nothing is written and no event told. */
  rehearse: <T>(work: (tx: Tx<DB>) => Promise<T>) => Promise<T>;
  /** For reading, outside of a transaction. */
  sql: Kysely<DB>;
  /**
   * For small statements of their own while a transaction is open: another pool, since transactions that hold every
   * connection and each wait for one more would wait for ever. Its statements must wait for no transaction.
   */
  aside: Kysely<DB>;
  /** Called after a commit that wrote events: the relay need not wait for its next poll. */
  onEvents: (listener: () => void) => void;
  /** The entities against the tables: the SQL that would make them equal; empty when they are. */
  drift: () => Promise<string>;
};

export type MigrationFolder = { name: string; url: URL };

type Options = {
  url: string;
  // Kept open: the tables differ by service.
  entities: EntitySchema<any, any, any>[];
  migrations: MigrationFolder[];
  poolMax?: number;
};

const TIDY_EVERY_MS = 3_600_000;
/** An event comes again after a crash, or a pause of its consumer, of less than this. */
export const INBOX_DAYS = 15;
/** Nobody repeats a request after this. */
const IDEMPOTENCY_DAYS = 7;

/** Connections for `aside`. */
const ASIDE_MAX = 4;
const RETRIED = new Set(['40001', '40P01', PLAN_OUTDATED]);
const retries = new Counter({
  name: 'database_transaction_retries_total',
  help: 'Transactions run again after a deadlock, a serialisation failure or a changed table',
});

/** Helpers of a parallel plan take longer to start than any query here may take; a service answers many people side by side instead. */
const settle = (client: pg.PoolClient): void => {
  client.query('set max_parallel_workers_per_gather = 0').catch(() => undefined);
  prepareRepeated(client);
};

export const CHASSIS_MIGRATIONS: MigrationFolder = {
  name: '0-chassis',
  url: new URL('../migrations/', import.meta.url),
};

const readMigrations = async (folders: MigrationFolder[]): Promise<Record<string, Migration>> => {
  const migrations: Record<string, Migration> = {};
  for (const { name, url } of folders) {
    for (const file of (await readdir(url)).filter((entry) => entry.endsWith('.sql')).toSorted()) {
      const text = await readFile(new URL(file, url), 'utf8');
      migrations[`${name}/${file}`] = {
        up: (db) =>
          sql
            .raw(text)
            .execute(db)
            .then(() => undefined),
      };
    }
  }
  return migrations;
};

/**
 * What a newer release ran here, as migrations that do nothing: this release goes on beside it while it is replaced, for
 * migrations only add until nobody needs the old. One in the middle of ours that is not there any more stays an error.
 */
const newerThan = async (db: Kysely<any>, ours: string[]): Promise<Record<string, Migration>> => {
  const { rows: tables } = await sql`select 1 where to_regclass('kysely_migration') is not null`.execute(db);
  if (!tables.length) return {};
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const folderOf = (name: string) => name.slice(0, name.lastIndexOf('/') + 1);
  const isNewer = (name: string) => ours.every((own) => folderOf(own) !== folderOf(name) || own < name);
  return Object.fromEntries(rows.filter(({ name }) => isNewer(name)).map(({ name }) => [name, { up: async () => {} }]));
};

const migrate = async (db: Kysely<any>, folders: MigrationFolder[]) => {
  const ours = await readMigrations([CHASSIS_MIGRATIONS, ...folders]);
  const migrations = { ...ours, ...(await newerThan(db, Object.keys(ours))) };
  // A capability that is mounted later sorts before what ran already, so the order by name cannot be insisted on.
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    allowUnorderedMigrations: true,
  }).migrateToLatest();
  if (error) throw error;
};

/** The SQLSTATE of what a query threw, whoever wrapped it. */
export const sqlState = (error: unknown): string | undefined => {
  const { code, cause } = (error ?? {}) as { code?: string; cause?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : cause ? sqlState(cause) : undefined;
};

/** Name of the constraint that a query broke. */
export const brokenConstraint = (error: unknown): string | undefined => {
  const { constraint, cause } = (error ?? {}) as { constraint?: string; cause?: unknown };
  return constraint ?? (cause ? brokenConstraint(cause) : undefined);
};

export const openDatabase = async <DB = any>({
  url,
  entities,
  migrations,
  poolMax = 16,
}: Options): Promise<Database<DB>> => {
  const orm = await MikroORM.init({
    clientUrl: url,
    entities,
    namingStrategy: EntityCaseNamingStrategy,
    discovery: { warnWhenNoEntities: false },
    pool: { min: 0, max: poolMax },
    driverOptions: { pipeline: true, onPoolCreated: (pool: pg.Pool) => void pool.on('connect', settle) },
    forceUtcTimezone: true,
  });
  const aside = new Kysely<DB>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: ASIDE_MAX, min: 0 }) }),
  });
  const kysely = orm.em.fork().getKysely() as unknown as Kysely<DB>;
  const batching = new AsyncLocalStorage<Tx<DB>>();
  let notify = () => {};
  let tidying: NodeJS.Timeout | undefined;

  /** Partitions for the days to come; what can never be asked for again goes. A failure is made good an hour later. */
  const tidy = async () => {
    await sql`select outbox_partitions()`.execute(kysely);
    await sql`select outbox_drop(${STREAM_DAYS})`.execute(kysely);
    await sql`delete from inbox where receive_time < now() - make_interval(days => ${INBOX_DAYS})`.execute(kysely);
    await sql`delete from idempotency where create_time < now() - make_interval(days => ${IDEMPOTENCY_DAYS})`.execute(
      kysely,
    );
  };

  const attempt = async <T>(work: (tx: Tx<DB>) => Promise<T>): Promise<T> => {
    const afterCommit: (() => void)[] = [];
    const result = await kysely.transaction().execute(async (sql) => {
      const tx: Tx<DB> = { sql, events: [], appended: [], afterCommit };
      const answer = await work(tx);
      await writeAppended(tx);
      if (tx.events.length) {
        await writeEvents(tx);
        afterCommit.push(notify, () => currentContext()?.told?.push(...tx.events));
      }
      return answer;
    });
    for (const callback of afterCommit) callback();
    return result;
  };

  /** Once more where another transaction stood in the way. */
  const persist = async <T>(work: (tx: Tx<DB>) => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt(work);
      } catch (error) {
        if (tries === 3 || !RETRIED.has(sqlState(error) ?? '')) throw error;
        retries.inc();
      }
    }
  };

  return {
    name: 'database',
    migrates: true,
    get sql() {
      return batching.getStore()?.sql ?? kysely;
    },
    batch: (work) => persist((tx) => batching.run(tx, work)),
    aside,
    start: async () => {
      const { rows } = await sql<{
        encoding: string;
      }>`select pg_encoding_to_char(encoding) as encoding from pg_database where datname = current_database()`.execute(
        kysely,
      );
      if (rows[0]?.encoding !== 'UTF8')
        throw new Error(
          `The database must be encoded in UTF8, not ${rows[0]?.encoding}: Chinese could not be searched.`,
        );
      await migrate(kysely, migrations);
      await tidy();
      tidying = setInterval(() => void tidy().catch(() => undefined), TIDY_EVERY_MS).unref();
    },
    stop: async () => {
      clearInterval(tidying);
      await aside.destroy();
      await orm.close();
    },
    // Not MikroORM's isConnected: it says no until its own unit of work has asked something.
    healthy: () =>
      sql`select 1`.execute(aside).then(
        () => true,
        () => false,
      ),
    transact: async (work) => {
      const batch = batching.getStore();
      return batch ? work(batch) : persist(work);
    },
    rehearse: async (work) => {
      const rollback = new Error('rehearsed');
      let answer: Awaited<ReturnType<typeof work>>;
      try {
        await kysely.transaction().execute(async (sql) => {
          answer = await work({ sql, events: [], appended: [], afterCommit: [] });
          throw rollback;
        });
      } catch (error) {
        if (error !== rollback) throw error;
      }
      return answer!;
    },
    onEvents: (listener) => {
      notify = listener;
    },
    drift: () => orm.schema.getUpdateSchemaSQL({ wrap: false, safe: true }),
  };
};
