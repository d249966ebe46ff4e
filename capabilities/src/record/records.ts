import { authorize, unwritable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import { currentContext } from '@pelagic/chassis/context';
import type { Tx } from '@pelagic/chassis/database';
import { record, uuidv7 } from '@pelagic/chassis/outbox';
import { denied, invalid, notFound, stale, type FieldError } from '@pelagic/chassis/problem';
import { contract } from '@pelagic/proto/contract';
import { sql, type Kysely } from 'kysely';
import { checkCustom, type CustomValues } from '../custom-field/custom-field.ts';
import { definitionsOf } from '../custom-field/definitions.ts';
import { sameValue, type Message, type Row } from './mapping.ts';
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
    .executeTakeFirstOrThrow()) as R;
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

const writeHistory = async (
  tx: Tx,
  noun: Noun,
  row: RecordRow,
  verb: string,
  before: Row,
  after: Row,
  reason: string,
): Promise<void> => {
  const caller = currentContext()?.caller;
  await sql`
    insert into history (event_id, noun, record_id, version, event, time, recorded_time, actor_id, reason, imported, before, after)
    values (${uuidv7()}, ${noun.noun}, ${row.id}, ${row.version}, ${subjectOf(noun, verb)}, ${now().toISOString()}, now(), ${caller?.id ?? ''}, ${reason}, ${caller?.imported ?? false},
      ${JSON.stringify(before)}, ${JSON.stringify(after)})`.execute(tx.sql);
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
    .executeTakeFirstOrThrow()) as R;
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
  await writeHistory(tx, noun, saved, verb, before, pick(is, keys), reason);
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
): Promise<R> =>
  changeRecord<R>(tx, noun, id, caller, { action: 'delete', verb: 'deleted', version }, (row) => {
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

export type ShareMessage = { employeeId: string; access: string; endTime?: string | undefined };

/** Replaces the people a record is shared with. */
export const shareRecord = <R extends RecordRow & { shares: unknown }>(
  tx: Tx,
  noun: Noun,
  id: string,
  caller: Caller,
  shares: ShareMessage[],
  version = 0,
): Promise<R> =>
  changeRecord<R>(tx, noun, id, caller, { action: 'share', verb: 'shared', version }, async (row) => {
    row.shares = shares.map(({ employeeId, access, endTime }) => ({ employeeId, access, ...(endTime && { endTime }) }));
    await sql`delete from share where noun = ${noun.noun} and record_id = ${id}`.execute(tx.sql);
    for (const { employeeId, access, endTime } of shares) {
      await sql`insert into share (noun, record_id, employee_id, access, end_time) values (${noun.noun}, ${id}, ${employeeId}, ${access}, ${endTime ?? null})
        on conflict (noun, record_id, employee_id) do update set access = excluded.access, end_time = excluded.end_time`.execute(
        tx.sql,
      );
    }
  });

/** Writable fields of the noun that a message names, as JSON paths; what the role may not write is refused. */
export const writablePaths = (noun: Noun, caller: Caller, message: Message, mask: string[] | undefined): string[] => {
  const asked = mask?.length
    ? mask.map((path) => jsonPath(noun, path))
    : noun.mapping.fields.filter(({ json }) => isSet(message[json])).map(({ json }) => json);
  const paths = asked.flatMap((path) =>
    path === 'custom' ? Object.keys((message['custom'] ?? {}) as object).map((slug) => `custom.${slug}`) : [path],
  );
  const settable = paths.filter(
    (path) =>
      path.startsWith('custom.') ||
      noun.mapping.fields.some(
        ({ json, rules }) => json === path && !rules?.outputOnly && json !== 'version' && json !== 'id',
      ),
  );
  const errors = unwritable(caller, noun.noun, settable, !mask, noun.key);
  if (errors.length) throw invalid(...errors);
  return settable;
};

const jsonPath = (noun: Noun, path: string): string => {
  const [head = '', ...rest] = path.split('.');
  const field = noun.mapping.fields.find(({ name, json }) => name === head || json === head);
  return [field?.json ?? head, ...rest].join('.');
};

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== '' && value !== 0 && value !== false && !(Array.isArray(value) && !value.length);

/** Fields that commands of their own write. */
const BY_COMMAND = new Set(['ownerId', 'departmentId']);

/**
 * Writes what an update names into the row: plain fields, and custom fields against their definitions. Owner and
 * department are given away by assigning; what is immutable is refused.
 */
export const writeFields = async (
  tx: Tx,
  noun: Noun,
  row: Row,
  message: Message,
  caller: Caller,
  mask: string[],
): Promise<void> => {
  const paths = writablePaths(noun, caller, message, mask);
  const errors: FieldError[] = paths
    .filter(
      (path) =>
        BY_COMMAND.has(path) || noun.mapping.fields.some(({ json, rules }) => json === path && rules?.immutable),
    )
    .map((path) => ({
      field: `${noun.key}.${path}`,
      reason: BY_COMMAND.has(path) ? 'USE_ASSIGN' : 'IMMUTABLE',
      message: BY_COMMAND.has(path) ? 'The owner changes by assigning.' : 'This cannot be changed once it is set.',
    }));
  if (errors.length) throw invalid(...errors);
  Object.assign(
    row,
    noun.mapping.toColumns(
      message,
      paths.filter((path) => !path.startsWith('custom.')),
    ),
  );
  const slugs = paths.filter((path) => path.startsWith('custom.')).map((path) => path.slice(7));
  if (slugs.length) await writeCustom(tx, noun, row, message, slugs);
};

const customOf = (noun: Noun, row: Row): CustomValues => noun.mapping.toMessage(row)['custom'] as CustomValues;

const writeCustom = async (tx: Tx, noun: Noun, row: Row, message: Message, slugs: string[]): Promise<void> => {
  const before = customOf(noun, row);
  const given = (message['custom'] ?? {}) as CustomValues;
  const changes = Object.fromEntries(slugs.map((slug) => [slug, given[slug] ?? { value: undefined }]));
  const { values, errors } = checkCustom(await definitionsOf(tx.sql, noun.noun), changes, { before });
  if (errors.length) throw invalid(...errors.map((error) => ({ ...error, field: `${noun.key}.${error.field}` })));
  const after = { ...before, ...values };
  for (const slug of slugs) if (!values[slug]) delete after[slug];
  Object.assign(row, { custom: JSON.parse(noun.mapping.toColumns({ custom: after }, ['custom'])['custom'] as string) });
};

/** The columns of a new record from a message: its writable fields, custom ones checked with the required among them. */
export const newFields = async (tx: Tx, noun: Noun, message: Message, caller: Caller): Promise<Row> => {
  writablePaths(noun, caller, message, undefined);
  const all = noun.mapping.fields
    .filter(({ json, rules }) => !rules?.outputOnly && !['id', 'version', 'custom'].includes(json))
    .map(({ json }) => json);
  const row = noun.mapping.toColumns(message, all);
  if (!contract.nouns.get(noun.noun)?.custom) return row;
  const custom = (message['custom'] ?? {}) as CustomValues;
  const { values, errors } = checkCustom(await definitionsOf(tx.sql, noun.noun), custom, {
    creating: !caller.imported,
  });
  if (errors.length) throw invalid(...errors.map((error) => ({ ...error, field: `${noun.key}.${error.field}` })));
  return { ...row, custom: JSON.parse(noun.mapping.toColumns({ custom: values }, ['custom'])['custom'] as string) };
};

/** A permission that the rpc does not ask for by itself (assigning at creation, dates of the past). */
export const need = (caller: Caller, permission: string): void => authorize(caller, permission);
