import type { Comment } from '@pelagic/proto/crm/capability/v1/comment';
import { asItsRecord } from '../record/kept.ts';
import type { Row } from '../record/mapping.ts';
import { defineNoun, type Noun } from '../record/noun.ts';
import type { RecordRow } from '../record/records.ts';

export type CommentRow = RecordRow & {
  record_noun: string;
  record_id: string;
  text: string;
  mention_ids: string[];
  creator_id: string;
  edit_time: string | null;
};

/** Comments of a service's records: seen with the record, whatever it is. */
export const commentNoun = (service: string, nouns: Noun[]): Noun => ({
  ...defineNoun({ noun: 'comment', search: { open: ['text'], guarded: [] }, reach: asItsRecord(nouns) }),
  // The contract knows no service of what all of them keep.
  service,
});

export const commentOf = (noun: Noun, row: CommentRow): Comment =>
  noun.mapping.toMessage(row as unknown as Row) as unknown as Comment;
