import { m } from '#lib/paraglide/messages.js';

/** What is kept of a statement in SQL, by its key. */
export const STATEMENT_LABELS: Record<string, () => string> = {
  statement: m.audit_statement,
  views: m.audit_statement_views,
  format: m.audit_statement_format,
  rows: m.audit_statement_rows,
  maxRows: m.audit_statement_max_rows,
  bytes: m.audit_statement_bytes,
  milliseconds: m.audit_statement_milliseconds,
  queryId: m.audit_statement_query,
};

/** Views one after the other; undefined for what speaks for itself. */
export function statementWords(key: string, value: unknown): string | undefined {
  return key === 'views' && Array.isArray(value) ? value.join(', ') : undefined;
}
