import { StartExportRequest } from '@pelagic/proto/crm/capability/v1/job';
import { contract } from '@pelagic/proto/contract';
import { isUuid } from '@pelagic/proto/formats';
import { maskAnswer } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { currentCaller } from '@pelagic/chassis/context';
import type { Database, Tx } from '@pelagic/chassis/database';
import { today } from '@pelagic/chassis/enterprise';
import { Problem, refused } from '@pelagic/chassis/problem';
import { step } from '@pelagic/chassis/steps';
import { sql, type RawBuilder } from 'kysely';
import type { AuditTrail } from '../audit/audit.ts';
import { definitionsOf } from '../custom-field/definitions.ts';
import type { FileStore } from '../file/store.ts';
import { changeJob, type JobRow } from '../job/job.ts';
import { asCaller, type RunKind } from '../job/run-job.ts';
import type { Watch } from '../job/watch.ts';
import { conditions, listRecords } from '../record/list.ts';
import type { Row } from '../record/mapping.ts';
import type { Noun } from '../record/noun.ts';
import { csvBytes } from '../sheet/csv.ts';
import { xlsxBytes } from '../sheet/xlsx.ts';
import { columnsFor, type Column, type NameOf } from './column.ts';
import { wordingsOf, type WordingOptions } from './wording.ts';

/** What a sheet of Excel holds, headings not counted. */
const ROWS_MAX = 1_000_000;
const PAGE = 200;

/** Names by id, asked of the service that keeps them: those that the caller may know. */
export type AskNames = (ids: string[], caller: Caller) => Promise<Map<string, string>>;

/**
 * Where names stand for ids, by what fields refer to: a table with id and name, or for names that not everybody may see
 * the rows of it that the caller may: { employee: 'directory_employee', customer: (caller) => sql`(select …)` }.
 */
export type NameTables = Record<string, string | ((caller: Caller) => RawBuilder<unknown>) | { ask: AskNames }>;

export type ExportOptions = WordingOptions & {
  database: Database;
  files: FileStore;
  audit: AuditTrail;
  nouns: Noun[];
  names: NameTables;
};

const rightsChanged = () =>
  new Problem('UNAVAILABLE', 'JOB_WAITS', 'The rights of the person who started this change all the time.');

/** Times that a file is begun because rights changed; after these the job waits for quieter times. */
const BEGUN_MAX = 10;

/** Everything that says what somebody sees, whatever version it came with. */
const rightsOf = ({ grants }: Caller): string =>
  JSON.stringify({ ...grants, version: '' }, (_, value: unknown) => {
    if (value instanceof Map) return [...value].toSorted(([a], [b]) => String(a).localeCompare(String(b)));
    return value instanceof Set ? [...value].toSorted() : value;
  });

const stopped = () => new Problem('CANCELLED', 'CANCELLED', 'The export was stopped.');

/** Names of the records that a page refers to; the id where the caller may not know the name. */
export const namesOf = async (
  tx: Tx,
  names: NameTables,
  columns: Column[],
  messages: Row[],
  caller: Caller,
): Promise<NameOf> => {
  const known = new Map<string, string>();
  const referred = Map.groupBy(
    columns.flatMap(({ refers }) => messages.flatMap(refers)),
    ({ noun }) => noun,
  );
  for (const [noun, references] of referred) {
    const table = names[noun];
    if (!table) continue;
    // A masked id is none.
    const ids = [...new Set(references.map(({ id }) => id))].filter(isUuid);
    if (typeof table === 'object') {
      for (const [id, name] of await table.ask(ids, caller)) known.set(`${noun}/${id}`, name);
      continue;
    }
    const { rows } = await sql<{
      id: string;
      name: string;
    }>`select id, name from ${typeof table === 'string' ? sql.table(table) : table(caller)} named where id = any(${ids}::uuid[])`.execute(
      tx.sql,
    );
    for (const { id, name } of rows) known.set(`${noun}/${id}`, name);
  }
  return (noun, id) => known.get(`${noun}/${id}`) ?? id;
};

type Export = {
  options: ExportOptions;
  job: JobRow;
  request: StartExportRequest;
  noun: Noun;
  columns: Column[];
  watch: Watch;
  /** Of the person when the file was begun. */
  rights: string;
  /** They became others: what is in the file already may be more than the person may see. */
  outdated: boolean;
};

/** The lines of the file, page by page, under the rights that it was begun with. `count` is told as they go. */
async function* linesOf(tx: Tx, exporting: Export, count: { rows: number }): AsyncGenerator<string[][]> {
  const { options, job, request, noun, columns, watch } = exporting;
  const asBegun = (): Caller => {
    const caller = watch.caller();
    exporting.outdated = rightsOf(caller) !== exporting.rights;
    if (exporting.outdated) throw rightsChanged();
    return caller;
  };
  yield [columns.map(({ heading }) => heading)];
  const { message } = contract.nouns.get(noun.noun)!;
  let pageToken = '';
  do {
    if (watch.cancelled()) throw stopped();
    const caller = asBegun();
    const page = await listRecords<Row>(
      tx.sql,
      noun,
      { ...request, deleted: false, count: false, pageSize: PAGE, pageToken },
      caller,
      'export',
    );
    const messages = page.rows.map((row) => {
      const told = noun.mapping.toMessage(row);
      maskAnswer(caller, message, told);
      return told;
    });
    const nameOf = await namesOf(tx, options.names, columns, messages, caller);
    count.rows += messages.length;
    if (count.rows > ROWS_MAX)
      throw refused('TOO_MANY_ROWS', `An export holds at most ${ROWS_MAX} rows. Narrow the filter.`, {
        params: { max: String(ROWS_MAX) },
      });
    yield messages.map((told) => columns.map((column) => column.cell(told, nameOf)));
    await changeJob(options.database.aside, job.id, { processed: count.rows });
    await step('export.page');
    pageToken = page.nextPageToken;
  } while (pageToken);
  asBegun();
}

const fileName = (noun: string, format: string): string => `${noun}-${today()}.${format}`;

const write = async (tx: Tx, exporting: Export) => {
  const { options, job, request, noun, columns, watch } = exporting;
  // One moment for all pages: a row that moves in the order meanwhile is neither missed nor told twice.
  await sql`set transaction isolation level repeatable read, read only`.execute(tx.sql);
  const where = await conditions(tx.sql, noun, watch.caller(), { ...request, deleted: false }, 'export');
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from ${sql.table(noun.table)} where ${sql.join(where, sql` and `)}`.execute(tx.sql);
  await changeJob(options.database.aside, job.id, { total: rows[0]?.n ?? 0, processed: 0 });
  const count = { rows: 0 };
  const lines = linesOf(tx, exporting, count);
  const format = request.format === 'xlsx' ? 'xlsx' : 'csv';
  const bytes =
    format === 'xlsx'
      ? xlsxBytes(lines, new Set(columns.flatMap(({ numeric }, index) => (numeric ? [index] : []))))
      : csvBytes(lines);
  const file = await options.files.keep(
    { name: fileName(noun.noun, format), ownerId: job.creator_id, purpose: 'result' },
    bytes,
  );
  return { file, rows: count.rows };
};

/** Begins the file under the rights of now. */
const begun = async (options: ExportOptions, job: JobRow, watch: Watch): Promise<Export> => {
  const request = StartExportRequest.fromJSON(job.settings);
  const noun = options.nouns.find((candidate) => candidate.noun === job.noun)!;
  const definitions = await definitionsOf(options.database.sql, job.noun);
  const caller = watch.caller();
  const columns = columnsFor({
    noun,
    definitions,
    wordings: wordingsOf(options, job.noun),
    caller,
    locale: request.locale || job.locale,
    asked: request.fields,
  });
  return { options, job, request, noun, columns, watch, rights: rightsOf(caller), outdated: false };
};

/** Undefined when rights became others on the way. */
const written = async (database: Database, exporting: Export) => {
  try {
    return await database.transact((tx) => write(tx, exporting));
  } catch (error) {
    if (exporting.outdated) return undefined;
    throw error;
  }
};

const finish = async (
  { options: { database, audit }, job, request, columns }: Export,
  { file, rows }: Awaited<ReturnType<typeof write>>,
): Promise<void> => {
  await database.transact(async (tx) => {
    await changeJob(tx.sql, job.id, {
      result_file_id: file.id,
      result_file_name: file.name,
      result_sha256: file.sha256,
      created: rows,
    });
    const { filter, query, orderBy, format } = request;
    const fields = columns.map(({ path }) => path);
    await audit.note(tx.sql, currentCaller(), {
      action: 'export',
      noun: job.noun,
      recordId: job.id,
      detail: { filter, query, orderBy, format, fields, rows, file: file.name, sha256: file.sha256 },
    });
  });
};

/**
 * Writes the rows of a filter to a file, with the columns that the person may see. Begins anew when its process dies, and
 * when the person's rights change: a file holds nothing that they may no longer see when it is done.
 */
export const exportKind = (options: ExportOptions): RunKind => ({
  permission: ({ noun }) => `${noun}.export`,
  run: async (job, watch) => {
    if (job.result_file_id) return;
    try {
      for (let times = 1; times <= BEGUN_MAX; times += 1) {
        const exporting = await begun(options, job, watch);
        const done = await asCaller(watch.caller(), async () => {
          const result = await written(options.database, exporting);
          if (!result) return false;
          watch.caller();
          await finish(exporting, result);
          return true;
        });
        if (done) return;
      }
      throw rightsChanged();
    } catch (error) {
      if (!watch.cancelled()) throw error;
    }
  },
});
