import type { LedgerEntry, LedgerServiceService } from '@pelagic/proto/crm/capability/v1/ledger';
import type { Broker } from '@pelagic/chassis/broker';
import { currentContext } from '@pelagic/chassis/context';
import type { Database } from '@pelagic/chassis/database';
import { invalidField } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import { isoTime } from '../record/mapping.ts';
import { eventsOf, nextOf, rowsOf, sumLedger, type LedgerRow, type Span } from './ledger.queries.ts';
import { publishAgain } from './publish-again.ts';

type Options = { service: string; database: Database; broker: Broker };

const PAGE = 1_000;
/** Left of the deadline for the answer. */
const RESERVE_MS = 5_000;

const spanOf = ({ fromTime, toTime }: { fromTime?: string | undefined; toTime?: string | undefined }): Span => {
  if (!fromTime) throw invalidField('from_time', 'REQUIRED', 'Say which events: by id, or from when to when.');
  if (!toTime) throw invalidField('to_time', 'REQUIRED', 'Say until when.');
  return { from: fromTime, to: toTime };
};

const entry = (row: LedgerRow, event = ''): LedgerEntry => ({
  id: row.id,
  recordedTime: isoTime(row.recorded_time),
  streamSeq: row.stream_seq ?? '0',
  event,
});

/** What the outbox of one service holds, for the reconciler; and the way back into the stream. */
export const ledgerHandlers = (options: Options): Handlers<LedgerServiceService> => {
  const { database } = options;
  return {
    sumLedger: async (request) => {
      const { oldest, sums } = await sumLedger(database, spanOf(request), request.stepSeconds);
      return {
        oldestTime: oldest ? isoTime(oldest) : undefined,
        sums: sums.map(({ at, events, checksum, waiting }) => ({
          fromTime: new Date(Number(at) * 1_000).toISOString(),
          events,
          checksum,
          waiting,
        })),
      };
    },

    listLedger: async function* (request) {
      let last: LedgerRow | undefined;
      do {
        const rows = await nextOf(database, spanOf(request), last, PAGE);
        if (rows.length) yield { entries: rows.map((row) => entry(row)) };
        last = rows.length < PAGE ? undefined : rows.at(-1);
      } while (last);
    },

    readLedger: async ({ ids, withEvents }) => {
      const rows = await rowsOf(database, ids);
      const events = withEvents ? await eventsOf(database, rows) : undefined;
      return { entries: rows.map((row) => entry(row, events?.get(row.id))) };
    },

    publishAgain: async (request) => {
      const what = request.ids.length ? { ids: request.ids } : spanOf(request);
      const deadline = (currentContext()?.deadline ?? Infinity) - RESERVE_MS;
      const { published, present, refused, examples, reached } = await publishAgain(options, what, deadline);
      return {
        published: String(published),
        present: String(present),
        refused: String(refused),
        examples,
        reachedTime: reached && isoTime(reached),
      };
    },

    proveLedger: async ({ days }) => {
      await sql`
        insert into outbox_proof (day) select distinct unnest(${days}::date[]) on conflict (day) do update set prove_time = now()`.execute(
        database.sql,
      );
      return {};
    },
  };
};
