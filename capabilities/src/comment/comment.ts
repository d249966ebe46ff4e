import type { Comment } from '@pelagic/proto/crm/capability/v1/comment';
import { contract } from '@pelagic/proto/contract';
import { sql } from 'kysely';
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

/** What people keep: somebody owns it, and who may make one is for a role to say. */
const isKept = ({ noun, mapping }: Noun): boolean =>
  mapping.fields.some(({ json }) => json === 'ownerId') &&
  [...contract.rpcs.values()].some(({ access }) => access.permission === `${noun}.create`);

/** What can be commented on here, by name. */
export const commentable = (nouns: Noun[]): Map<string, Noun> =>
  new Map(nouns.filter(isKept).map((noun) => [noun.noun, noun]));

/** Comments of a service's records: seen with the record, whatever it is. */
export const commentNoun = (service: string, nouns: Noun[]): Noun => ({
  ...defineNoun({
    noun: 'comment',
    search: { open: ['text'], guarded: [] },
    reach: (caller, action, table) =>
      sql<boolean>`(${sql.join(
        [
          sql`false`,
          ...[...commentable(nouns).values()].map(
            (noun) => sql`${sql.ref(`${table}.record_noun`)} = ${noun.noun} and exists (
              select from ${sql.table(noun.table)} where ${sql.ref(`${noun.table}.id`)} = ${sql.ref(`${table}.record_id`)}
                and ${noun.reach(caller, action, noun.table)})`,
          ),
        ],
        sql` or `,
      )})`,
  }),
  // The contract knows no service of what all of them keep.
  service,
});

export const commentOf = (noun: Noun, row: CommentRow): Comment =>
  noun.mapping.toMessage(row as unknown as Row) as unknown as Comment;
