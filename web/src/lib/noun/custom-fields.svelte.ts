import { SvelteMap } from 'svelte/reactivity';
import { api, body, type Schemas, type Service } from '#lib/api/client.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import type { Choice, Field } from './field.ts';

type CustomField = Schemas['CustomField'];

/** Definitions by noun, asked for once and again when an administrator changes them. */
const definitions = new SvelteMap<string, CustomField[]>();
const asked = new Set<string>();

export function customFields(service: Service, noun: string): Field[] {
  if (!asked.has(noun)) {
    asked.add(noun);
    setTimeout(() => void loadCustomFields(service, noun), 0);
  }
  return (definitions.get(noun) ?? []).map(toField);
}

export async function loadCustomFields(service: Service, noun: string): Promise<void> {
  try {
    const answer = await body(
      api.GET('/v1/{service}/custom-fields', { params: { path: { service }, query: { noun } } }),
    );
    definitions.set(
      noun,
      answer.customFields.toSorted((a, b) => a.position - b.position),
    );
  } catch {
    // The noun's own fields stay usable; the next page asks again.
    asked.delete(noun);
  }
}

function inLocale(label: string, labelEn: string): string {
  return getLocale() === 'en' && labelEn ? labelEn : label;
}

function choices(definition: CustomField): () => Choice[] {
  return () =>
    definition.choices
      .filter((choice) => !choice.retired)
      .map(({ slug, label, labelEn }) => ({ value: slug, label: inLocale(label, labelEn) }));
}

const KINDS = {
  CUSTOM_FIELD_KIND_UNSPECIFIED: 'text',
  CUSTOM_FIELD_KIND_TEXT: 'text',
  CUSTOM_FIELD_KIND_NUMBER: 'number',
  CUSTOM_FIELD_KIND_MONEY: 'money',
} as const;

function toField(definition: CustomField): Field {
  const base = {
    key: `custom.${definition.slug}`,
    label: () => inLocale(definition.label, definition.labelEn),
    required: definition.required,
    sortable: definition.indexed,
    ...(definition.help ? { help: () => definition.help } : {}),
  };
  switch (definition.kind) {
    case 'CUSTOM_FIELD_KIND_CHOICE':
      return { ...base, kind: 'choice', options: choices(definition) };
    case 'CUSTOM_FIELD_KIND_CHOICES':
      return { ...base, kind: 'choices', options: choices(definition) };
    case 'CUSTOM_FIELD_KIND_EMPLOYEE':
      return { ...base, kind: 'record', noun: 'employee' };
    case 'CUSTOM_FIELD_KIND_DATE':
      return { ...base, kind: 'date' };
    default:
      return {
        ...base,
        kind: KINDS[definition.kind],
        ...(definition.kind === 'CUSTOM_FIELD_KIND_TEXT' ? { maxLength: 4000 } : {}),
      };
  }
}
