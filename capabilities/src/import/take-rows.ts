import { currentContext, runIn } from '@pelagic/chassis/context';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import type { DoneRow } from '../job/job-rows.ts';
import { faultsOf, type Attempt, type RowFault } from '../job/one-row.ts';
import type { Message } from '../record/mapping.ts';
import type { Line } from '../sheet/csv.ts';
import { checkDraft, draftOf, futureFaults, messageOf, momentOf, type Draft } from './draft.ts';
import type { Identities } from './identities.ts';
import { coveredIn, identityOf, keysOf, type Identity } from './likeness.ts';
import { openMatching, type Matching } from './matching.ts';
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
type Ready = { line: Line; draft: Draft; message: Message; identity: Identity };

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

const CELLS_BEYOND: RowFault = {
  field: '',
  reason: 'CELLS_BEYOND',
  message: 'There are cells beyond the last heading: a heading is missing, or text with a comma has no quotes.',
};

const AMBIGUOUS: RowFault = {
  field: '',
  reason: 'AMBIGUOUS_IDENTITY',
  message: 'Several records could be meant by this row.',
};

const failed = ({ row, cells }: Line, errors: RowFault[]): DoneRow => ({ row, outcome: 'failed', errors, cells });

/**
 * Why the row cannot be told from others. Where covered fields alone could tell, it is refused rather than entered:
 * whoever enters one by hand may enter a look-alike, but a file brought in again would enter all of its rows again.
 */
const identityFaults = ({ target }: Plan, caller: Caller, message: Message): RowFault[] => {
  const all = keysOf(target, message);
  if (!all.length) return [NO_IDENTITY];
  // An external id says who the row is, and nothing else says it instead.
  const covered = (all[0]!.kind === 'external' ? all.slice(0, 1) : all).map((key) => coveredIn(target, caller, key));
  return covered.every(({ length }) => length) ? [...new Set(covered.flat())].map(identityCovered) : [];
};

const prepare = async ({ tx, plan, caller, last }: Taking, line: Line): Promise<Ready | DoneRow> => {
  if (plan.delimited && line.cells.slice(plan.headings.length).some((cell) => cell.trim()))
    return failed(line, [CELLS_BEYOND]);
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
    const why = identityFaults(plan, caller(), message);
    return why.length
      ? unidentified(why)
      : { line, draft, message, identity: identityOf(plan.target, message, caller()) };
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

const twinOf = ({ row }: Line, twin: number, recordIds: string[]): DoneRow => ({
  row,
  outcome: 'skipped',
  errors: [
    { field: '', reason: 'DUPLICATE_IN_FILE', message: `Row ${twin} of the file is the same.`, params: { row: twin } },
  ],
  ...(recordIds.length === 1 && { recordId: recordIds[0]! }),
});

const take = async (taking: Taking, ready: Ready, matching: Matching): Promise<DoneRow> => {
  const { line, identity } = ready;
  const { ids, twin } = await matching.recordsOf(identity, line.row);
  if (twin !== undefined) return twinOf(line, twin, ids);
  if (!ids.length) return create(taking, ready);
  const recordId = ids.find(matching.sees);
  if (!recordId) return failed(line, [ELSEWHERE]);
  if (!taking.plan.update) return { row: line.row, outcome: 'skipped', recordId };
  if (ids.length > 1) return failed(line, [AMBIGUOUS]);
  return update(taking, ready, recordId);
};

/**
 * Takes rows into the transaction, in their order, each by itself: a row that is refused leaves nothing behind. The
 * identities of the rows must be saved by whoever commits.
 */
export const takeRows = async (taking: Taking, lines: Line[]): Promise<DoneRow[]> => {
  const { plan, identities, stop } = taking;
  const matching = openMatching(taking);
  const done: DoneRow[] = [];
  // Rows that refer to each other are looked at one by one: the second may find what the first became.
  const chunk = plan.sameFile ? 1 : lines.length || 1;
  for (let at = 0; at < lines.length; at += chunk) {
    const prepared: (Ready | DoneRow)[] = [];
    for (const line of lines.slice(at, at + chunk)) prepared.push(await prepare(taking, line));
    await matching.begin(prepared.flatMap((row) => ('identity' in row ? row.identity.keys : [])));
    for (const row of prepared) {
      if (stop()) return done;
      if (!('identity' in row)) {
        done.push(row);
        continue;
      }
      const outcome = await take(taking, row, matching).catch((error: unknown) => failed(row.line, faultsOf(error)));
      if (outcome.recordId) identities.keep(row.identity, row.line.row, outcome.recordId);
      done.push(outcome);
    }
  }
  return done;
};
