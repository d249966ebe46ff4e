import type { ParkedMessage, ParkedServiceService } from '@pelagic/proto/crm/capability/v1/parked';
import type { Consumer } from '@pelagic/chassis/consumer';
import { currentContext } from '@pelagic/chassis/context';
import type { Database } from '@pelagic/chassis/database';
import { handleBatch } from '@pelagic/chassis/inbox';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { decodeCursor, encodeCursor, pageSize } from '@pelagic/chassis/page';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import type { AuditTrail } from '../audit/audit.ts';
import { isoTime } from '../record/mapping.ts';

type Row = {
  id: string;
  consumer: string;
  event_id: string | null;
  subject: string;
  reason: string;
  event: string;
  attempts: number;
  park_time: string;
};

type Options = { service: string; database: Database; consumers: Consumer[]; audit: AuditTrail };

const ORDER = 'park_time desc';
/** Messages that one call drives again or discards. */
const BATCH_MAX = 1_000;
/** Left of the deadline for the answer. */
const RESERVE_MS = 3_000;

/** Parked messages of the consumers of one service: looked at, driven again, discarded. */
export const parkedHandlers = ({ service, database, consumers, audit }: Options): Handlers<ParkedServiceService> => {
  const message = (row: Row): ParkedMessage => ({
    id: row.id,
    service,
    consumer: row.consumer,
    eventId: row.event_id ?? '',
    subject: row.subject,
    reason: row.reason,
    event: row.event,
    attempts: row.attempts,
    parkTime: isoTime(row.park_time),
  });

  /** The inbox keeps an event from having its effect twice, should the process die before the message is forgotten. */
  const redrive = async (row: Row): Promise<boolean> => {
    try {
      const consumer = consumers.find(({ name }) => name === row.consumer);
      if (!consumer) throw new Error(`There is no consumer ${row.consumer} any more.`);
      await handleBatch({ service, database }, consumer, [JSON.parse(row.event) as EventEnvelope]);
      await sql`delete from parked_message where id = ${row.id}::uuid`.execute(database.sql);
      return true;
    } catch (error) {
      await sql`update parked_message set reason = ${(error as Error).message}, attempts = attempts + 1 where id = ${row.id}::uuid`.execute(
        database.sql,
      );
      return false;
    }
  };

  return {
    listParkedMessages: async (request) => {
      const size = pageSize(request.pageSize);
      const [time, id] = request.pageToken ? (decodeCursor(request.pageToken, ORDER) as [string, string]) : [];
      const { rows } = await sql<Row>`
        select id, consumer, event_id, subject, reason, event, attempts, park_time::text as park_time from parked_message
        ${time ? sql`where (park_time, id) < (${time}::timestamptz, ${id}::uuid)` : sql``}
        order by park_time desc, id desc limit ${size + 1}`.execute(database.sql);
      const page = rows.slice(0, size);
      const last = rows.length > size ? page.at(-1) : undefined;
      return {
        parkedMessages: page.map(message),
        nextPageToken: last ? encodeCursor(ORDER, [last.park_time, last.id]) : '',
      };
    },

    redriveParkedMessages: async ({ ids }) => {
      const until = (currentContext()?.deadline ?? Infinity) - RESERVE_MS;
      // In the order in which they came: one may need the effect of the one before.
      const { rows } = await sql<Row>`
        select id, consumer, event_id, subject, reason, event, attempts, park_time::text as park_time from parked_message
        ${ids.length ? sql`where id = any(${ids}::uuid[])` : sql``} order by park_time, id limit ${BATCH_MAX}`.execute(
        database.sql,
      );
      let [done, failed] = [0, 0];
      for (const row of rows) {
        if (Date.now() > until) break;
        if (await redrive(row)) done += 1;
        else failed += 1;
      }
      return { done, failed };
    },

    discardParkedMessages: async ({ ids, reason }, caller) => {
      const discarded = await database.transact(async (tx) => {
        const { rows } = await sql<Row>`delete from parked_message where id = any(${ids}::uuid[]) returning *`.execute(
          tx.sql,
        );
        for (const { id, consumer, subject, event_id: eventId } of rows) {
          await audit.note(tx.sql, caller, {
            action: 'discard_parked_message',
            noun: 'parked_message',
            recordId: id,
            reason,
            detail: { consumer, subject, eventId },
          });
        }
        return rows.length;
      });
      return { discarded };
    },
  };
};
