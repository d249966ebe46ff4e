import { api, body } from '#lib/api/client.ts';
import { resource } from '#lib/api/resource.ts';
import { showPhone } from '#lib/format/phones.svelte.ts';
import { names } from '#lib/names.svelte.ts';
import { NOUNS, type NounEntry } from '#lib/nouns.ts';
import { session } from '#lib/session.svelte.ts';
import type { Option, Search } from '#lib/ui/Picker.svelte';

/** How each noun is looked for in a picker, and what tells two of the same name apart. */

type Row = { id: string; name: string } & Record<string, unknown>;

const SHOWN = 20;

/** What a field says beside a name: the name of what it refers to, the first of its phones, or itself. */
function told(row: Row, key: string): string | undefined {
  const value = row[key];
  if (!value) return undefined;
  if (key === 'phones') return showPhone((value as string[])[0] ?? '', session.view.enterprise?.region ?? '');
  return key.endsWith('Id') ? names.of(key.slice(0, -2), String(value)) : String(value);
}

function searchOf({ service, noun, plural, called = 'name', tells }: NounEntry): Search {
  const records = resource<Row>(service, noun, `/v1/${plural}`, plural);
  const filter = noun === 'employee' ? 'state = ACTIVE' : '';
  return async (words, signal) => {
    const { rows } = await records.list({ words, size: SHOWN, ...(filter && { filter }) }, signal);
    return rows.map((row) => ({
      value: row.id,
      label: String(row[called] ?? ''),
      hint: tells
        .map((key) => told(row, key))
        .filter(Boolean)
        .join(' · '),
      avatar: PERSONS.has(noun),
    }));
  };
}

/** Shown with a face. */
const PERSONS = new Set(['employee', 'contact']);

/** The whole tree is in one answer; each department shows what it belongs to. */
async function findDepartments(words: string, signal: AbortSignal): Promise<Option[]> {
  const { departments: rows } = await body(api.GET('/v1/departments', { signal }));
  const byId = new Map(rows.map((row) => [row.id, row]));
  return rows
    .filter(({ name, code }) => `${name} ${code}`.toLowerCase().includes(words.toLowerCase()))
    .slice(0, SHOWN)
    .map(({ id, name, parentId }) => ({ value: id, label: name, hint: parentId && byId.get(parentId)?.name }));
}

const SEARCHES: Record<string, Search> = {
  ...Object.fromEntries(NOUNS.map((entry) => [entry.noun, searchOf(entry)])),
  department: findDepartments,
};

/** Options of a noun by what is typed; what it finds need not be asked for by id. */
export function recordSearch(noun: string): Search {
  const search = SEARCHES[noun];
  if (!search) throw new Error(`no picker for ${noun}`);
  return async (words, signal) => {
    const options = await search(words, signal);
    for (const { value, label } of options) names.learn(noun, value, label);
    return options;
  };
}
