import { m } from '#lib/paraglide/messages.js';
import type { Schemas } from '#lib/api/client.ts';

type Mapped = Partial<Schemas['ColumnMapping']>;

/** What the settings of an import are called, by their key. */
export const IMPORT_LABELS: Record<string, () => string> = {
  fileId: m.audit_file,
  mapping: m.import_step_columns,
  onMatch: m.import_match,
  history: m.import_history,
  defaultOwnerId: m.import_default_owner,
  defaults: m.import_defaults,
};

const MATCHES: Record<string, () => string> = {
  MATCH_ACTION_SKIP: m.import_match_skip,
  MATCH_ACTION_UPDATE: m.import_match_update,
};

/** Where each column of the file went, a line each, and below it what its values stood for. */
function columnsOf(mapping: Mapped[], labelOf: (field: string) => string): string {
  return mapping
    .flatMap(({ column = '', field = '', values = {} }) => [
      `${column} → ${field ? labelOf(field) : m.import_leave_out()}`,
      ...Object.entries(values).map(([value, meaning]) => `    ${value} → ${meaning}`),
    ])
    .join('\n');
}

/** The setting in words; undefined for what is no setting of an import, or speaks for itself. */
export function importWords(key: string, value: unknown, labelOf: (field: string) => string): string | undefined {
  if (key === 'mapping' && Array.isArray(value)) return columnsOf(value as Mapped[], labelOf);
  if (key === 'onMatch') return MATCHES[String(value)]?.();
  if (key === 'defaults' && value && typeof value === 'object')
    return Object.entries(value)
      .map(([field, text]) => `${labelOf(field)} = ${String(text)}`)
      .join('\n');
  return undefined;
}
