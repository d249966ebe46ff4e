import { AttachmentServiceService, type ListAttachmentsRequest } from '@pelagic/proto/crm/capability/v1/attachment';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database } from '@pelagic/chassis/database';
import { once } from '@pelagic/chassis/once';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import { listRecords } from '../record/list.ts';
import { getRecord } from '../record/records.ts';
import { addAttachment, attachableNoun, removeAttachment, type Attachments } from './attach.ts';
import { attachmentOf, type AttachmentRow } from './attachment.ts';

type Options = Attachments & { database: Database };

export const attachmentHandlers = ({ database, ...attachments }: Options): Handlers<AttachmentServiceService> => {
  /** Whoever sees the record sees all that hangs on it. */
  const ofSeen = { ...attachments.noun, reach: () => sql<boolean>`true` };
  const list = async ({ noun, recordId, pageSize, pageToken }: ListAttachmentsRequest, caller: Caller) => {
    await getRecord(database.sql, attachableNoun(attachments, noun, 'noun'), recordId, caller);
    const filter = `record_id = "${recordId}"`;
    const page = { filter, pageSize, pageToken, orderBy: '', query: '', deleted: false, count: true };
    return listRecords<AttachmentRow>(database.sql, ofSeen, page, caller);
  };
  return {
    addAttachment: (request, caller) =>
      database.transact((tx) =>
        once(tx, caller, AttachmentServiceService.addAttachment, request, async () => ({
          attachment: attachmentOf(attachments.noun, await addAttachment(tx, attachments, request.attachment!, caller)),
        })),
      ),
    listAttachments: async (request, caller) => {
      const { rows, nextPageToken, totalSize = 0 } = await list(request, caller);
      return { attachments: rows.map((row) => attachmentOf(attachments.noun, row)), nextPageToken, totalSize };
    },
    removeAttachment: async (request, caller) => {
      await database.transact((tx) => removeAttachment(tx, attachments, request, caller));
      return {};
    },
  };
};
