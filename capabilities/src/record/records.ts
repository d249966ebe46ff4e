import { append } from '@pelagic/chassis/append';
import { authorize } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import { brokenConstraint, type Tx } from '@pelagic/chassis/database';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { denied, notFound, Problem, stale, type FieldError } from '@pelagic/chassis/problem';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { sameValue, type Row } from './mapping.ts';
import type { Noun } from './noun.ts';
import { pick, tellChange, tellNew } from './tell.ts';

/** Columns that the capability keeps itself; a rule never writes them. */
export type RecordRow = {
  id: string;
  version: number;
  create_time: string;
  update_time: string;
  creator_id: string | null;
  delete_time: string | null;
};

export type Change = {
  /** Action of the permission: update, assign, delete …. Whose records is decided by its scope. */
  action: string;
  /** Past verb of the event: updated, assigned …. */
  verb: string;
  /** The version that the caller saw; 0 when they do not say. */
  version?: number;
  reason?: string;
  /** Records in the recycle bin instead of the living. */
  deleted?: boolean;
  /** What the event says beside the record. */
  besides?: Row;
};

const JSON_COLUMNS = new WeakMap<Noun, Set<string>>();
const jsonColumns = (noun: Noun): Set<string> => {
  let columns = JSON_COLUMNS.get(noun);
  if (!columns)
    JSON_COLUMNS.set(
      noun,
      (columns = new Set(noun.mapping.fields.filter(({ kind }) => kind === 'message').map(({ name }) => name))),
    );
  return columns;
};

/** jsonb columns are bound as text. */
const bindable = (noun: Noun, row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      jsonColumns(noun).has(column) && value !== null && typeof value === 'object' ? JSON.stringify(value) : value,
    ]),
  );

const words = (row: Row, columns: string[]): string =>
  columns
    .flatMap((column) => row[column] ?? [])
    .filter((value) => value !== '')
    .join('\n')
    .toLowerCase();

const searchColumns = ({ spec }: Noun, row: Row): Row => ({
  search_open: words(row, spec.search.open),
  search_guarded: words(row, spec.search.guarded),
});

/** Names the conflict when the external id, which one living record can have, is another's: at entering and at restoring. */
const refuseTakenId =
  (noun: Noun) =>
  (error: unknown): never => {
    if (brokenConstraint(error) !== `${noun.table}_external`) throw error;
    const message = 'Another record has this external id.';
    const field: FieldError = { field: `${noun.key}.externalId`, reason: 'EXTERNAL_ID_TAKEN', message };
    throw new Problem('ALREADY_EXISTS', 'EXTERNAL_ID_TAKEN', message, { fields: [field], cause: error });
  };

const newRow = (values: Row, caller: Caller): Row => {
  const time = now().toISOString();
  return {
    id: uuidv7(),
    version: 1,
    create_time: time,
    update_time: time,
    creator_id: caller.kind === 'service' ? null : caller.id,
    ...values,
  };
};

/** Adds a record with its first event, `created` unless the noun has another verb for it. `values` are columns; id, version and times are given here unless they say so. */
export const insertRecord = async <R extends RecordRow>(
  tx: Tx,
  noun: Noun,
  values: Row,
  caller: Caller,
  verb = 'created',
  /** What the event says beside the record. */
  besides: Row = {},
): Promise<R> => {
  const row = newRow(values, caller);
  const inserted = (await tx.sql
    .insertInto(noun.table)
    .values(bindable(noun, { ...row, ...searchColumns(noun, row) }))
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch(refuseTakenId(noun))) as R;
  tellNew(tx, noun, inserted as Row, verb, besides);
  return inserted;
};

/** The same for a record that nothing in the transaction reads, whose values are those of JSON and no external id: see `append`. */
export const appendRecord = <R extends RecordRow>(tx: Tx, noun: Noun, values: Row, caller: Caller): R => {
  const row = newRow(values, caller);
  append(tx, noun.table, { ...row, ...searchColumns(noun, row) });
  tellNew(tx, noun, row, 'created');
  return row as R;
};

/** The record, locked until the end of the transaction, when the caller may do the action with it. */
export const lockRecord = async <R extends RecordRow>(
  tx: Tx,
  noun: Noun,
  id: string,
  caller: Caller,
  { action, deleted = false }: Pick<Change, 'action' | 'deleted'>,
): Promise<R> => {
  const at = (what: string) =>
    tx.sql
      .selectFrom(noun.table)
      .selectAll(noun.table)
      .where(`${noun.table}.id`, '=', id)
      .where(`${noun.table}.delete_time`, deleted ? 'is not' : 'is', null)
      .where(noun.reach(caller, what, noun.table));
  const row = await at(action).forUpdate(noun.table).executeTakeFirst();
  if (row) return row as R;
  // Seen but not theirs to change is another answer than not seen at all.
  if (await at('read').executeTakeFirst()) throw denied(`${noun.noun}.${action}`);
  throw notFound(noun.noun);
};

const changedColumns = (before: Row, after: Row): string[] =>
  Object.keys(after).filter((column) => !sameValue(before[column], after[column]));

/**
 * Changes one record: locks it, checks right and version, lets the rule write its columns, and tells the change with
 * the values before. A rule that changes nothing tells nothing. The rule throws a Problem to refuse.
 */
export const changeRecord = async <R extends RecordRow>(
  tx: Tx,
  noun: Noun,
  id: string,
  caller: Caller,
  change: Change,
  rule: (row: R) => void | Promise<void>,
): Promise<R> => {
  const locked = await lockRecord<R>(tx, noun, id, caller, change);
  if (change.version && change.version !== locked.version) throw stale(noun.noun, locked.version);
  return applyChange(tx, noun, locked, change, rule);
};

/** The second half of `changeRecord`, for a record that the transaction has locked already. */
export const applyChange = async <R extends RecordRow>(
  tx: Tx,
  noun: Noun,
  locked: R,
  { verb, reason = '', besides = {} }: Pick<Change, 'verb' | 'reason' | 'besides'>,
  rule: (row: R) => void | Promise<void>,
): Promise<R> => {
  const draft = structuredClone(locked);
  await rule(draft);
  const columns = changedColumns(locked as Row, draft as Row);
  if (!columns.length) return locked;
  const values: Row = {
    ...pick(draft as Row, columns),
    ...searchColumns(noun, draft as Row),
    version: locked.version + 1,
    update_time: now().toISOString(),
  };
  const saved = (await tx.sql
    .updateTable(noun.table)
    .set(bindable(noun, values))
    .where('id', '=', locked.id)
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch(refuseTakenId(noun))) as R;
  tellChange(tx, noun, locked, saved, { verb, reason, besides });
  return saved;
};

type ChangeInSql<R> = {
  action: string;
  verb: (before: R, after: R) => string;
  /** Columns that are not found by their words. */
  values: Record<string, RawBuilder<unknown>>;
  /** Where they change something. */
  when: RawBuilder<boolean>;
};

/**
 * `changeRecord` whose rule SQL can say: one statement instead of a lock and an update, for what happens all day.
 * Undefined where nothing changes, and where there is no such record that the caller may do the action with.
 */
export const changeAtOnce = async <R extends RecordRow>(
  tx: Tx,
  noun: Noun,
  id: string,
  caller: Caller,
  { action, verb, values, when }: ChangeInSql<R>,
): Promise<R | undefined> => {
  const columns = Object.keys(values);
  const { rows } = await sql<R & { before: Row }>`
    update ${sql.table(noun.table)} set version = version + 1, update_time = ${now().toISOString()},
      ${sql.join(columns.map((column) => sql`${sql.ref(column)} = ${values[column]}`))}
    where id = ${id}::uuid and delete_time is null and ${noun.reach(caller, action, noun.table)} and ${when}
    returning new.*, jsonb_build_object(${sql.join(columns.map((column) => sql`${sql.lit(column)}, old.${sql.ref(column)}`))}) as before`.execute(
    tx.sql,
  );
  if (!rows[0]) return undefined;
  const { before, ...row } = rows[0];
  const [was, is] = [{ ...row, ...before, version: row.version - 1 } as unknown as R, row as unknown as R];
  tellChange(tx, noun, was, is, { verb: verb(was, is), reason: '' });
  return is;
};

/** One record that the caller may see. */
export const getRecord = async <R extends RecordRow>(
  db: Kysely<any>,
  noun: Noun,
  id: string,
  caller: Caller,
  { action = 'read', deleted }: { action?: string; deleted?: boolean } = {},
): Promise<R> => {
  let query = db
    .selectFrom(noun.table)
    .selectAll(noun.table)
    .where(`${noun.table}.id`, '=', id)
    .where(noun.reach(caller, action, noun.table));
  if (deleted !== undefined) query = query.where(`${noun.table}.delete_time`, deleted ? 'is not' : 'is', null);
  const row = await query.executeTakeFirst();
  if (!row) throw notFound(noun.noun);
  return row as R;
};

/** Into the recycle bin. */
export const deleteRecord = <R extends RecordRow>(
  tx: Tx,
  noun: Noun,
  id: string,
  caller: Caller,
  version = 0,
  rule: (row: R) => void | Promise<void> = () => {},
): Promise<R> =>
  changeRecord<R>(tx, noun, id, caller, { action: 'delete', verb: 'deleted', version }, async (row) => {
    await rule(row);
    row.delete_time = now().toISOString();
  });

/** Out of the recycle bin. */
export const restoreRecord = <R extends RecordRow>(
  tx: Tx,
  noun: Noun,
  id: string,
  caller: Caller,
  rule: (row: R) => void | Promise<void> = () => {},
): Promise<R> =>
  changeRecord<R>(tx, noun, id, caller, { action: 'delete', verb: 'restored', deleted: true }, async (row) => {
    row.delete_time = null;
    await rule(row);
  });

/** A permission that the rpc does not ask for by itself (assigning at creation, dates of the past). */
export const need = (caller: Caller, permission: string): void => authorize(caller, permission);
