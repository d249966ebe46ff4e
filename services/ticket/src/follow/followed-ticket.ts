import type {
  FollowedFile,
  FollowedMessage,
  FollowedState,
  FollowedTicket,
} from '@pelagic/proto/crm/ticket/v1/ticket_form';
import { isoTime } from '@pelagic/capabilities/record/mapping';
import { notFound, Problem } from '@pelagic/chassis/problem';
import { sql, type Kysely } from 'kysely';
import type { MessageRow } from '../message/message.ts';
import type { QueueRow } from '../queue/queue.ts';
import type { SubmissionRow } from '../submission/submission.ts';
import type { TicketRow, TicketState } from '../ticket/ticket.ts';
import { ticketOfToken } from './follow-link.ts';

/** What ended may be read for so long after its last change. */
const AFTER_END_DAYS = 90;
/** What has become no ticket within this is not followed any longer. */
const UNDECIDED_DAYS = 30;
/** Of a longer conversation the last ones are shown. */
const MESSAGES_MAX = 200;

const STATES: Record<TicketState, FollowedState> = {
  TICKET_STATE_NEW: 'FOLLOWED_STATE_RECEIVED',
  TICKET_STATE_OPEN: 'FOLLOWED_STATE_IN_PROGRESS',
  TICKET_STATE_PENDING_CUSTOMER: 'FOLLOWED_STATE_WAITING_FOR_YOU',
  TICKET_STATE_PENDING_THIRD_PARTY: 'FOLLOWED_STATE_PAUSED',
  TICKET_STATE_ON_HOLD: 'FOLLOWED_STATE_PAUSED',
  TICKET_STATE_SOLVED: 'FOLLOWED_STATE_SOLVED',
  TICKET_STATE_CLOSED: 'FOLLOWED_STATE_CLOSED',
  TICKET_STATE_CANCELLED: 'FOLLOWED_STATE_CLOSED',
};

/** The same for a token that is wrong, too old, or of a ticket in the recycle bin. */
export const noSuchLink = (): Problem =>
  new Problem('NOT_FOUND', 'NO_SUCH_LINK', 'This link does not hold, or no longer.');

type Found = TicketRow & { tells_due: boolean };

/** The ticket that a token opens; undefined while what was sent in is none yet. Throws NO_SUCH_LINK. */
export const findFollowed = async (
  db: Kysely<any>,
  token: string,
): Promise<{ ticket: Found } | { submission: SubmissionRow }> => {
  const id = await ticketOfToken(db, token);
  if (!id) throw noSuchLink();
  const tickets = await sql<Found & Pick<QueueRow, 'form'>>`
    select ticket.*, coalesce((queue.form ->> 'tellsDue')::boolean, false) as tells_due
    from ticket join queue on queue.id = ticket.queue_id where ticket.id = ${id} and ticket.delete_time is null
      and (ticket.state not in ('TICKET_STATE_CLOSED', 'TICKET_STATE_CANCELLED')
        or ticket.update_time > now() - ${`${AFTER_END_DAYS} days`}::interval)`.execute(db);
  if (tickets.rows[0]) return { ticket: tickets.rows[0] };
  const submissions = await sql<SubmissionRow>`
    select * from ticket_submission where ticket_id = ${id} and state <> 'TICKET_SUBMISSION_STATE_ACCEPTED'
      and create_time > now() - ${`${UNDECIDED_DAYS} days`}::interval`.execute(db);
  if (submissions.rows[0]) return { submission: submissions.rows[0] };
  throw noSuchLink();
};

type Shown = FollowedFile & { mediaType: string };

/** What came with answers to the customer, as long as it hangs on the ticket. */
const filesOf = async (db: Kysely<any>, ticketId: string): Promise<Shown[]> =>
  (
    await sql<Shown>`
      select file_id as id, name, size, media_type as "mediaType" from attachment
      where record_noun = 'ticket' and record_id = ${ticketId} and delete_time is null and exists (
        select from ticket_message said where said.ticket_id = ${ticketId} and attachment.file_id = any(said.file_ids)
          and said.kind = 'TICKET_MESSAGE_KIND_ANSWER' and said.delete_time is null)`.execute(db)
  ).rows;

/** Throws NO_SUCH_LINK, NOT_FOUND. */
export const followedFile = async (db: Kysely<any>, token: string, fileId: string): Promise<Shown> => {
  const found = await findFollowed(db, token);
  const files = 'ticket' in found ? await filesOf(db, found.ticket.id) : [];
  const file = files.find(({ id }) => id === fileId);
  if (!file) throw notFound('file');
  return file;
};

const conversation = async (db: Kysely<any>, ticketId: string): Promise<FollowedMessage[]> => {
  const { rows } = await sql<MessageRow>`
    select kind, body, create_time, file_ids from ticket_message
    where ticket_id = ${ticketId} and delete_time is null and kind in ('TICKET_MESSAGE_KIND_ANSWER', 'TICKET_MESSAGE_KIND_CUSTOMER')
    order by create_time desc, id desc limit ${MESSAGES_MAX}`.execute(db);
  const files = new Map((await filesOf(db, ticketId)).map((file) => [file.id, file]));
  return rows.reverse().map(({ kind, body, create_time, file_ids }) => ({
    files: (file_ids ?? []).flatMap((id) => files.get(id) ?? []),
    fromCustomer: kind === 'TICKET_MESSAGE_KIND_CUSTOMER',
    body,
    time: isoTime(create_time),
  }));
};

export const isEnded = ({ state }: Pick<TicketRow, 'state'>): boolean => STATES[state] === 'FOLLOWED_STATE_CLOSED';

/** What whoever has the link is told. */
export const followedTicket = async (db: Kysely<any>, token: string): Promise<FollowedTicket> => {
  const found = await findFollowed(db, token);
  if ('submission' in found) {
    const { number, name, description, create_time } = found.submission;
    const shown = { number, subject: name, description, time: isoTime(create_time), dueTime: undefined };
    return { ...shown, state: 'FOLLOWED_STATE_RECEIVED', messages: [], answerable: false };
  }
  const { ticket } = found;
  return {
    number: ticket.number,
    subject: ticket.name,
    description: ticket.description,
    state: STATES[ticket.state],
    time: isoTime(ticket.create_time),
    dueTime: ticket.tells_due && ticket.running_since && ticket.due_time ? isoTime(ticket.due_time) : undefined,
    messages: await conversation(db, ticket.id),
    answerable: !isEnded(ticket),
  };
};
