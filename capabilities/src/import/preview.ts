import type { ImportSettings, PreviewImportResponse } from '@pelagic/proto/crm/capability/v1/job';
import type { Caller } from '@pelagic/chassis/caller';
import { currentContext } from '@pelagic/chassis/context';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { countOf, type DoneRow } from '../job/job-rows.ts';
import { runBatch, type Attempt } from '../job/one-row.ts';
import { rowResult } from '../job/row-result.ts';
import { withoutNumbers } from '../numbering/numbering.ts';
import type { Line } from '../sheet/csv.ts';
import { countLines, openSheet } from '../sheet/sheet.ts';
import { openIdentities, type Remembered } from './identities.ts';
import type { Plan } from './plan.ts';
import { planImport, type ImportOptions } from './run-import.ts';
import { takeRows } from './take-rows.ts';
import { unknownValues } from './value-counts.ts';

/** Rows of one rehearsal. */
const BATCH_MAX = 500;
/** Rows that may refer to each other are rehearsed together, this many at most. */
const TOGETHER_MAX = 20_000;
const ERRORS_SHOWN = 100;
/** Of the time until the deadline, for going through rows. */
const SHARE_OF_TIME = 0.75;

type Trial = {
  options: ImportOptions;
  plan: Plan;
  caller: Caller;
  remembered: Remembered;
  jobId: string;
  expired: () => boolean;
};

/** Takes the rows as the import would, and takes it all back. */
const rehearse = (
  { options: { database }, plan, caller, remembered, jobId, expired }: Trial,
  lines: Line[],
  attempt: Attempt,
): Promise<DoneRow[]> =>
  withoutNumbers(() =>
    database.rehearse(async (tx) => {
      const identities = openIdentities({ tx, noun: plan.target.noun, jobId, history: plan.history, remembered });
      const taking = { tx, plan, identities, attempt, caller: () => caller, stop: expired };
      const done = new Map<number, DoneRow>();
      let waiting = lines;
      for (let last = false; waiting.length && !expired();) {
        for (const row of await takeRows({ ...taking, last }, waiting)) done.set(row.row, row);
        const left = waiting.filter(({ row }) => done.get(row)?.outcome === 'deferred');
        last = left.length === waiting.length;
        waiting = left;
      }
      identities.remember();
      return [...done.values()].filter(({ outcome }) => outcome !== 'deferred');
    }),
  );

async function* batchesOf(lines: AsyncGenerator<Line>, size: number): AsyncGenerator<Line[]> {
  let batch: Line[] = [];
  for await (const line of lines) {
    batch.push(line);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length) yield batch;
}

/** What an import would do: the same steps for every row as in earnest, as far as the call's time goes. */
export const previewImport = async (
  options: ImportOptions,
  noun: string,
  settings: ImportSettings,
  caller: Caller,
): Promise<PreviewImportResponse> => {
  const until = Date.now() + ((currentContext()?.deadline ?? Infinity) - Date.now()) * SHARE_OF_TIME;
  const { plan, file } = await planImport(options, noun, settings, caller);
  const source = options.files.source(file);
  const total = file.row_count ?? (await countLines(source));
  if (file.row_count === null) await options.files.rememberRows(file.id, total);
  const trial: Trial = {
    options,
    plan,
    caller,
    remembered: new Map(),
    jobId: uuidv7(),
    expired: () => Date.now() > until,
  };
  const counts = { toCreate: 0, toUpdate: 0, toSkip: 0, bad: 0, checked: 0 };
  const answer: PreviewImportResponse = { total, ...counts, errors: [], unknown: [] };
  const unknown = unknownValues();
  const { lines } = await openSheet(source);
  let careful = false;
  for await (const batch of batchesOf(lines, plan.sameFile ? TOGETHER_MAX : BATCH_MAX)) {
    const rehearsed: { result: DoneRow[]; careful: boolean } = await runBatch(careful, (attempt) =>
      rehearse(trial, batch, attempt),
    );
    const rows = rehearsed.result;
    careful = rehearsed.careful && rows.some(({ outcome }) => outcome === 'failed');
    answer.checked += rows.length;
    answer.toCreate += countOf(rows, 'created');
    answer.toUpdate += countOf(rows, 'updated');
    answer.toSkip += countOf(rows, 'skipped');
    answer.bad += countOf(rows, 'failed');
    unknown.add(rows.filter(({ outcome }) => outcome === 'failed'));
    const said = rows.filter(({ errors }) => errors?.length).slice(0, ERRORS_SHOWN - answer.errors.length);
    answer.errors.push(
      ...said.map(({ row, outcome, errors = [] }) =>
        rowResult({ row, record_id: null, outcome, errors }, caller.grants?.locale ?? 'en'),
      ),
    );
    if (trial.expired()) break;
  }
  answer.unknown = unknown.all();
  return answer;
};
