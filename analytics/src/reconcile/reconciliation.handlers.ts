import {
  FindingKind,
  FindingPlace,
  ReconciliationState,
  type Finding,
  type ReconciliationServiceService,
} from '@pelagic/proto/crm/analytics/v1/reconciliation';
import type { Database } from '@pelagic/chassis/database';
import { decodeCursor, encodeCursor, pageSize } from '@pelagic/chassis/page';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import { standingOf } from './standing.ts';

type Row = {
  id: string;
  service: string;
  place: string;
  kind: string;
  events: string;
  healed: string;
  find_time: string;
  heal_time: string | null;
  from_time: string | null;
  to_time: string | null;
  examples: string[];
};

const ORDER = 'find_time desc';

const time = (value: string | null): string | undefined => (value ? new Date(value).toISOString() : undefined);

const finding = (row: Row): Finding => ({
  id: row.id,
  service: row.service,
  place: `FINDING_PLACE_${row.place}` as FindingPlace,
  kind: `FINDING_KIND_${row.kind}` as FindingKind,
  events: row.events,
  healed: row.healed,
  findTime: time(row.find_time),
  healTime: time(row.heal_time),
  fromTime: time(row.from_time),
  toTime: time(row.to_time),
  examples: row.examples,
});

/** How the ledgers, the streams and the event log stand to each other: what the reconciler wrote down. */
export const reconciliationHandlers = (database: Database): Handlers<ReconciliationServiceService> => {
  const standing = standingOf(database);
  return {
    getReconciliation: async () => {
      const run = await standing.openRun();
      return {
        services: (await standing.all()).map((row) => ({
          service: row.service,
          state: `RECONCILIATION_STATE_${row.state}` as ReconciliationState,
          lookTime: time(row.look_time),
          proofTime: time(row.proof_time),
          events: row.events,
          missing: row.missing,
          problem: row.problem,
        })),
        running: run !== undefined,
        done: run?.done ?? '0',
        total: run?.total ?? '0',
      };
    },

    listFindings: async (request) => {
      const size = pageSize(request.pageSize);
      const [found, id] = request.pageToken ? (decodeCursor(request.pageToken, ORDER) as [string, string]) : [];
      const { rows } = await sql<Row>`
        select id, service, place, kind, events, healed, find_time::text as find_time, heal_time, from_time, to_time, examples from reconcile_finding
        ${found ? sql`where (find_time, id) < (${found}::timestamptz, ${id}::uuid)` : sql``}
        order by find_time desc, id desc limit ${size + 1}`.execute(database.sql);
      const page = rows.slice(0, size);
      const last = rows.length > size ? page.at(-1) : undefined;
      return {
        findings: page.map(finding),
        nextPageToken: last ? encodeCursor(ORDER, [last.find_time, last.id]) : '',
      };
    },

    runReconciliation: async () => {
      await standing.ask();
      return {};
    },
  };
};
