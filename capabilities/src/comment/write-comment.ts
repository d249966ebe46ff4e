import type { Comment, UpdateCommentRequest } from '@pelagic/proto/crm/capability/v1/comment';
import { authorize } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Tx } from '@pelagic/chassis/database';
import { record, uuidv7 } from '@pelagic/chassis/outbox';
import { invalidField, notFound, Problem, stale } from '@pelagic/chassis/problem';
import { keptNouns } from '../record/kept.ts';
import type { Row } from '../record/mapping.ts';
import type { Noun } from '../record/noun.ts';
import { applyChange, getRecord, type RecordRow } from '../record/records.ts';
import { tidyText } from '../record/tidy.ts';
import type { CommentRow } from './comment.ts';

export type Comments = {
  service: string;
  directory: { employee: (id: string) => Promise<{ active: boolean } | undefined> };
  noun: Noun;
  nouns: Noun[];
};

type Owned = RecordRow & { owner_id: string | null };

/** People who work here, each once. */
const mentionsOf = async ({ directory }: Comments, ids: string[], prefix: string): Promise<string[]> => {
  for (const [index, id] of ids.entries())
    if (!(await directory.employee(id))?.active)
      throw invalidField(`${prefix}[${index}]`, 'UNKNOWN_EMPLOYEE', 'There is no such employee, or they have left.');
  return [...new Set(ids)];
};

/** The noun that is commented on. `field` is where the request names it. */
export const commentedNoun = ({ nouns }: Comments, name: string, field: string): Noun => {
  const noun = keptNouns(nouns).get(name);
  if (!noun) throw invalidField(field, 'UNKNOWN_NOUN', 'Records of this kind have no comments here.');
  return noun;
};

/** Says something about a record. The event tells whose it is, so that they can be told. */
export const createComment = async (
  tx: Tx,
  comments: Comments,
  { recordNoun, recordId, text, mentionIds }: Comment,
  caller: Caller,
): Promise<CommentRow> => {
  const commented = commentedNoun(comments, recordNoun, 'comment.recordNoun');
  authorize(caller, `${recordNoun}.read`);
  const about = await getRecord<Owned>(tx.sql, commented, recordId, caller, { deleted: false });
  const time = now().toISOString();
  const row = {
    id: uuidv7(),
    version: 1,
    record_noun: recordNoun,
    record_id: recordId,
    text: tidyText(text, 'comment.text'),
    mention_ids: await mentionsOf(comments, mentionIds, 'comment.mentionIds'),
    creator_id: caller.id,
    create_time: time,
    update_time: time,
    edit_time: null,
    delete_time: null,
  };
  await tx.sql
    .insertInto('comment')
    .values({ ...row, search_open: row.text.toLowerCase() })
    .execute();
  record(tx, {
    subject: `crm.${comments.service}.comment.created.v1`,
    noun: 'comment',
    recordId: row.id,
    version: 1,
    data: {
      comment: comments.noun.mapping.toState(row as Row),
      ...(about.owner_id && { recordOwnerId: about.owner_id }),
    },
  });
  return row;
};

/** A comment that the caller may see, locked. */
const lockComment = async (tx: Tx, { noun }: Comments, id: string, caller: Caller): Promise<CommentRow> => {
  const row = await tx.sql
    .selectFrom('comment')
    .selectAll()
    .where('id', '=', id)
    .where('delete_time', 'is', null)
    .where(noun.reach(caller, 'read', 'comment'))
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('comment');
  return row as CommentRow;
};

const checkVersion = (row: CommentRow, version: number): void => {
  if (version && version !== row.version) throw stale('comment', row.version);
};

/** Only who wrote it writes it anew. */
export const updateComment = async (
  tx: Tx,
  comments: Comments,
  { id, text, mentionIds, version }: UpdateCommentRequest,
  caller: Caller,
): Promise<CommentRow> => {
  const row = await lockComment(tx, comments, id, caller);
  if (row.creator_id !== caller.id)
    throw new Problem('PERMISSION_DENIED', 'NOT_THE_AUTHOR', 'Only who wrote it writes it anew.');
  checkVersion(row, version);
  // Who was named before stays named, also when they have left since.
  const named = mentionIds.filter((mentioned) => row.mention_ids.includes(mentioned));
  const added = mentionIds.filter((mentioned) => !named.includes(mentioned));
  const written = tidyText(text, 'text');
  const mentions = [...new Set([...named, ...(await mentionsOf(comments, added, 'mentionIds'))])];
  return applyChange<CommentRow>(tx, comments.noun, row, { verb: 'updated' }, (draft) => {
    if (written !== row.text) draft.edit_time = now().toISOString();
    draft.text = written;
    draft.mention_ids = mentions;
  });
};

/** Who wrote it takes it away, and who may delete the record. */
export const deleteComment = async (
  tx: Tx,
  comments: Comments,
  { id, version }: { id: string; version: number },
  caller: Caller,
): Promise<void> => {
  const row = await lockComment(tx, comments, id, caller);
  if (row.creator_id !== caller.id) {
    const theirs = await tx.sql
      .selectFrom('comment')
      .select('id')
      .where('id', '=', id)
      .where(comments.noun.reach(caller, 'delete', 'comment'))
      .executeTakeFirst();
    if (!theirs)
      throw new Problem(
        'PERMISSION_DENIED',
        'NOT_THE_AUTHOR',
        'Only who wrote it takes it away, or who may delete the record.',
      );
  }
  checkVersion(row, version);
  await applyChange<CommentRow>(tx, comments.noun, row, { verb: 'deleted' }, (draft) => {
    draft.delete_time = now().toISOString();
  });
};
