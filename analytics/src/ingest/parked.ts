import { sql } from 'kysely';
import type { Database } from '@pelagic/chassis/database';
import { storable } from '@pelagic/chassis/envelope';

/** As whom the ingest parks what it cannot read; see parked_message. */
export const INGEST = 'analytics_ingest';

export type Unreadable = { eventId: string; subject: string; body: string; reason: string };

export const park = async (database: Database, messages: Unreadable[]): Promise<void> => {
  for (const { eventId, subject, body, reason } of messages) {
    await sql`
      insert into parked_message (consumer, event_id, subject, reason, event, attempts) values (${INGEST}, ${eventId}::uuid, ${subject}, ${storable(reason)}, ${storable(body)}, 1)
      on conflict (consumer, event_id) do update set reason = excluded.reason, attempts = parked_message.attempts + 1`.execute(
      database.sql,
    );
  }
};
