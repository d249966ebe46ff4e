import { StartImportRequest, type ImportSettings } from '@pelagic/proto/crm/capability/v1/job';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database, Tx } from '@pelagic/chassis/database';
import { Problem, refused } from '@pelagic/chassis/problem';
import { step } from '@pelagic/chassis/steps';
import { sql } from 'kysely';
import type { FileRow, FileStore } from '../file/store.ts';
import type { ImportTarget } from '../job/import-target.ts';
import { changeJob, lockJob, readJob, type JobRow } from '../job/job.ts';
import { countOf, writeRows, type DoneRow } from '../job/job-rows.ts';
import { runBatch, type Attempt } from '../job/one-row.ts';
import { asCaller, type RunKind } from '../job/run-job.ts';
import type { Watch } from '../job/watch.ts';
import type { Noun } from '../record/noun.ts';
import type { Line } from '../sheet/csv.ts';
import { countLines, openSheet } from '../sheet/sheet.ts';
import { writeBadRows } from './bad-rows.ts';
import { fieldsOf, ownOf, type Lookups } from './field.ts';
import { openIdentities } from './identities.ts';
import { compilePlan, type Plan } from './plan.ts';
import { takeRows } from './take-rows.ts';

export type ImportOptions = {
  database: Database;
  files: FileStore;
  nouns: Noun[];
  imports: ImportTarget[];
  lookups: Lookups;
};

/** Rows of one transaction, and the time after which it is committed with fewer. */
const BATCH_MAX = 100;
const BATCH_MS = 2_000;

/** The file and the plan of an import, as the person may do it now. */
export const planImport = async (
  { database, files, nouns, imports, lookups }: ImportOptions,
  name: string,
  settings: ImportSettings,
  caller: Caller,
): Promise<{ plan: Plan; file: FileRow }> => {
  const target = imports.find((candidate) => candidate.noun === name);
  const noun = nouns.find((candidate) => candidate.noun === name);
  const file = await files.find(settings.fileId);
  if (!target || !noun || !file || file.owner_id !== caller.id)
    throw refused('FILE_GONE', 'The file is not there any more. Upload it again.');
  const { columns, lines } = await openSheet(files.source(file));
  await lines.return(undefined);
  const fields = fieldsOf(target, await ownOf(database.sql, name), lookups);
  const delimited = file.encoding !== 'xlsx';
  return { plan: compilePlan({ target, noun, fields, settings, headings: columns, delimited, caller }), file };
};

type Batch = {
  job: JobRow;
  plan: Plan;
  watch: Watch;
  lines: Line[];
  round: number;
  last: boolean;
  /** What the batch before had to be: bad rows come in flocks. */
  mood: { careful: boolean };
};

const takeBatch = async (
  tx: Tx,
  { job: { id }, plan, watch, lines, round, last }: Batch,
  position: number,
  attempt: Attempt,
): Promise<DoneRow[] | undefined> => {
  const job = await lockJob(tx, id);
  if (!job) return undefined;
  if (round === 0 && job.position !== position)
    throw new Problem('UNAVAILABLE', 'JOB_WAITS', 'Another worker has this job.');
  // Two files with the same rows at the same time: the second waits and then finds what the first became.
  await sql`select pg_advisory_xact_lock(hashtext(${`import/${plan.target.noun}`}))`.execute(tx.sql);
  const identities = openIdentities({ tx, noun: plan.target.noun, jobId: id, history: plan.history });
  const until = performance.now() + BATCH_MS;
  let taken = 0;
  const stop = () => watch.cancelled() || (taken++ > 0 && performance.now() > until);
  const rows = await takeRows({ tx, plan, identities, attempt, caller: watch.caller, stop, last }, lines);
  await identities.save();
  await step('import.taken');
  await writeRows(tx, id, rows, round);
  await changeJob(tx.sql, id, {
    processed: job.processed + rows.length - countOf(rows, 'deferred'),
    created: job.created + countOf(rows, 'created'),
    updated: job.updated + countOf(rows, 'updated'),
    skipped: job.skipped + countOf(rows, 'skipped'),
    failed: job.failed + countOf(rows, 'failed'),
    ...(round === 0 && rows.length && { position: rows.at(-1)!.row }),
  });
  return rows;
};

/** Takes lines until all are done, in as many transactions as their time asks for. False: cancelled, or not ours any more. */
const takeLines = async (database: Database, batch: Batch, done: (rows: DoneRow[]) => void): Promise<boolean> => {
  let { lines } = batch;
  let { position } = batch.job;
  while (lines.length) {
    if (batch.watch.cancelled()) return false;
    const { result: rows, careful } = await runBatch(batch.mood.careful, (attempt) =>
      asCaller(batch.watch.caller(), () =>
        database.transact((tx) => takeBatch(tx, { ...batch, lines }, position, attempt)),
      ),
    );
    if (!rows) return false;
    batch.mood.careful = careful && rows.some(({ outcome }) => outcome === 'failed');
    await step('import.committed');
    done(rows);
    position = batch.job.position = rows.at(-1)?.row ?? position;
    lines = lines.slice(rows.length);
  }
  return true;
};

/** The rows of the file from where the job stands. */
const takeFile = async (
  { database, files }: ImportOptions,
  job: JobRow,
  plan: Plan,
  file: FileRow,
  watch: Watch,
): Promise<boolean> => {
  const { lines } = await openSheet(files.source(file));
  let batch: Line[] = [];
  const mood = { careful: false };
  const flush = () => takeLines(database, { job, plan, watch, lines: batch, round: 0, last: false, mood }, () => {});
  const begin = job.position;
  for await (const line of lines) {
    if (line.row <= begin) continue;
    batch.push(line);
    if (batch.length < BATCH_MAX) continue;
    if (!(await flush())) return false;
    batch = [];
  }
  return flush();
};

/** Rows that waited for others of the file: round by round, as long as one of them gets further. */
const takeDeferred = async ({ database }: ImportOptions, job: JobRow, plan: Plan, watch: Watch): Promise<boolean> => {
  const mood = { careful: false };
  let last = false;
  for (let round = job.round + 1; ; round += 1) {
    let progressed = false;
    await changeJob(database.sql, job.id, { round });
    for (;;) {
      const { rows } = await sql<Line>`
        select row, cells from job_row where job_id = ${job.id}::uuid and outcome = 'deferred' and round < ${round} order by row limit ${BATCH_MAX}`.execute(
        database.sql,
      );
      if (!rows.length) break;
      const going = await takeLines(database, { job, plan, watch, lines: rows, round, last, mood }, (done) => {
        progressed ||= done.some(({ outcome }) => outcome !== 'deferred');
      });
      if (!going) return false;
    }
    const { rows: left } =
      await sql`select 1 from job_row where job_id = ${job.id}::uuid and outcome = 'deferred' limit 1`.execute(
        database.sql,
      );
    if (!left.length) return true;
    last = !progressed;
  }
};

/** Imports a file, row by row, and goes on where it stood when its process died. */
export const importKind = (options: ImportOptions): RunKind => ({
  permission: ({ noun }) => `${noun}.import`,
  run: async (job, watch) => {
    const { database, files } = options;
    const { settings } = StartImportRequest.fromJSON(job.settings);
    const { plan, file } = await planImport(options, job.noun, settings!, watch.caller());
    if (!job.total) {
      const total = file.row_count ?? (await countLines(files.source(file)));
      await changeJob(database.sql, job.id, { total });
    }
    if (await takeFile(options, job, plan, file, watch)) await takeDeferred(options, job, plan, watch);
    const now = await readJob(database.sql, job.id);
    if (now?.failed) await writeBadRows(options, now, plan, file);
  },
});
