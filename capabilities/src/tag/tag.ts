import type { Tag } from '@pelagic/proto/crm/capability/v1/tag';
import { sql, type Kysely } from 'kysely';
import type { Row } from '../record/mapping.ts';
import { defineNoun, type Noun } from '../record/noun.ts';
import type { RecordRow } from '../record/records.ts';

export type TagRow = RecordRow & {
  name: string;
  color: Tag['color'];
  exclusive_group: string;
  retired: boolean;
  service: string;
};

/** The tags of a service: everybody sees them, and who keeps them is for the rpcs to say. */
export const tagNoun = (service: string): Noun => ({
  ...defineNoun({ noun: 'tag', search: { open: ['name'], guarded: [] }, reach: () => sql<boolean>`true` }),
  // The contract knows no service of what all of them keep.
  service,
});

export const tagOf = (noun: Noun, row: TagRow): Tag => noun.mapping.toMessage(row as unknown as Row) as unknown as Tag;

export type TagName = { id: string; name: string };

/** Names of the tags of this service, retired ones too. */
export const tagNames = async (db: Kysely<any>): Promise<TagName[]> =>
  (await sql<TagName>`select id, name from tag`.execute(db)).rows;

/** Do its records have tags? */
export const isTagged = ({ mapping }: Noun): boolean => mapping.fields.some(({ json }) => json === 'tagIds');
