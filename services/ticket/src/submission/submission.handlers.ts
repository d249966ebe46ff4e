import type { TicketSubmissionServiceService } from '@pelagic/proto/crm/ticket/v1/ticket_form';
import type { Intake } from '@pelagic/capabilities/public-form/intake';
import { reviewSubmission } from '@pelagic/capabilities/public-form/settle';
import { listRecords } from '@pelagic/capabilities/record/list';
import type { Database } from '@pelagic/chassis/database';
import type { Handlers } from '@pelagic/chassis/rpc';
import { submission, submissionMessage, type SubmissionRow } from './submission.ts';

export const submissionHandlers = (
  database: Database,
  submissions: Intake<SubmissionRow>,
): Handlers<TicketSubmissionServiceService> => ({
  listTicketSubmissions: async (request, caller) => {
    const asked = { ...request, deleted: false };
    const { rows, ...page } = await listRecords<SubmissionRow>(database.sql, submission, asked, caller);
    return { ticketSubmissions: rows.map(submissionMessage), ...page };
  },
  reviewTicketSubmission: async ({ id, accept, version }, caller) => ({
    ticketSubmission: submissionMessage(
      await database.transact((tx) => reviewSubmission(submissions, tx, id, { accepted: accept, version }, caller)),
    ),
  }),
});
