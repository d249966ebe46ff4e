import type { RowResult } from '@pelagic/proto/crm/capability/v1/job';
import type { StoredRow } from './job-rows.ts';
import { sayFault } from './reasons.ts';

/** What came of a row, in the reader's language. */
export const rowResult = (
  { row, record_id, outcome, errors }: Pick<StoredRow, 'row' | 'record_id' | 'outcome' | 'errors'>,
  locale: string,
): RowResult => ({
  row,
  recordId: record_id ?? '',
  outcome,
  errors: errors.map((fault) => ({ field: fault.field, reason: fault.reason, message: sayFault(fault, locale) })),
});
