import type { Attachment } from '@pelagic/proto/crm/capability/v1/attachment';
import { authorize } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { invalidField, notFound, Problem, stale } from '@pelagic/chassis/problem';
import { sql } from 'kysely';
import type { FileStore } from '../file/store.ts';
import { keptNouns } from '../record/kept.ts';
import type { Row } from '../record/mapping.ts';
import type { Noun } from '../record/noun.ts';
import { applyChange, insertRecord, lockRecord } from '../record/records.ts';
import type { AttachmentRow } from './attachment.ts';

export type Attachments = { noun: Noun; nouns: Noun[]; files: FileStore };

/** Files on one record. */
const COUNT_MAX = 50;
/** Bytes of all of them. */
const BYTES_MAX = 500 * 1024 * 1024;

/** The noun that files are put on. `field` is where the request names it. */
export const attachableNoun = ({ nouns }: Attachments, name: string, field: string): Noun => {
  const noun = keptNouns(nouns).get(name);
  if (!noun) throw invalidField(field, 'UNKNOWN_NOUN', 'Records of this kind have no attachments here.');
  return noun;
};

/** The record is locked: two people at once do not get past the limits together. */
const refuseTooMuch = async (tx: Tx, recordId: string): Promise<void> => {
  const { rows } = await sql<{ count: number; bytes: number }>`
    select count(*)::int as count, coalesce(sum(size), 0)::float8 as bytes
    from attachment where record_id = ${recordId}::uuid and delete_time is null`.execute(tx.sql);
  const { count, bytes } = rows[0]!;
  if (count > COUNT_MAX)
    throw new Problem('RESOURCE_EXHAUSTED', 'TOO_MANY_ATTACHMENTS', 'There are as many files on it as there can be.', {
      params: { max: String(COUNT_MAX) },
    });
  if (bytes > BYTES_MAX)
    throw new Problem('RESOURCE_EXHAUSTED', 'ATTACHMENTS_TOO_LARGE', 'The files on it are as large as they can be.');
};

/** Puts a file that the caller uploaded on a record that they may change. `field` is where the request names it. */
export const addAttachment = async (
  tx: Tx,
  attachments: Attachments,
  { recordNoun, recordId, fileId }: Pick<Attachment, 'recordNoun' | 'recordId' | 'fileId'>,
  caller: Caller,
  field = 'attachment.fileId',
): Promise<AttachmentRow> => {
  const record = attachableNoun(attachments, recordNoun, 'attachment.recordNoun');
  authorize(caller, `${recordNoun}.update`);
  const locked = await lockRecord(tx, record, recordId, caller, { action: 'update' });
  record.spec.keepFiles?.(locked);
  const file = await attachments.files.claim(tx, fileId, caller.id);
  if (!file) throw invalidField(field, 'UNKNOWN_FILE', 'There is no such upload of yours, or it hangs already.');
  const { name, media_type, size, sha256 } = file;
  const values = { record_noun: recordNoun, record_id: recordId, file_id: fileId, name, media_type, size, sha256 };
  const row = await insertRecord<AttachmentRow>(tx, attachments.noun, values, caller, 'added');
  await refuseTooMuch(tx, recordId);
  return row;
};

/** The record under a lock, as whoever puts a file on it takes it, so that it does not change meanwhile. */
const lockUnder = async (tx: Tx, { nouns }: Attachments, { record_noun, record_id }: AttachmentRow) => {
  const { table, spec } = keptNouns(nouns).get(record_noun)!;
  const { rows } = await sql<Row>`
    select * from ${sql.table(table)} where id = ${record_id}::uuid for update`.execute(tx.sql);
  return { record: rows[0]!, spec };
};

/** Who put it there takes it off, and who may delete the record. */
export const removeAttachment = async (
  tx: Tx,
  attachments: Attachments,
  { id, version }: { id: string; version: number },
  caller: Caller,
): Promise<void> => {
  const { noun, files } = attachments;
  const theirs = (action: string) =>
    tx.sql
      .selectFrom('attachment')
      .selectAll()
      .where('id', '=', id)
      .where('delete_time', 'is', null)
      .where(noun.reach(caller, action, 'attachment'));
  const seen = (await theirs('read').executeTakeFirst()) as AttachmentRow | undefined;
  if (!seen) throw notFound('attachment');
  const { record, spec } = await lockUnder(tx, attachments, seen);
  const row = (await theirs('read').forUpdate().executeTakeFirst()) as AttachmentRow | undefined;
  if (!row) throw notFound('attachment');
  if (row.creator_id !== caller.id && !(await theirs('delete').executeTakeFirst()))
    throw new Problem(
      'PERMISSION_DENIED',
      'NOT_THE_UPLOADER',
      'Only who put it there takes it off, or who may delete the record.',
    );
  if (version && version !== row.version) throw stale('attachment', row.version);
  spec.keepFiles?.(record, row);
  await applyChange<AttachmentRow>(tx, noun, row, { verb: 'removed' }, (draft) => {
    draft.delete_time = now().toISOString();
  });
  await files.release(tx, row.file_id);
};
