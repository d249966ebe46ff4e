import { append } from '@pelagic/chassis/append';
import { authorize } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import { currentContext } from '@pelagic/chassis/context';
import { brokenConstraint, type Tx } from '@pelagic/chassis/database';
import { record, uuidv7 } from '@pelagic/chassis/outbox';
import { denied, notFound, Problem, stale } from '@pelagic/chassis/problem';
import type { Kysely } from 'kysely';
import { sameValue, type Row } from './mapping.ts';
import type { Noun } from './noun.ts';

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

const subjectOf = (noun: Noun, verb: string): string => `crm.${noun.service}.${noun.noun}.${verb}.v1`;

/** Names the conflict when the external id, which one living record can have, is another's: at entering and at restoring. */
const refuseTakenId =
  (noun: Noun) =>
  (error: unknown): never => {
    if (brokenConstraint(error) !== `${noun.table}_external`) throw error;
    const message = 'Another record has this external id.';
    const field = { field: `${noun.key}.externalId`, reason: 'EXTERNAL_ID_TAKEN', message };
    throw new Problem('ALREADY_EXISTS', 'EXTERNAL_ID_TAKEN', message, { fields: [field], cause: error });
  };

/** Adds a record with its first event, `created` unless the noun has another verb for it. `values` are columns; id, version and times are given here unless they say so. */
export const insertRecord = async <R extends RecordRow>(
  tx: Tx,
  noun: Noun,
  values: Row,
  caller: Caller,
  verb = 'created',
): Promise<R> => {
  const time = now().toISOString();
  const row: Row = {
    id: uuidv7(),
    version: 1,
    create_time: time,
    update_time: time,
    creator_id: caller.kind === 'service' ? null : caller.id,
    ...values,
  };
  const inserted = (await tx.sql
    .insertInto(noun.table)
    .values(bindable(noun, { ...row, ...searchColumns(noun, row) }))
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch(refuseTakenId(noun))) as R;
  record(tx, {
    subject: subjectOf(noun, verb),
    noun: noun.noun,
    recordId: inserted.id,
    version: 1,
    data: { [noun.key]: noun.mapping.toState(inserted as Row) },
  });
  return inserted;
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

const keepHistory = (
  tx: Tx,
  noun: Noun,
  row: RecordRow,
  verb: string,
  before: Row,
  after: Row,
  reason: string,
): void => {
  const caller = currentContext()?.caller;
  append(tx, 'history', {
    event_id: uuidv7(),
    noun: noun.noun,
    record_id: row.id,
    version: row.version,
    event: subjectOf(noun, verb),
    time: now().toISOString(),
    recorded_time: new Date().toISOString(),
    actor_id: caller?.id ?? '',
    reason,
    imported: caller?.imported ?? false,
    before,
    after,
  });
};

const pick = (state: Row, keys: string[]): Row => Object.fromEntries(keys.map((key) => [key, state[key] ?? null]));

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
  { verb, reason = '' }: Pick<Change, 'verb' | 'reason'>,
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
  const [was, is] = [noun.mapping.toState(locked as Row), noun.mapping.toState(saved as Row)];
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (key) => key !== 'version' && key !== 'updateTime' && !sameValue(was[key], is[key]),
  );
  const before = pick(was, keys);
  record(tx, {
    subject: subjectOf(noun, verb),
    noun: noun.noun,
    recordId: saved.id,
    version: saved.version,
    data: { [noun.key]: is, before },
    ...(reason && { reason }),
  });
  keepHistory(tx, noun, saved, verb, before, pick(is, keys), reason);
  return saved;
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
