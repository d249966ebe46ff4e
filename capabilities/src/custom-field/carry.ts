import { unwritable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import type { Noun } from '../record/noun.ts';
import { checkCustom, type CustomValues } from './custom-field.ts';
import { definitionsOf } from './definitions.ts';
import { peopleErrors } from './people.ts';

/**
 * What of one record's custom fields another noun takes over: where it has a field in use of the same slug that takes
 * such a value, and that the caller may write. Everything else stays behind without a word.
 */
export const carryCustom = async (tx: Tx, noun: Noun, values: CustomValues, caller: Caller): Promise<CustomValues> => {
  const fields = (await definitionsOf(tx.sql, noun.noun)).filter(({ retired }) => !retired);
  const gone = new Set((await peopleErrors(tx.sql, values, { past: caller.imported })).map(({ field }) => field));
  const fits = ([slug, value]: [string, CustomValues[string]]): boolean =>
    !gone.has(`custom.${slug}`) &&
    !checkCustom(fields, { [slug]: value }).errors.length &&
    !unwritable(caller, noun.noun, [`custom.${slug}`], true, noun.key).length;
  return Object.fromEntries(Object.entries(values).filter(fits));
};
