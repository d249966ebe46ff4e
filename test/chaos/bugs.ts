import type { Fault } from './plan.ts';
import type { Mix } from './writers.ts';

/** A mistake that others made, put into the product while it is loaded, and what brings it to light. */
export type Bug = {
  name: string;
  /** What is wrong with it. */
  says: string;
  /** Processes that have it. */
  processes: string[];
  edits: { file: string; from: string; to: string }[];
  seconds: number;
  faults: Fault[];
  mix?: Mix;
  /** Somebody asks for figures all the while. */
  asks?: true;
  /** Checks of which one must see it. */
  sees: string[];
};

const slow = (target: string, ms: number, forMs: number): Fault => ({
  at: 0,
  forMs,
  kind: 'line',
  target,
  weather: { kind: 'delay', ms, share: 0.5 },
});
const step = (target: string, name: string, at: number): Fault => ({ at, forMs: 0, kind: 'step', target, step: name });
const kill = (target: string, at: number): Fault => ({ at, forMs: 0, kind: 'kill', target });
const pause = (target: string, at: number, forMs: number): Fault => ({ at, forMs, kind: 'pause', target });

const LEADS: Mix = { 'lead create': 3, 'lead update': 5, 'lead assign': 2 };
const SALES: Mix = { ...LEADS, 'deal create': 5, 'deal move': 5, 'customer create': 3 };

export const BUGS: Bug[] = [
  {
    name: 'ack-before-insert',
    says: 'A batch counts as done before it is in ClickHouse.',
    processes: ['analytics'],
    edits: [
      {
        file: 'analytics/src/ingest/batches.ts',
        from: 'await writeLog(engine, incoming, token);',
        to: "await manifest.close(epoch, batch); await step('ingest.logged'); await writeLog(engine, incoming, token);",
      },
    ],
    seconds: 8,
    faults: [step('analytics', 'ingest.logged', 1_000)],
    mix: LEADS,
    sees: ['outbox = event_log', 'changes of lead'],
  },
  {
    name: 'cursor-relay',
    says: 'The relay goes on from the last sequence: what commits late is never seen.',
    processes: ['customer'],
    edits: [
      {
        file: 'chassis/src/relay.ts',
        from: 'from outbox where published_time is null order by seq limit',
        to: 'from outbox where seq > coalesce((select max(seq) from outbox where published_time is not null), 0) order by seq limit',
      },
      // Sent along with the commit, an event is hardly ever overtaken: it goes by itself, as it does elsewhere.
      {
        file: 'chassis/src/outbox.ts',
        from: '${sql.raw(WITH_NEXT)}\n    insert into outbox',
        to: 'insert into outbox',
      },
    ],
    seconds: 8,
    faults: [slow('customer→postgres', 60, 7_000)],
    mix: LEADS,
    sees: ['outbox = stream'],
  },
  {
    name: 'order-by-transaction',
    says: 'The relay orders by transaction id: one that began early and changed a record late comes before its predecessor.',
    processes: ['customer'],
    edits: [
      {
        file: 'chassis/src/relay.ts',
        from: 'is null order by seq limit',
        to: 'is null order by xmin::text::bigint, seq limit',
      },
    ],
    seconds: 16,
    faults: [pause('nats', 4_000, 4_000), pause('nats', 11_000, 4_000)],
    mix: { 'lead create': 4, 'lead update': 10, 'lead bulk edit': 3 },
    sees: ['order in the stream'],
  },
  {
    name: 'no-inbox',
    says: 'A consumer does not remember what it did.',
    processes: ['customer', 'sales'],
    edits: [
      {
        file: 'chassis/src/inbox.ts',
        from: 'const fresh = await remember(tx, consumer.name, due);',
        to: 'const fresh = new Set(due.map(({ id }) => id)); void remember;',
      },
    ],
    seconds: 6,
    faults: [],
    mix: SALES,
    sees: ['stream = inbox effects'],
  },
  {
    name: 'batches-from-redelivery',
    says: 'A batch that was interrupted is made anew of whatever there is now: the token of its edges is another one.',
    processes: ['analytics'],
    edits: [
      {
        file: 'analytics/src/ingest/batches.ts',
        from: 'const messages = await readRange(broker, stream, batch.firstSeq, batch.lastSeq);',
        to: 'batch.lastSeq = (await streamState(broker, stream))!.lastSeq; const messages = await readRange(broker, stream, batch.firstSeq, batch.lastSeq);',
      },
    ],
    seconds: 10,
    faults: [step('analytics', 'ingest.logged', 2_000)],
    mix: LEADS,
    sees: ['stored once in event_log'],
  },
  {
    name: 'leaked-setting',
    says: 'Settings of a question, its scope among them, stay on the connection and hold for the ingest that comes after it.',
    processes: ['analytics'],
    edits: [
      {
        file: 'analytics/src/engine/engine.ts',
        from: 'query: `${sql}\\n${settingsClause({ ...FORMAT, ...settings })}`,',
        to: 'query: sql, clickhouse_settings: { ...FORMAT, ...settings },',
      },
      {
        file: 'analytics/src/question/limits.ts',
        from: '{ ...LIMITS, log_comment: purpose }',
        to: "{ ...LIMITS, log_comment: purpose, additional_table_filters: \"{'lead_change': 'version < 2'}\" }",
      },
    ],
    seconds: 10,
    faults: [],
    mix: LEADS,
    asks: true,
    sees: ['facts of lead', 'sums of lead'],
  },
  {
    name: 'reused-token',
    says: 'Different batches have the same token: the second is taken for a repetition and dropped without a word.',
    processes: ['analytics'],
    edits: [
      {
        file: 'analytics/src/ingest/manifest.ts',
        from: '${firstSeq}-${lastSeq}:${heal}',
        to: '${firstSeq % 5}:${heal}',
      },
    ],
    seconds: 6,
    faults: [],
    mix: LEADS,
    sees: ['outbox = event_log', 'changes of lead'],
  },
  {
    name: 'publish-outside-transaction',
    says: 'The event is written after the commit of what it tells of, in a transaction of its own.',
    processes: ['customer'],
    edits: [
      {
        file: 'chassis/src/database.ts',
        from: 'const afterCommit: (() => void)[] = [];',
        to: 'const afterCommit: (() => void)[] = []; let untold: Tx<DB>["events"] = [];',
      },
      { file: 'chassis/src/database.ts', from: 'await writeEvents(tx);', to: 'untold = tx.events;' },
      {
        file: 'chassis/src/database.ts',
        from: 'for (const callback of afterCommit) callback();',
        to: `if (untold.length) await orm.em.fork().transactional((em) =>
          writeEvents({ sql: em.getKysely() as never, events: untold, appended: [], afterCommit: [] }));
        for (const callback of afterCommit) callback();`,
      },
    ],
    seconds: 10,
    faults: [
      slow('customer→postgres', 60, 9_000),
      kill('customer', 3_000),
      kill('customer', 6_000),
      kill('customer', 9_000),
    ],
    mix: LEADS,
    sees: ['rows = outbox', 'acknowledged'],
  },
  {
    name: 'nak-storm',
    says: 'What failed because a store is full comes again at once: its attempts are used up within moments, and it is given up.',
    processes: ['customer', 'sales'],
    edits: [
      {
        file: 'chassis/src/consumer.ts',
        from: 'const outage = isOutage(error);',
        to: 'const outage = false; void isOutage;',
      },
      {
        file: 'chassis/src/consumer.ts',
        from: 'BACKOFF_MS[count - 1] ?? BACKOFF_MS.at(-1)!);',
        to: '0);',
      },
    ],
    seconds: 10,
    faults: [{ at: 3_000, forMs: 3_000, kind: 'quota', target: 'inbox' }],
    mix: SALES,
    sees: ['stream = inbox effects'],
  },
  {
    name: 'two-relays',
    says: 'Two relays of one service move its outbox, and no lease keeps them apart.',
    processes: ['customer'],
    edits: [
      {
        file: 'chassis/src/relay.ts',
        from: 'running = loop();',
        to: 'running = Promise.all([loop(), loop()]).then(() => undefined);',
      },
    ],
    seconds: 6,
    faults: [],
    mix: LEADS,
    sees: ['hash chain', 'order in the stream'],
  },
];
