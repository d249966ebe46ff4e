import { queryable } from '@pelagic/chassis/access';
import { currentContext, runIn } from '@pelagic/chassis/context';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { sql } from 'kysely';
import type { RowKey } from '../job/import-target.ts';
import type { DoneRow } from '../job/job-rows.ts';
import { faultsOf, type Attempt, type RowFault } from '../job/one-row.ts';
import type { Message } from '../record/mapping.ts';
import type { Line } from '../sheet/csv.ts';
import { checkDraft, draftOf, futureFaults, messageOf, momentOf, type Draft } from './draft.ts';
import type { Identities } from './identities.ts';
import type { Plan } from './plan.ts';

export type Taking = {
  tx: Tx;
  plan: Plan;
  identities: Identities;
  attempt: Attempt;
  /** As the person may act now; throws once they may not. */
  caller: () => Caller;
  /** True stops before the next row. */
  stop: () => boolean;
  /** Nothing is left that could answer an open lookup: it is an error now. */
  last: boolean;
};

/** A row that could be read, with what identifies it. */
type Ready = { line: Line; draft: Draft; message: Message; keys: RowKey[] };

const NO_IDENTITY: RowFault = {
  field: '',
  reason: 'NO_IDENTITY',
  message: 'Nothing in this row says which record it is.',
};

const identityCovered = (field: string): RowFault => ({
  field,
  reason: 'IDENTITY_COVERED',
  message:
    'Your role does not show you this field in full, so it cannot say which record a row is. Give rows external ids.',
});

const ELSEWHERE: RowFault = {
  field: '',
  reason: 'EXISTS_ELSEWHERE',
  message: 'A record with this identity exists, but it is not yours to see.',
};

const failed = ({ row, cells }: Line, errors: RowFault[]): DoneRow => ({ row, outcome: 'failed', errors, cells });

const keysOf = ({ target }: Plan, message: Message): RowKey[] => {
  const external = message['externalId'];
  // An external id says who the row is; two rows of one company may share a telephone.
  if (typeof external === 'string' && external) return [{ kind: 'external', value: external }];
  return target.keys(message).filter(({ value }) => value);
};

/** Fields of the key that are hidden from the person or masked for them. */
const coveredIn = ({ target: { noun, keyFields } }: Plan, caller: Caller, { kind }: RowKey): string[] =>
  (kind === 'external' ? ['externalId'] : keyFields[kind]!).filter((field) => !queryable(caller, noun, field));

/**
 * A match by a field that is hidden or masked would tell what the mask covers: such keys say nothing, as they say
 * nothing when look-alikes of a draft are asked for. A row with no other key is refused rather than entered: whoever
 * enters one by hand may enter a look-alike, but a file brought in again would enter all of its rows again.
 */
const openKeys = (plan: Plan, caller: Caller, message: Message): { keys: RowKey[]; faults: RowFault[] } => {
  const all = keysOf(plan, message);
  const keys = all.filter((key) => !coveredIn(plan, caller, key).length);
  if (!all.length) return { keys, faults: [NO_IDENTITY] };
  const covered = keys.length ? [] : [...new Set(all.flatMap((key) => coveredIn(plan, caller, key)))];
  return { keys, faults: covered.map(identityCovered) };
};

const prepare = async ({ tx, plan, caller, last }: Taking, line: Line): Promise<Ready | DoneRow> => {
  const draft = await draftOf(plan, line.cells, { tx, caller: caller(), history: plan.history });
  const faults = [
    ...draft.faults,
    ...(last ? draft.open : []),
    ...checkDraft(plan, draft, false),
    ...futureFaults(draft),
  ];
  if (faults.length) return failed(line, faults);
  if (draft.open.length) return { row: line.row, outcome: 'deferred', errors: draft.open, cells: line.cells };
  const unidentified = (why: RowFault[]) => failed(line, [...checkDraft(plan, draft, true), ...why]);
  try {
    const message = messageOf(plan, draft);
    const { keys, faults: why } = openKeys(plan, caller(), message);
    return keys.length ? { line, draft, message, keys } : unidentified(why);
  } catch (error) {
    return unidentified(faultsOf(error));
  }
};

/** Runs as the row's past self: its own moment is now, and today's gates stay quiet. */
const inItsTime = <T>(plan: Plan, draft: Draft, caller: Caller, work: (caller: Caller) => Promise<T>): Promise<T> => {
  const moment = plan.history ? momentOf(draft) : undefined;
  const acting: Caller = plan.history ? { ...caller, imported: true, ...(moment && { clock: moment }) } : caller;
  return runIn({ deadline: Date.now() + 60_000, ...currentContext(), caller: acting }, () => work(acting));
};

const create = async ({ tx, plan, caller, attempt }: Taking, { line, draft, message }: Ready): Promise<DoneRow> => {
  const faults = checkDraft(plan, draft, true);
  if (faults.length) return failed(line, faults);
  const owned = plan.defaultOwnerId && !message['ownerId'] ? { ...message, ownerId: plan.defaultOwnerId } : message;
  const recordId = await attempt(tx, () =>
    inItsTime(plan, draft, caller(), (acting) => plan.target.create(tx, owned, acting, { history: plan.history })),
  );
  return { row: line.row, outcome: 'created', recordId };
};

const update = async (
  { tx, plan, caller, attempt }: Taking,
  { line, draft, message }: Ready,
  recordId: string,
): Promise<DoneRow> => {
  const events = tx.events.length;
  const mask = draft.mask.filter((path) => path !== 'externalId' && path !== 'createTime');
  // What is changed today is changed today, whenever the record began.
  await attempt(tx, () =>
    inItsTime(plan, { ...draft, past: {} }, caller(), (acting) =>
      plan.target.update(tx, recordId, message, mask, acting, { history: plan.history }),
    ),
  );
  return { row: line.row, outcome: tx.events.length > events ? 'updated' : 'skipped', recordId };
};

/** Which of the records that rows are matched with the person may see, asked for many at once. */
type Sight = { look: (ids: string[]) => Promise<void>; sees: (id: string) => boolean };

const openSight = ({ tx, plan: { noun }, caller }: Taking): Sight => {
  const known = new Map<string, boolean>();
  return {
    look: async (ids) => {
      const asked = ids.filter((id) => !known.has(id));
      if (!asked.length) return;
      const { rows } = await sql<{ id: string }>`
        select id from ${sql.table(noun.table)} where id = any(${asked}::uuid[]) and ${noun.reach(caller(), 'read', noun.table)}`.execute(
        tx.sql,
      );
      for (const id of asked) known.set(id, false);
      for (const { id } of rows) known.set(id, true);
    },
    sees: (id) => known.get(id) ?? false,
  };
};

/** `strangers`: no row of these can be a record that no file brought. */
const take = async (taking: Taking, ready: Ready, strangers: boolean, sight: Sight): Promise<DoneRow> => {
  const { tx, plan, identities } = taking;
  const { line, keys } = ready;
  const match = identities.match(keys, line.row);
  if (match.duplicateOf !== undefined) {
    const fault: RowFault = {
      field: '',
      reason: 'DUPLICATE_IN_FILE',
      message: `Row ${match.duplicateOf} of the file is the same.`,
      params: { row: match.duplicateOf },
    };
    return {
      row: line.row,
      outcome: 'skipped',
      errors: [fault],
      ...(match.recordIds.length === 1 && { recordId: match.recordIds[0]! }),
    };
  }
  const ids = match.recordIds.length || strangers ? match.recordIds : await plan.target.find(tx, keys);
  if (!ids.length) return create(taking, ready);
  await sight.look(ids);
  const recordId = ids.find(sight.sees);
  if (!recordId) return failed(line, [ELSEWHERE]);
  if (!plan.update) return { row: line.row, outcome: 'skipped', recordId };
  if (ids.length > 1)
    return failed(line, [
      { field: '', reason: 'AMBIGUOUS_IDENTITY', message: 'Several records could be meant by this row.' },
    ]);
  return update(taking, ready, recordId);
};

/**
 * Takes rows into the transaction, in their order, each by itself: a row that is refused leaves nothing behind. The
 * identities of the rows must be saved by whoever commits.
 */
export const takeRows = async (taking: Taking, lines: Line[]): Promise<DoneRow[]> => {
  const { tx, plan, identities, stop } = taking;
  const sight = openSight(taking);
  const done: DoneRow[] = [];
  // Rows that refer to each other are looked at one by one: the second may find what the first became.
  const chunk = plan.sameFile ? 1 : lines.length || 1;
  for (let at = 0; at < lines.length; at += chunk) {
    const prepared: (Ready | DoneRow)[] = [];
    for (const line of lines.slice(at, at + chunk)) prepared.push(await prepare(taking, line));
    const keys = prepared.flatMap((row) => ('keys' in row ? row.keys : []));
    await identities.load(keys);
    await sight.look(identities.match(keys, 0).recordIds);
    const strangers = !keys.length || (plan.target.findsMany === true && !(await plan.target.find(tx, keys)).length);
    for (const row of prepared) {
      if (stop()) return done;
      if (!('keys' in row)) {
        done.push(row);
        continue;
      }
      const outcome = await take(taking, row, strangers, sight).catch((error: unknown) =>
        failed(row.line, faultsOf(error)),
      );
      if (outcome.recordId) identities.keep(row.keys, row.line.row, outcome.recordId);
      done.push(outcome);
    }
  }
  return done;
};
