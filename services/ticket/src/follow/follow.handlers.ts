import { PublicTicketServiceService, type AnswerFollowedTicketRequest } from '@pelagic/proto/crm/ticket/v1/ticket_form';
import { sendFile } from '@pelagic/capabilities/file/send-file';
import { applyChange, insertRecord, lockRecord } from '@pelagic/capabilities/record/records';
import { tidyText } from '@pelagic/capabilities/record/tidy';
import { serviceCaller, type Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { once } from '@pelagic/chassis/once';
import { Problem, refused } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import { message, ownerOf, type MessageRow } from '../message/message.ts';
import type { TicketService } from '../ticket-service.ts';
import { moveTicket, workingTimeOf } from '../ticket/move-ticket.ts';
import { ticket, type TicketRow } from '../ticket/ticket.ts';
import { findFollowed, followedFile, followedTicket, isEnded } from './followed-ticket.ts';

/** What may be said over a link within ten minutes: enough for a person who sends line by line. */
const SAID_MAX = 20;
const SAID_SECONDS = 600;

const charge = async (tx: Tx, ticketId: string): Promise<void> => {
  const { rows } = await sql<{ said: number }>`
    select count(*)::int as said from ticket_message where ticket_id = ${ticketId} and kind = 'TICKET_MESSAGE_KIND_CUSTOMER'
      and create_time > now() - ${`${SAID_SECONDS} seconds`}::interval`.execute(tx.sql);
  if (rows[0]!.said < SAID_MAX) return;
  const retryAfterSeconds = String(SAID_SECONDS);
  throw new Problem('RESOURCE_EXHAUSTED', 'TOO_MANY_REQUESTS', 'Too many requests. Try again later.', {
    params: { retryAfterSeconds },
  });
};

/** The customer has spoken: what waited for them goes on, what was solved is opened again. */
const goOn = async (service: TicketService, tx: Tx, locked: TicketRow): Promise<void> => {
  if (locked.state !== 'TICKET_STATE_PENDING_CUSTOMER' && locked.state !== 'TICKET_STATE_SOLVED') return;
  const time = await workingTimeOf(service, tx, locked);
  const verb = locked.state === 'TICKET_STATE_SOLVED' ? 'reopened' : 'state_changed';
  await applyChange(tx, ticket, locked, { verb }, (draft) => moveTicket(draft, 'TICKET_STATE_OPEN', time, now()));
};

const answer = async (service: TicketService, tx: Tx, { token, body }: AnswerFollowedTicketRequest): Promise<void> => {
  const found = await findFollowed(tx.sql, token);
  if ('submission' in found) throw refused('NOT_A_TICKET_YET', 'This is still being looked at. Try again in a moment.');
  // Whoever has the link acts for nobody here: what they may do is this, and no permission says it.
  const caller = serviceCaller('ticket');
  const locked = await lockRecord<TicketRow>(tx, ticket, found.ticket.id, caller, { action: 'update' });
  if (isEnded(locked)) throw refused('FOLLOWED_TICKET_OVER', 'This is closed. Send a new request.');
  await charge(tx, locked.id);
  const row = { ticket_id: locked.id, kind: 'TICKET_MESSAGE_KIND_CUSTOMER', body, file_ids: [] };
  await insertRecord<MessageRow>(tx, message, row, caller, 'added', ownerOf(locked));
  await goOn(service, tx, locked);
};

export const followHandlers = (
  service: TicketService,
): Pick<Handlers<PublicTicketServiceService>, 'followTicket' | 'answerFollowedTicket' | 'downloadFollowedFile'> => {
  const { database } = service;
  const answerOnce = (request: AnswerFollowedTicketRequest, caller: Caller) => {
    const body = tidyText(request.body, 'body');
    return database.transact((tx) =>
      once(tx, caller, PublicTicketServiceService.answerFollowedTicket, request, async () => {
        await answer(service, tx, { ...request, body });
        return { followedTicket: await followedTicket(tx.sql, request.token) };
      }),
    );
  };
  return {
    followTicket: async ({ token }) => ({ followedTicket: await followedTicket(database.sql, token) }),
    answerFollowedTicket: answerOnce,
    downloadFollowedFile: async function* ({ token, fileId }) {
      const { name, mediaType, size } = await followedFile(database.sql, token, fileId);
      yield* sendFile({ service: 'ticket', name, mediaType, size }, await service.files.open(fileId));
    },
  };
};
