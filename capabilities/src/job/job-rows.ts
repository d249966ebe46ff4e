import type { Tx } from '@pelagic/chassis/database';
import { decodeCursor, encodeCursor } from '@pelagic/chassis/page';
import { sql, type Kysely } from 'kysely';
import type { RowFault } from './one-row.ts';

export type Outcome = 'created' | 'updated' | 'skipped' | 'failed';

/** What came of a row. `deferred` rows wait for another row of the same file. */
export type DoneRow = {
  row: number;
  outcome: Outcome | 'deferred';
  recordId?: string;
  errors?: RowFault[];
  cells?: string[];
};

export type StoredRow = {
  row: number;
  record_id: string | null;
  outcome: string;
  errors: RowFault[];
  cells: string[] | null;
  version: number;
};

/** Writes the outcomes of a batch. `round` is the one that tried them. */
export const writeRows = async (tx: Tx, jobId: string, rows: DoneRow[], round = 0): Promise<void> => {
  if (!rows.length) return;
  const values = rows.map(({ row, outcome, recordId, errors = [], cells }) => {
    const kept = outcome === 'failed' || outcome === 'deferred';
    return { row, outcome, record_id: recordId ?? null, errors, cells: kept && cells ? cells : null };
  });
  await sql`
    insert into job_row (job_id, row, record_id, outcome, errors, cells, round)
    select ${jobId}::uuid, row, record_id, outcome, errors, nullif(cells, 'null'::jsonb), ${round}
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as given(row int, record_id uuid, outcome text, errors jsonb, cells jsonb)
    on conflict (job_id, row) do update
      set record_id = coalesce(excluded.record_id, job_row.record_id), outcome = excluded.outcome, errors = excluded.errors, cells = excluded.cells, round = excluded.round
      where job_row.outcome in ('waiting', 'deferred')`.execute(tx.sql);
};

export const countOf = (rows: { outcome: string }[], outcome: string): number =>
  rows.filter((row) => row.outcome === outcome).length;

const ORDER = 'row asc';

type Page = { outcome: string; pageSize: number; pageToken: string };

/** A page of what came of the rows, in their order. */
export const listRows = async (
  db: Kysely<any>,
  jobId: string,
  { outcome, pageSize, pageToken }: Page,
): Promise<{ rows: StoredRow[]; nextPageToken: string }> => {
  const [after = -1] = pageToken ? (decodeCursor(pageToken, ORDER) as [number]) : [];
  const { rows } = await sql<StoredRow>`
    select row, record_id, outcome, errors, cells, version from job_row
    where job_id = ${jobId}::uuid and row > ${after} and ${outcome ? sql`outcome = ${outcome}` : sql`outcome not in ('waiting', 'deferred')`}
    order by row limit ${pageSize + 1}`.execute(db);
  const page = rows.slice(0, pageSize);
  return { rows: page, nextPageToken: rows.length > pageSize ? encodeCursor(ORDER, [page.at(-1)!.row]) : '' };
};
