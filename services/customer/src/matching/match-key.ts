import { brokenConstraint, type Tx } from '@pelagic/chassis/database';
import { WITH_NEXT } from '@pelagic/chassis/prepared';
import { Problem } from '@pelagic/chassis/problem';
import { sql } from 'kysely';

/** `blocking` keys can be had by one living record only. */
export type MatchKey = { kind: 'phone' | 'email' | 'tax_id' | 'company'; value: string; blocking: boolean };

/** The field that each kind of key is made of. */
export const KEY_FIELDS: Record<MatchKey['kind'], [string]> = {
  phone: ['phones'],
  email: ['emails'],
  tax_id: ['taxId'],
  company: ['name'],
};

const duplicate = (kind: string): Problem =>
  new Problem(
    'ALREADY_EXISTS',
    'DUPLICATE',
    kind === 'tax_id' ? 'A customer with this tax number exists already.' : 'A customer of this name exists already.',
    {
      fields: [
        {
          field: kind === 'tax_id' ? 'customer.taxId' : 'customer.name',
          reason: 'DUPLICATE',
          message: 'This belongs to another customer.',
        },
      ],
      params: { kind },
    },
  );

/** Writes the keys of a new record. Throws ALREADY_EXISTS when a blocking one belongs to another record. */
export const addMatchKeys = async (
  tx: Tx,
  noun: string,
  recordId: string,
  keys: MatchKey[],
  deleted = false,
): Promise<void> => {
  const rows = keys
    .filter(({ value }) => value)
    .map(({ kind, value, blocking }) => sql`(${noun}, ${recordId}::uuid, ${kind}, ${value}, ${blocking}, ${deleted})`);
  if (!rows.length) return;
  // What cannot be refused need not be waited for.
  const trip = sql.raw(keys.some(({ blocking }) => blocking) ? '' : WITH_NEXT);
  try {
    await sql`${trip}insert into match_key (noun, record_id, kind, value, blocking, deleted) values ${sql.join(rows)} on conflict (noun, record_id, kind, value) do nothing`.execute(
      tx.sql,
    );
  } catch (error) {
    if (brokenConstraint(error) !== 'match_key_blocking') throw error;
    throw duplicate(/\(kind, value\)=\((\w+),/.exec(detailOf(error))?.[1] ?? 'company');
  }
};

/** The same for a record that has some. */
export const writeMatchKeys: typeof addMatchKeys = async (tx, noun, recordId, keys, deleted) => {
  await sql`${sql.raw(WITH_NEXT)}delete from match_key where noun = ${noun} and record_id = ${recordId}`.execute(
    tx.sql,
  );
  await addMatchKeys(tx, noun, recordId, keys, deleted);
};

const detailOf = (error: unknown): string => {
  const { detail, cause } = (error ?? {}) as { detail?: string; cause?: unknown };
  return detail ?? (cause ? detailOf(cause) : '');
};
