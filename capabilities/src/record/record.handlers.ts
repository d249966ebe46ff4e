import { isUuid } from '@pelagic/proto/formats';
import type { RecordServiceService, RecordState } from '@pelagic/proto/crm/capability/v1/record';
import { contract, fieldNamed, messageType } from '@pelagic/proto/contract';
import { fieldGrant } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database } from '@pelagic/chassis/database';
import { invalidField, refused } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql, type Kysely } from 'kysely';
import type { AuditTrail } from '../audit/audit.ts';
import { listChanges, listHistory } from './history.ts';
import type { Row } from './mapping.ts';
import type { Noun } from './noun.ts';
import { getRecord } from './records.ts';

/** Records in one message of a snapshot. */
const SNAPSHOT_PAGE = 500;

type Options = { database: Database; nouns: Noun[]; audit: AuditTrail };

const stateOf = (noun: Noun, row: Row): RecordState => ({
  noun: noun.noun,
  id: row['id'] as string,
  version: row['version'] as number,
  state: JSON.stringify(noun.mapping.toState(row)),
});

/** The field as JSON names it: phones, custom.budget. Hidden ones are as if they were not there. */
const maskedField = (noun: Noun, caller: Caller, asked: string): string => {
  const { hidden, masked } = fieldGrant(caller, noun.noun);
  const field = asked.startsWith('custom.')
    ? asked
    : fieldNamed(messageType(contract.nouns.get(noun.noun)!.message), asked)?.json;
  if (!field || hidden.has(field)) throw invalidField('field', 'UNKNOWN_FIELD', 'There is no such field.');
  if (!masked.has(field)) throw refused('NOT_MASKED', 'This field is not masked for you.', { params: { field } });
  return field;
};

const valueAt = (state: Row, field: string): unknown =>
  field.split('.').reduce<unknown>((value, key) => (value as Row | undefined)?.[key], state) ?? null;

/** Every record with its version, by id. What changes meanwhile comes with its event, which has a higher version. */
async function* snapshot(db: Kysely<any>, noun: Noun): AsyncGenerator<{ records: RecordState[] }> {
  let last = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const rows = (await db
      .selectFrom(noun.table)
      .selectAll()
      .where('id', '>', last)
      .orderBy('id')
      .limit(SNAPSHOT_PAGE)
      .execute()) as Row[];
    if (rows.length) yield { records: rows.map((row) => stateOf(noun, row)) };
    if (rows.length < SNAPSHOT_PAGE) return;
    last = rows.at(-1)!['id'] as string;
  }
}

/** What a service can tell of its records, whatever their noun. */
export const recordHandlers = ({ database, nouns, audit }: Options): Handlers<RecordServiceService> => {
  const byName = new Map(nouns.map((noun) => [noun.noun, noun]));
  const nounOf = (name: string): Noun => {
    const noun = byName.get(name);
    if (!noun) throw invalidField('noun', 'UNKNOWN_NOUN', 'This service keeps no such records.');
    return noun;
  };
  return {
    listHistory: ({ noun, ...page }, caller) => listHistory(database.sql, nounOf(noun), caller, page),

    listChanges: async ({ versions }, caller) => {
      const groups = [...Map.groupBy(versions, ({ noun }) => noun)];
      const found = await Promise.all(
        groups.map(([noun, asked]) => listChanges(database.sql, nounOf(noun), caller, asked)),
      );
      return { versions: found.flat() };
    },

    revealField: async ({ noun: name, recordId, field: asked, reason }, caller) => {
      const noun = nounOf(name);
      const field = maskedField(noun, caller, asked);
      const row = await getRecord(database.sql, noun, recordId, caller, { action: 'reveal' });
      // Written down before anybody sees it.
      await audit.note(database.sql, caller, {
        action: 'reveal_field',
        noun: name,
        recordId,
        reason,
        detail: { field },
      });
      return { value: JSON.stringify(valueAt(noun.mapping.toState(row as Row), field)) };
    },

    filterVisible: async ({ noun: name, ids }, caller) => {
      const noun = nounOf(name);
      const known = ids.filter(isUuid);
      const { rows } = await sql<{ id: string }>`
        select ${sql.ref(`${noun.table}.id`)} as id from ${sql.table(noun.table)}
        where ${sql.ref(`${noun.table}.id`)} = any(${known}::uuid[]) and ${noun.reach(caller, 'read', noun.table)}`.execute(
        database.sql,
      );
      return { ids: rows.map(({ id }) => id) };
    },

    exportSnapshot: ({ noun }) => snapshot(database.sql, nounOf(noun)),

    getState: async ({ noun: name, id }) => {
      const noun = nounOf(name);
      const row = (await database.sql.selectFrom(noun.table).selectAll().where('id', '=', id).executeTakeFirst()) as
        Row | undefined;
      return row ? { record: stateOf(noun, row) } : {};
    },
  };
};
