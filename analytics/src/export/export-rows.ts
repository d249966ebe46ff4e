import { createHash } from 'node:crypto';
import type { AuditTrail } from '@pelagic/capabilities/audit/audit';
import { csvBytes } from '@pelagic/capabilities/sheet/csv';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database } from '@pelagic/chassis/database';
import { invalidField } from '@pelagic/chassis/problem';
import { ExportRowsRequest, type ExportRowsResponse, type FactRow } from '@pelagic/proto/crm/analytics/v1/analytics';
import type { Text } from '../cubes/cube.ts';
import type { Directory } from '../directory/directory.ts';
import type { Engine } from '../engine/engine.ts';
import { stepAsked } from '../funnel/funnel.ts';
import { circumstances } from '../question/answer.ts';
import { said } from '../question/labels.ts';
import { everyRow, type Records } from '../question/records.ts';
import { rowsAsked } from '../question/rows.ts';
import type { Circumstances } from '../question/source.ts';

/** More would not fit into one answer. */
const ROWS_MAX = 10_000;

type House = { engine: Engine; directory: Directory; database: Database; audit: Pick<AuditTrail, 'note'> };
type Column = { label: Text; cell: (row: FactRow, directory: Directory) => string };

const COLUMNS: Column[] = [
  { label: { zh: '编号', en: 'Number' }, cell: ({ number }) => number },
  { label: { zh: '名称', en: 'Name' }, cell: ({ name }) => name },
  { label: { zh: '客户', en: 'Customer' }, cell: ({ customerName }) => customerName },
  {
    label: { zh: '负责人', en: 'Owner' },
    cell: ({ ownerId }, { employees }) => employees.get(ownerId)?.name ?? '',
  },
  { label: { zh: '日期', en: 'Date' }, cell: ({ date }) => date },
  { label: { zh: '计入', en: 'Counts' }, cell: ({ value }) => value },
];
const DIVISOR: Column = { label: { zh: '计入分母', en: 'Counts below the line' }, cell: ({ divisor }) => divisor };

const recordsFor = (
  { noun, figure, step }: ExportRowsRequest,
  directory: Directory,
  around: Circumstances,
): Records => {
  if (Boolean(figure) === Boolean(step))
    throw invalidField('figure', 'ONE_OF', 'Give a figure or a step of a funnel, and not both.', {
      fields: 'figure, step',
    });
  const { records } = figure ? rowsAsked(figure, directory, around) : stepAsked(step!, directory, around);
  if (records.cube.noun !== noun)
    throw invalidField('noun', 'MISMATCH', `The rows are of ${records.cube.noun}.`, { noun: records.cube.noun });
  return records;
};

const linesOf = (rows: FactRow[], columns: Column[], caller: Caller, directory: Directory): string[][] => [
  columns.map(({ label }) => said(caller, label)),
  ...rows.map((row) => columns.map(({ cell }) => cell(row, directory))),
];

const written = async (lines: string[][]): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  const once = async function* () {
    yield lines;
  };
  for await (const chunk of csvBytes(once())) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** The rows as a file; who took which rows is written down with what the file hashes to. */
export const exportRows = async (
  { engine, directory, database, audit }: House,
  caller: Caller,
  request: ExportRowsRequest,
): Promise<ExportRowsResponse> => {
  const around = { ...circumstances(caller, directory), exporting: true };
  const records = recordsFor(request, directory, around);
  const rows = await everyRow(engine, records, around, ROWS_MAX);
  const bytes = await written(linesOf(rows, records.ratio ? [...COLUMNS, DIVISOR] : COLUMNS, caller, directory));
  const detail = {
    ...(ExportRowsRequest.toJSON(request) as Record<string, unknown>),
    rows: rows.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
  await audit.note(database.sql, caller, { action: 'export', noun: request.noun, detail });
  return { fileName: `${request.noun}-${around.today}.csv`, content: bytes.toString('utf8'), rows: rows.length };
};
