import { languageOf } from '@pelagic/proto/language';
import type { Database } from '@pelagic/chassis/database';
import { beginningOf } from '@pelagic/chassis/text';
import type { FileRow, FileStore } from '../file/store.ts';
import { changeJob, type JobRow } from '../job/job.ts';
import { listRows } from '../job/job-rows.ts';
import { sayFaults } from '../job/reasons.ts';
import { csvBytes } from '../sheet/csv.ts';
import { xlsxBytes } from '../sheet/xlsx.ts';
import { labelOf } from './field.ts';
import type { Plan } from './plan.ts';

const PAGE = 500;
const HEADING = { zh: '错误原因', en: 'What is wrong' };
const SUFFIX = { zh: '-有误的行', en: '-bad-rows' };

type Options = { database: Database; files: FileStore };

async function* badLines(database: Database, job: JobRow, plan: Plan): AsyncGenerator<string[][]> {
  yield [[...plan.headings, HEADING[languageOf(job.locale)]]];
  const labels = new Map(plan.fields.map(({ field }) => [field.path, labelOf(field, job.locale)]));
  let pageToken = '';
  do {
    const page = await listRows(database.sql, job.id, { outcome: 'failed', pageSize: PAGE, pageToken });
    if (page.rows.length)
      yield page.rows.map(({ cells, errors }) => [
        ...plan.headings.map((_, index) => cells?.[index] ?? ''),
        sayFaults(errors, job.locale, labels),
        ...(cells?.slice(plan.headings.length) ?? []),
      ]);
    pageToken = page.nextPageToken;
  } while (pageToken);
}

/**
 * Writes the rows that were refused as a file of the same form with one column more: its reader puts them right and
 * brings them in again with the same mapping.
 */
export const writeBadRows = async (
  { database, files }: Options,
  job: JobRow,
  plan: Plan,
  source: FileRow,
): Promise<void> => {
  const book = source.encoding === 'xlsx';
  const lines = badLines(database, job, plan);
  const name = `${beginningOf(source.name.replace(/\.\w+$/, ''), 80)}${SUFFIX[languageOf(job.locale)]}.${book ? 'xlsx' : 'csv'}`;
  const file = await files.keep(
    { name, ownerId: job.creator_id, purpose: 'result' },
    book ? xlsxBytes(lines) : csvBytes(lines),
  );
  await changeJob(database.sql, job.id, {
    result_file_id: file.id,
    result_file_name: name,
    result_sha256: file.sha256,
  });
};
