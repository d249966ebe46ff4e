import type { Resource, Stored } from '#lib/api/resource.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import { session } from '#lib/session.svelte.ts';
import type { Icon } from '#lib/ui/icon.ts';
import type { MenuItem } from '#lib/ui/Menu.svelte';
import { tagField } from '#lib/tag/tags.svelte.ts';
import { customFields } from './custom-fields.svelte.ts';
import type { Field } from './field.ts';

/** What the list, the record page and the forms of a noun are made from. */
export interface Noun<T extends Stored> {
  resource: Resource<T>;
  /** Path of its list; `${path}/${id}` is a record's page. */
  path: string;
  icon: Icon;
  /** 线索, leads. */
  plural: () => string;
  /** 新建线索. */
  createLabel: () => string;
  /** What the list is for, where it is empty. */
  purpose: () => string;
  title: (record: T) => string;
  /** Its own fields; custom ones are added where they are shown. The first is the sticky first column. */
  fields: Field[];
  /** Keys of the columns that a list shows before anybody chose. */
  columns: string[];
  /** Keys of what the form asks for, in order. */
  form: string[];
  /** What a new record begins with, whether or not the form asks for it. */
  defaults?: () => Record<string, unknown>;
  /** Keys of a record's left side, in groups. */
  groups: { label: () => string; keys: string[] }[];
  /** What may be done with a record now, most important first. */
  actions: (record: T) => Action[];
}

/** One thing to do: the same list feeds the row's menu, the record's header and the palette. */
export interface Action {
  /** Stable name, `lead.assign`. */
  id: string;
  label: string;
  icon: Icon;
  run?: () => unknown;
  href?: string;
  shortcut?: string;
  danger?: boolean;
  /** Stands in the header of a record as its next step. */
  primary?: boolean;
}

/** The plural inside a sentence: English writes it small there. */
export function pluralWithin<T extends Stored>({ plural }: Noun<T>): string {
  return getLocale() === 'en' ? plural().toLowerCase() : plural();
}

export function toMenu(actions: Action[]): MenuItem[] {
  return actions.map(({ label, icon, run, href, shortcut, danger }, index) => ({
    label,
    icon,
    run,
    href,
    shortcut,
    danger,
    divided: danger === true && index > 0 && actions[index - 1]?.danger !== true,
  }));
}

/** All fields of a noun that the person may see, its tags and custom ones at the end. */
export function visibleFields<T extends Stored>(noun: Noun<T>): Field[] {
  const { service, noun: name } = noun.resource;
  return [...noun.fields, ...tagField(service, name), ...customFields(service, name)].filter(
    (field) => session.access(name, field.key) !== 'hidden',
  );
}

export function mayEdit(noun: string, field: Field): boolean {
  return (
    !field.readOnly && !field.immutable && session.access(noun, field.key) === 'open' && session.can(`${noun}.update`)
  );
}
