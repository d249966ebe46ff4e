import { Tag, type TagServiceService, type UpdateTagRequest } from '@pelagic/proto/crm/capability/v1/tag';
import type { Caller } from '@pelagic/chassis/caller';
import { brokenConstraint, type Database, type Tx } from '@pelagic/chassis/database';
import { invalidField, Problem } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import type { Row } from '../record/mapping.ts';
import type { Noun } from '../record/noun.ts';
import { changeRecord, insertRecord } from '../record/records.ts';
import { tidy, tidyName } from '../record/tidy.ts';
import { changeTags, taggedNoun } from './change-tags.ts';
import { tagOf, type TagRow } from './tag.ts';

/** Tags of a service: all of them stand in one menu. */
const TAGS_MAX = 500;

type Options = { service: string; database: Database; noun: Noun; nouns: Noun[] };

const named = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (brokenConstraint(error) !== 'tag_name') throw error;
    const message = 'A tag of this name exists already.';
    throw new Problem('ALREADY_EXISTS', 'DUPLICATE', message, {
      fields: [{ field: 'tag.name', reason: 'DUPLICATE', message }],
    });
  }
};

const write = (row: TagRow, { name, color, exclusiveGroup, retired }: Tag): void => {
  row.name = tidyName(name, 'tag.name');
  row.color = color === 'TAG_COLOR_UNSPECIFIED' ? 'TAG_COLOR_GREY' : color;
  row.exclusive_group = tidy(exclusiveGroup);
  row.retired = retired;
};

const MUTABLE = new Set(['name', 'color', 'exclusiveGroup', 'retired']);

/** What the mask names of the given tag, the rest as it is. */
const merged = (stored: Tag, given: Tag, mask: string[] | undefined): Tag => {
  if (!mask?.length) return given;
  const paths = mask.map((path) => path.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()));
  const unknown = paths.find((path) => !MUTABLE.has(path));
  if (unknown) throw invalidField('updateMask', 'UNKNOWN_FIELD', `${unknown} cannot be updated.`, { value: unknown });
  return { ...stored, ...Object.fromEntries(paths.map((path) => [path, given[path as keyof Tag]])) };
};

const createTag = async (tx: Tx, { service, noun }: Options, tag: Tag, caller: Caller): Promise<TagRow> => {
  // Who adds one waits for the others who do, so that the limit holds.
  await sql`select pg_advisory_xact_lock(hashtext('tag'))`.execute(tx.sql);
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from tag`.execute(tx.sql);
  if (rows[0]!.count >= TAGS_MAX)
    throw new Problem('RESOURCE_EXHAUSTED', 'TOO_MANY_TAGS', `There are at most ${TAGS_MAX} tags.`, {
      params: { max: String(TAGS_MAX) },
    });
  const row = { service } as TagRow;
  write(row, tag);
  return named(insertRecord<TagRow>(tx, noun, row as unknown as Row, caller));
};

const updateTag = (tx: Tx, { noun }: Options, request: UpdateTagRequest, caller: Caller): Promise<TagRow> => {
  const { id, tag, updateMask } = request;
  const change = { action: 'manage', verb: 'updated', version: tag!.version };
  return named(
    changeRecord<TagRow>(tx, noun, id, caller, change, (row) => write(row, merged(tagOf(noun, row), tag!, updateMask))),
  );
};

export const tagHandlers = (options: Options): Handlers<TagServiceService> => {
  const { database, noun, nouns } = options;
  const answer = async (row: Promise<TagRow>) => ({ tag: tagOf(noun, await row) });
  return {
    createTag: ({ tag }, caller) => answer(database.transact((tx) => createTag(tx, options, tag!, caller))),
    updateTag: (request, caller) => answer(database.transact((tx) => updateTag(tx, options, request, caller))),
    listTags: async ({ includeRetired }) => {
      const { rows } = await sql<TagRow>`
        select * from tag where not retired or ${includeRetired} order by exclusive_group, lower(name)`.execute(
        database.sql,
      );
      return { tags: rows.map((row) => tagOf(noun, row)) };
    },
    changeTags: async (request, caller) => {
      const tagged = taggedNoun(nouns, request.noun, caller);
      const row = await database.transact((tx) => changeTags(tx, tagged, request.recordId, request, caller));
      return { tagIds: row.tag_ids, version: row.version };
    },
  };
};
