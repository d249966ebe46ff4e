import { unwritable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { ratesOf } from '@pelagic/chassis/directory';
import { today } from '@pelagic/chassis/enterprise';
import { invalid, type FieldError } from '@pelagic/chassis/problem';
import { contract } from '@pelagic/proto/contract';
import { checkCustom, type CustomValues } from '../custom-field/custom-field.ts';
import { definitionsOf } from '../custom-field/definitions.ts';
import { peopleErrors } from '../custom-field/people.ts';
import { settleMoney } from '../money/money.ts';
import { settleTags } from '../tag/settle-tags.ts';
import type { Message, Row } from './mapping.ts';
import type { Noun } from './noun.ts';

/** Writable fields of the noun that a message names, as JSON paths; what the role may not write is refused. */
export const writablePaths = (noun: Noun, caller: Caller, message: Message, mask: string[] | undefined): string[] => {
  const asked = mask?.length
    ? mask.map((path) => jsonPath(noun, path))
    : noun.mapping.fields.filter(({ json }) => isSet(message[json])).map(({ json }) => json);
  const paths = asked.flatMap((path) =>
    path === 'custom' ? Object.keys((message['custom'] ?? {}) as object).map((slug) => `custom.${slug}`) : [path],
  );
  const settable = paths.filter(
    (path) =>
      path.startsWith('custom.') ||
      noun.mapping.fields.some(
        ({ json, rules }) => json === path && !rules?.outputOnly && json !== 'version' && json !== 'id',
      ),
  );
  const errors = unwritable(caller, noun.noun, settable, !mask, noun.key);
  if (errors.length) throw invalid(...errors);
  return settable;
};

const jsonPath = (noun: Noun, path: string): string => {
  const [head = '', ...rest] = path.split('.');
  const field = noun.mapping.fields.find(({ name, json }) => name === head || json === head);
  return [field?.json ?? head, ...rest].join('.');
};

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== '' && value !== 0 && value !== false && !(Array.isArray(value) && !value.length);

/** Fields that commands of their own write. */
const BY_COMMAND = new Set(['ownerId', 'departmentId']);

/** Errors for fields that no update writes: owner and department are given away by assigning, and some are set once. */
export const notUpdated = (noun: Noun, paths: string[], prefix: string): FieldError[] =>
  paths.flatMap((path): FieldError[] => {
    const field = `${prefix}.${path}`;
    if (BY_COMMAND.has(path))
      return [{ field, reason: 'USE_ASSIGN', message: 'The owner changes by assigning: assign or transfer instead.' }];
    return noun.mapping.fields.some(({ json, rules }) => json === path && rules?.immutable)
      ? [{ field, reason: 'IMMUTABLE', message: 'This cannot be changed once it is set.' }]
      : [];
  });

/** Writes what an update names into the row: plain fields, and custom fields against their definitions. */
export const writeFields = async (
  tx: Tx,
  noun: Noun,
  row: Row,
  message: Message,
  caller: Caller,
  mask: string[],
): Promise<void> => {
  const paths = writablePaths(noun, caller, message, mask);
  const errors = notUpdated(noun, paths, noun.key);
  if (errors.length) throw invalid(...errors);
  const slugs = paths.filter((path) => path.startsWith('custom.')).map((path) => path.slice(7));
  if (slugs.length) await writeCustom(tx, noun, row, message, slugs, caller);
  const tagged = row['tag_ids'] as string[] | undefined;
  // Last: lists of messages are text from here on, as they are stored, and the row could not be read as a message.
  Object.assign(
    row,
    noun.mapping.toColumns(
      message,
      paths.filter((path) => !path.startsWith('custom.')),
    ),
  );
  if (paths.includes('tagIds')) await writeTags(tx, noun, row, tagged ?? [], caller);
};

/** Puts what the row has of tags in order, now that it has what was asked for. */
const writeTags = async (tx: Tx, noun: Noun, row: Row, before: string[], { imported: past }: Caller): Promise<void> => {
  const wanted = row['tag_ids'] as string[];
  row['tag_ids'] = await settleTags(tx.sql, { before, wanted, field: `${noun.key}.tagIds`, past });
};

/** Sums of money get their worth in the base currency by the rate of today, or of the day they name. */
const settleCustom = async (tx: Tx, noun: Noun, values: CustomValues, before: CustomValues = {}): Promise<void> => {
  for (const [slug, custom] of Object.entries(values)) {
    if (custom.value?.$case !== 'money') continue;
    const stored = before[slug]?.value;
    const money = await settleMoney(custom.value.value, {
      date: today(),
      rates: (currency) => ratesOf(tx.sql, currency),
      field: `${noun.key}.custom.${slug}.money`,
      before: stored?.$case === 'money' ? stored.value : undefined,
    });
    values[slug] = { value: { $case: 'money', value: money } };
  }
};

const customOf = (noun: Noun, row: Row): CustomValues => noun.mapping.toMessage(row)['custom'] as CustomValues;

const writeCustom = async (
  tx: Tx,
  noun: Noun,
  row: Row,
  message: Message,
  slugs: string[],
  { imported: past }: Caller,
): Promise<void> => {
  const before = customOf(noun, row);
  const given = (message['custom'] ?? {}) as CustomValues;
  const changes = Object.fromEntries(slugs.map((slug) => [slug, given[slug] ?? { value: undefined }]));
  const { values, errors } = checkCustom(await definitionsOf(tx.sql, noun.noun), changes, { before });
  errors.push(...(await peopleErrors(tx.sql, values, { before, past })));
  if (errors.length) throw invalid(...errors.map((error) => ({ ...error, field: `${noun.key}.${error.field}` })));
  await settleCustom(tx, noun, values, before);
  const after = { ...before, ...values };
  for (const slug of slugs) if (!values[slug]) delete after[slug];
  Object.assign(row, { custom: JSON.parse(noun.mapping.toColumns({ custom: after }, ['custom'])['custom'] as string) });
};

/** The columns of a new record from a message: its writable fields, custom ones checked with the required among them. */
export const newFields = async (tx: Tx, noun: Noun, message: Message, caller: Caller): Promise<Row> => {
  writablePaths(noun, caller, message, undefined);
  const all = noun.mapping.fields
    .filter(({ json, rules }) => !rules?.outputOnly && !['id', 'version', 'custom'].includes(json))
    .map(({ json }) => json);
  const row = noun.mapping.toColumns(message, all);
  if ((row['tag_ids'] as string[] | undefined)?.length) await writeTags(tx, noun, row, [], caller);
  if (!contract.nouns.get(noun.noun)?.custom) return row;
  const custom = (message['custom'] ?? {}) as CustomValues;
  const { values, errors } = checkCustom(await definitionsOf(tx.sql, noun.noun), custom, {
    // History has no more than it has, and a service passes on what it was told: nobody is there to be asked.
    creating: !caller.imported && caller.kind !== 'service',
  });
  errors.push(...(await peopleErrors(tx.sql, values, { past: caller.imported })));
  if (errors.length) throw invalid(...errors.map((error) => ({ ...error, field: `${noun.key}.${error.field}` })));
  await settleCustom(tx, noun, values);
  return { ...row, custom: JSON.parse(noun.mapping.toColumns({ custom: values }, ['custom'])['custom'] as string) };
};
