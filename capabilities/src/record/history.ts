import { isUuid } from '@pelagic/proto/formats';
import type {
  HistoryChange,
  HistoryEntry,
  ChangedVersion,
  VersionChanges,
} from '@pelagic/proto/crm/capability/v1/record';
import { contract } from '@pelagic/proto/contract';
import { fieldGrant } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { decodeCursor, encodeCursor, pageSize } from '@pelagic/chassis/page';
import { sql, type Kysely } from 'kysely';
import { isoTime, sameValue, type Row } from './mapping.ts';
import type { Noun } from './noun.ts';
import { getRecord, type RecordRow } from './records.ts';

export type ChangeRow = { reason: string; before: Row; after: Row };
type HistoryRow = ChangeRow & {
  event_id: string;
  event: string;
  version: number;
  time: string;
  recorded_time: string;
  actor_id: string;
  imported: boolean;
};

type Page = { recordId: string; pageSize: number; pageToken: string };

const ORDER = 'version desc';
/** Said by other fields of the entry, or of no interest to people. */
const UNSAID = new Set(['id', 'version', 'createTime', 'updateTime', 'creatorId']);

/** Custom fields change one by one, and each has a right of its own. */
const spread = (state: Row): Row => {
  const { custom, ...rest } = state;
  return {
    ...rest,
    ...Object.fromEntries(Object.entries((custom ?? {}) as Row).map(([slug, value]) => [`custom.${slug}`, value])),
  };
};

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  value === false ||
  value === 0 ||
  (typeof value === 'object' && !Object.keys(value).length);

/** What changed, as this caller may know it: hidden fields are left out, of masked ones is only said that they changed. */
const changesFor = (noun: Noun, caller: Caller, before: Row, after: Row): HistoryChange[] => {
  const { hidden, masked } = fieldGrant(caller, noun.noun);
  const [was, is] = [spread(before), spread(after)];
  // In the order of the contract: jsonb keeps none.
  const place = new Map(contract.nouns.get(noun.noun)!.fields.map((field, index) => [field, index]));
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .toSorted((a, b) => (place.get(a) ?? place.size) - (place.get(b) ?? place.size))
    .filter((field) => !hidden.has(field) && !UNSAID.has(field))
    .filter(
      (field) => !sameValue(was[field] ?? null, is[field] ?? null) && !(isEmpty(was[field]) && isEmpty(is[field])),
    )
    .map((field) =>
      masked.has(field)
        ? { field, before: '', after: '' }
        : { field, before: JSON.stringify(was[field] ?? null), after: JSON.stringify(is[field] ?? null) },
    );
};

/** Why something changed. A command may have written the same words into a field: who may not see that is not told them here. */
export const reasonFor = (noun: Noun, caller: Caller, { reason, before, after }: ChangeRow): string => {
  const { hidden, masked } = fieldGrant(caller, noun.noun);
  const told = reason.trim();
  const isUntold = ([field, value]: [string, unknown]): boolean =>
    (hidden.has(field) || masked.has(field)) && typeof value === 'string' && value.trim() === told;
  return [before, after].some((state) => Object.entries(state).some(isUntold)) ? '' : reason;
};

const entryOf = (noun: Noun, caller: Caller, row: HistoryRow): HistoryEntry => ({
  eventId: row.event_id,
  event: row.event,
  version: row.version,
  time: isoTime(row.time),
  recordedTime: isoTime(row.recorded_time),
  ...(isUuid(row.actor_id) && { actorId: row.actor_id }),
  reason: reasonFor(noun, caller, row),
  changes: changesFor(noun, caller, row.before, row.after),
  imported: row.imported,
});

/** The record as it was created: what the first change of each field found there, or what nobody changed. */
const firstState = async (db: Kysely<any>, noun: Noun, record: Row): Promise<Row> => {
  const { rows } = await sql<{ key: string; value: unknown }>`
    select distinct on (field.key) field.key, field.value from history, jsonb_each(history.before) field
    where history.noun = ${noun.noun} and history.record_id = ${record['id'] as string}::uuid
    order by field.key, history.version`.execute(db);
  return { ...noun.mapping.toState(record), ...Object.fromEntries(rows.map(({ key, value }) => [key, value])) };
};

const creationOf = async (db: Kysely<any>, noun: Noun, caller: Caller, record: RecordRow): Promise<HistoryEntry> => {
  const { rows } = await sql<{ id: string; time: string; recorded_time: string; imported: boolean }>`
    select id, event->>'time' as time, recorded_time, event ? 'imported' as imported from (
      select id, recorded_time, event::jsonb as event from outbox where noun = ${noun.noun} and record_id = ${record.id}::uuid and version = 1 limit 1) created`.execute(
    db,
  );
  const brought =
    await sql`select 1 from import_identity where noun = ${noun.noun} and record_id = ${record.id}::uuid and history limit 1`.execute(
      db,
    );
  const [event] = rows;
  return entryOf(noun, caller, {
    // The ledger forgets after two weeks; then the record's own id stands for the event's.
    event_id: event?.id ?? record.id,
    event: `crm.${noun.service}.${noun.noun}.created.v1`,
    version: 1,
    time: event?.time ?? record.create_time,
    recorded_time: event?.recorded_time ?? record.create_time,
    actor_id: record.creator_id ?? '',
    reason: '',
    imported: event?.imported ?? brought.rows.length > 0,
    before: {},
    after: await firstState(db, noun, record as Row),
  });
};

/** A page of a record's changes, newest first; the last one is how it came into being. */
export const listHistory = async (
  db: Kysely<any>,
  noun: Noun,
  caller: Caller,
  { recordId, pageSize: asked, pageToken }: Page,
): Promise<{ entries: HistoryEntry[]; nextPageToken: string }> => {
  const record = await getRecord<RecordRow>(db, noun, recordId, caller);
  const size = pageSize(asked);
  const [below] = pageToken ? (decodeCursor(pageToken, ORDER) as [number]) : [];
  const { rows } = await sql<HistoryRow>`
    select * from history where noun = ${noun.noun} and record_id = ${recordId}::uuid ${below ? sql`and version < ${below}` : sql``}
    order by version desc limit ${size + 1}`.execute(db);
  const entries = rows.slice(0, size).map((row) => entryOf(noun, caller, row));
  if (rows.length < size) entries.push(await creationOf(db, noun, caller, record));
  const more = rows.length >= size;
  return { entries, nextPageToken: more ? encodeCursor(ORDER, [entries.at(-1)!.version]) : '' };
};

/** What changed with these versions of records of one noun, as far as the caller may see the records and their fields. */
export const listChanges = async (
  db: Kysely<any>,
  noun: Noun,
  caller: Caller,
  versions: Pick<ChangedVersion, 'recordId' | 'version'>[],
): Promise<VersionChanges[]> => {
  const { rows } = await sql<ChangeRow & { record_id: string; version: number }>`
    select history.record_id, history.version, history.reason, history.before, history.after
    from unnest(${versions.map(({ recordId }) => recordId)}::uuid[], ${versions.map(({ version }) => version)}::integer[]) as asked(record_id, version)
    join history on history.noun = ${noun.noun} and history.record_id = asked.record_id and history.version = asked.version
    join ${sql.table(noun.table)} on ${sql.ref(`${noun.table}.id`)} = asked.record_id
    where ${noun.reach(caller, 'read', noun.table)}`.execute(db);
  return rows.map(({ record_id: recordId, version, ...row }) => ({
    recordId,
    version,
    changes: changesFor(noun, caller, row.before, row.after),
    reason: reasonFor(noun, caller, row),
  }));
};
