import type { Stored } from '#lib/api/resource.ts';
import type { Field } from './field.ts';
import { visibleFields, type Noun } from './noun.ts';

/** The nouns whose pages were opened: a job tells of fields where its noun is not at hand. */
const met = new Map<string, () => Field[]>();

export function meetNoun<T extends Stored>(noun: Noun<T>): void {
  met.set(noun.resource.noun, () => visibleFields(noun));
}

/** What is known of the fields of such a noun; nothing of the others. */
export function fieldsMet(noun: string): Field[] {
  return met.get(noun)?.() ?? [];
}

/** What people call the field that a service names by its path: `lead.phones[0]` → 电话. The path's own word when nobody knows. */
export function fieldLabel(noun: string, path: string): string {
  const own = path.startsWith(`${noun}.`) ? path.slice(noun.length + 1) : path;
  const key = own.startsWith('custom.') ? own.split('.', 2).join('.') : own.replace(/[.[].*$/, '');
  return (
    fieldsMet(noun)
      .find((field) => field.key === key)
      ?.label() ?? key
  );
}
