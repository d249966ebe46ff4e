import { createHash, createHmac } from 'node:crypto';
import type { Tx } from '@pelagic/chassis/database';
import { sql, type Kysely } from 'kysely';

/**
 * The token of a ticket's link: 256 bits that nobody can guess without the secret of this service, which is in no database.
 * It can be made again for the next mail to the customer, and so need not be stored.
 */
export const tokenOf = (secret: string, ticketId: string): string =>
  createHmac('sha256', secret).update(`follow/${ticketId}`).digest('base64url');

/** Where the link leads: behind the `#`, so that no server and no log on the way has the token. */
export const followPath = (secret: string, ticketId: string): string => `/follow#${tokenOf(secret, ticketId)}`;

/** The database knows a link by this and cannot give it out. */
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** From now on the token opens the ticket. */
export const rememberLink = async (tx: Tx, ticketId: string, token: string): Promise<void> => {
  await sql`insert into follow_link (token_hash, ticket_id) values (${hashOf(token)}, ${ticketId}) on conflict do nothing`.execute(
    tx.sql,
  );
};

/** The ticket, or what is to become one, that a token opens. */
export const ticketOfToken = async (db: Kysely<any>, token: string): Promise<string | undefined> =>
  (await sql<{ ticket_id: string }>`select ticket_id from follow_link where token_hash = ${hashOf(token)}`.execute(db))
    .rows[0]?.ticket_id;
