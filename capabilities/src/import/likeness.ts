import { queryable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { ImportTarget, RowKey } from '../job/import-target.ts';
import type { Message } from '../record/mapping.ts';

/** What a row of a file, or a record, is known by. */
export type Identity = {
  /** Strongest first. */
  keys: RowKey[];
  /** As it is compared; empty when unknown, or covered for whoever brings the file. */
  name: string;
};

/** `likely`: nothing speaks against it but that the names differ. */
export type Likeness = 'same' | 'likely' | 'other';

/** Fields of the key that are hidden from the person or masked for them. */
export const coveredIn = ({ noun, keyFields }: ImportTarget, caller: Caller, { kind }: RowKey): string[] =>
  (kind === 'external' ? ['externalId'] : keyFields[kind]!).filter((field) => !queryable(caller, noun, field));

/** Everything that the message is known by, covered or not. */
export const keysOf = (target: ImportTarget, message: Message): RowKey[] => {
  const external = message['externalId'];
  const keys = target.keys(message).filter(({ value }) => value);
  return typeof external === 'string' && external ? [{ kind: 'external', value: external }, ...keys] : keys;
};

const nameOf = ({ noun }: ImportTarget, message: Message, caller: Caller): string => {
  const name = message['name'];
  return typeof name === 'string' && queryable(caller, noun, 'name') ? name.trim().toLowerCase() : '';
};

/**
 * A match by a field that is hidden or masked would tell what the mask covers: such keys say nothing, as they say
 * nothing when look-alikes of a draft are asked for.
 */
export const identityOf = (target: ImportTarget, message: Message, caller: Caller): Identity => ({
  keys: keysOf(target, message).filter((key) => !coveredIn(target, caller, key).length),
  name: nameOf(target, message, caller),
});

const valuesOf = ({ keys }: Identity, kind: string): string[] =>
  keys.filter((key) => key.kind === kind).map(({ value }) => value);

/** Of each kind of key that both have, strongest first: whether they share one. */
const comparisons = (row: Identity, record: Identity): boolean[] =>
  [...new Set(row.keys.map(({ kind }) => kind))].flatMap((kind) => {
    const theirs = valuesOf(record, kind);
    return theirs.length ? [valuesOf(row, kind).some((value) => theirs.includes(value))] : [];
  });

/**
 * Whether a row is the record that one of its keys leads to. An external id that both have decides. After it, keys that
 * contradict each other are read as the noun says: see ImportTarget.contradiction.
 */
export const likenessOf = (row: Identity, record: Identity, rule: ImportTarget['contradiction']): Likeness => {
  const [mine] = valuesOf(row, 'external');
  const theirs = valuesOf(record, 'external');
  if (mine && theirs.length) return theirs.includes(mine) ? 'same' : 'other';
  const [strongest, ...others] = comparisons(row, record);
  if (rule === 'strongest-decides') return strongest === false ? 'other' : 'same';
  if (rule !== 'name-decides' || (row.name && row.name === record.name)) return 'same';
  // Two people of one company share its telephone; a row with an id of its own is not taken for whoever was there.
  return mine || [strongest, ...others].includes(false) ? 'other' : 'likely';
};
