import { unwritable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { invalid, invalidField } from '@pelagic/chassis/problem';
import type { Noun } from '../record/noun.ts';
import { changeRecord, type RecordRow } from '../record/records.ts';
import { settleTags } from './settle-tags.ts';
import { isTagged } from './tag.ts';

export type TaggedRow = RecordRow & { tag_ids: string[] };
export type TagChange = { addIds: string[]; removeIds: string[] };

/** The noun whose records get tags. Refuses one that has none, and who may not write that field. */
export const taggedNoun = (nouns: Noun[], name: string, caller: Caller): Noun => {
  const noun = nouns.find((known) => known.noun === name && isTagged(known));
  if (!noun) throw invalidField('noun', 'UNKNOWN_NOUN', 'Records of this kind have no tags here.');
  const errors = unwritable(caller, name, ['tagIds'], false, noun.key);
  if (errors.length) throw invalid(...errors);
  return noun;
};

/**
 * Puts tags on a record and takes others off, on top of whatever others did to it: no version is asked for, and two
 * people who add different ones both find theirs there.
 */
export const changeTags = (
  tx: Tx,
  noun: Noun,
  id: string,
  { addIds, removeIds }: TagChange,
  caller: Caller,
): Promise<TaggedRow> =>
  changeRecord<TaggedRow>(tx, noun, id, caller, { action: 'update', verb: 'updated' }, async (row) => {
    const gone = new Set(removeIds.map((removed) => removed.toLowerCase()));
    const wanted = [...row.tag_ids.filter((stands) => !gone.has(stands)), ...addIds];
    row.tag_ids = await settleTags(tx.sql, { before: row.tag_ids, wanted, field: 'addIds' });
  });
