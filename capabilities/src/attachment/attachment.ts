import type { Attachment } from '@pelagic/proto/crm/capability/v1/attachment';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database } from '@pelagic/chassis/database';
import { asItsRecord } from '../record/kept.ts';
import type { Row } from '../record/mapping.ts';
import { defineNoun, type Noun } from '../record/noun.ts';
import type { RecordRow } from '../record/records.ts';

export type AttachmentRow = RecordRow & {
  record_noun: string;
  record_id: string;
  file_id: string;
  name: string;
  media_type: string;
  size: string;
  sha256: string;
  creator_id: string;
};

/** Attachments of a service's records: seen with the record, whatever it is. */
export const attachmentNoun = (service: string, nouns: Noun[]): Noun => ({
  ...defineNoun({ noun: 'attachment', search: { open: ['name'], guarded: [] }, reach: asItsRecord(nouns) }),
  // The contract knows no service of what all of them keep.
  service,
});

export const attachmentOf = (noun: Noun, row: AttachmentRow): Attachment =>
  noun.mapping.toMessage(row as unknown as Row) as unknown as Attachment;

/** What of a file is sent before its bytes. */
export type AttachedFile = Pick<AttachmentRow, 'name' | 'media_type' | 'size'>;

/** The file that hangs on a record which the caller may read at this moment, whoever uploaded it. */
export const attachedFile =
  ({ sql }: Database, noun: Noun) =>
  async (fileId: string, caller: Caller): Promise<AttachedFile | undefined> =>
    (await sql
      .selectFrom('attachment')
      .select(['name', 'media_type', 'size'])
      .where('file_id', '=', fileId)
      .where('delete_time', 'is', null)
      .where(noun.reach(caller, 'read', 'attachment'))
      .executeTakeFirst()) as AttachedFile | undefined;
