import type { CustomField } from '@pelagic/proto/crm/capability/v1/custom_field';
import { contract, messageType } from '@pelagic/proto/contract';
import type { Reason } from '@pelagic/proto/reason';
import type { FieldError } from '@pelagic/chassis/problem';

/** Definitions of one noun, retired ones included, and those that can be sorted by. */
export const FIELDS_MAX = 100;
export const INDEXED_MAX = 10;

const CHOOSING = new Set(['CUSTOM_FIELD_KIND_CHOICE', 'CUSTOM_FIELD_KIND_CHOICES']);

const error = (field: string, reason: Reason, message: string): FieldError => ({
  field: `customField.${field}`,
  reason,
  message,
});

/** What two labels have in common when people take them for the same: imports find fields and choices by them. */
const plain = (label: string): string => label.normalize('NFKC').toLowerCase().replace(/\s+/g, '');

const duplicates = (labels: string[]): Set<string> => {
  const seen = new Set<string>();
  return new Set(labels.map(plain).filter((label) => label && seen.size === seen.add(label).size));
};

const choiceErrors = ({ kind, choices }: CustomField, before: CustomField | undefined): FieldError[] => {
  if (!CHOOSING.has(kind))
    return choices.length ? [error('choices', 'NOT_A_CHOICE', 'Only fields of kind choice have choices.')] : [];
  const errors: FieldError[] = [];
  if (!choices.some(({ retired }) => !retired))
    errors.push(error('choices', 'REQUIRED', 'At least one choice must be on offer.'));
  const slugs = choices.map(({ slug }) => slug);
  const [twice, labelTwice] = [
    duplicates(slugs),
    duplicates(choices.filter(({ retired }) => !retired).map(({ label }) => label)),
  ];
  choices.forEach(({ slug, label, retired }, index) => {
    if (twice.has(plain(slug)))
      errors.push(error(`choices[${index}].slug`, 'DUPLICATE', 'Two choices have this slug.'));
    else if (!retired && labelTwice.has(plain(label)))
      errors.push(error(`choices[${index}].label`, 'DUPLICATE', 'Two choices have this label.'));
  });
  for (const { slug, label } of before?.choices ?? []) {
    if (!slugs.includes(slug))
      errors.push(
        error(
          'choices',
          'CHOICE_MISSING',
          `The choice ${label} can be retired, but records hold it: it cannot go away.`,
        ),
      );
  }
  return errors;
};

const taken = (noun: string, slug: string): boolean =>
  messageType(contract.nouns.get(noun)!.message).fields.some(
    ({ name, json }) => name === slug || json.toLowerCase() === slug.replaceAll('_', ''),
  );

/** What is wrong with a definition beside the noun's others. `before` is what is stored of it. */
export const definitionErrors = (field: CustomField, others: CustomField[], before?: CustomField): FieldError[] => {
  const errors = choiceErrors(field, before);
  if (before) {
    for (const key of ['noun', 'slug', 'kind'] as const)
      if (field[key] !== before[key]) errors.push(error(key, 'IMMUTABLE', 'This cannot be changed once it is set.'));
  } else {
    if (taken(field.noun, field.slug)) errors.push(error('slug', 'SLUG_TAKEN', 'The record has a field of this name.'));
    if (others.some(({ slug }) => slug === field.slug))
      errors.push(error('slug', 'DUPLICATE', 'There is a custom field with this slug, maybe a retired one.'));
    if (others.length >= FIELDS_MAX)
      errors.push(error('noun', 'TOO_MANY', `There can be ${FIELDS_MAX} custom fields at most.`));
  }
  const living = others.filter(({ retired }) => !retired);
  if (!field.retired && living.some(({ label }) => plain(label) === plain(field.label)))
    errors.push(error('label', 'DUPLICATE', 'There is a custom field with this label.'));
  if (field.indexed && !field.retired && living.filter(({ indexed }) => indexed).length >= INDEXED_MAX) {
    errors.push(error('indexed', 'TOO_MANY', `At most ${INDEXED_MAX} custom fields can be made sortable.`));
  }
  return errors;
};
