import type { Schemas } from '#lib/api/client.ts';

type Entry = Pick<Schemas['AuditEntry'], 'noun' | 'action' | 'detail' | 'recordId'>;
type Values = Record<string, unknown>;

/** What an action may tell by its name, where the entry does not say what it is about: `create_custom_field`. */
const TOLD = new Set([
  'api_key',
  'approval',
  'custom_field',
  'department',
  'employee',
  'enterprise',
  'exchange_rate',
  'file',
  'mail',
  'parked_message',
  'partner',
  'pipeline',
  'queue',
  'role',
  'tag',
  'working_calendar',
]);

/** Characters by which a statement is known. */
const STATEMENT_MAX = 80;

export function detailOf({ detail }: Pick<Entry, 'detail'>): Values {
  return detail ? (JSON.parse(detail) as Values) : {};
}

/** What an entry is about: the noun, and the name by which the entry itself knows it. */
export function subjectOf(entry: Entry): { noun: string; name: string } {
  const object = entry.action.slice(entry.action.indexOf('_') + 1).replace(/messages$/, 'message');
  const noun = entry.noun || (TOLD.has(object) ? object : '');
  const detail = detailOf(entry);
  // What a change names; the state after, before, or the request, which holds what it is about under one name.
  const told = [detail, detail['after'], detail['before'], ...Object.values(detail)].map(nameIn).find(Boolean) ?? '';
  return { noun, name: told || (noun === 'file' ? (entry.recordId ?? '').slice(-8) : '') };
}

function nameIn(value: unknown): string {
  if (!value || typeof value !== 'object') return '';
  const { name, label, currency, statement } = value as Values;
  const told = [name, label, currency].find((text): text is string => typeof text === 'string' && text !== '');
  return told ?? (typeof statement === 'string' ? beginning(statement) : '');
}

/** The whole of a statement stands in the entry. */
function beginning(statement: string): string {
  const characters = [...statement.trim().replaceAll(/\s+/g, ' ')];
  return characters.length > STATEMENT_MAX ? `${characters.slice(0, STATEMENT_MAX).join('')}…` : characters.join('');
}
