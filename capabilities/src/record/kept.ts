import { contract } from '@pelagic/proto/contract';
import { sql } from 'kysely';
import type { Noun, Reach } from './noun.ts';

/** What people keep: somebody owns it, and who may make one is for a role to say. */
const isKept = ({ noun, mapping }: Noun): boolean =>
  mapping.fields.some(({ json }) => json === 'ownerId') &&
  [...contract.rpcs.values()].some(({ access }) => access.permission === `${noun}.create`);

/** What people keep here, by name: comments and attachments hang on it. */
export const keptNouns = (nouns: Noun[]): Map<string, Noun> =>
  new Map(nouns.filter(isKept).map((noun) => [noun.noun, noun]));

/** Who sees, changes and deletes a record, whatever it is, does so with what hangs on it. */
export const asItsRecord = (nouns: Noun[]): Reach => {
  const kept = [...keptNouns(nouns).values()];
  return (caller, action, table) =>
    sql<boolean>`(${sql.join(
      [
        sql`false`,
        ...kept.map(
          (noun) => sql`${sql.ref(`${table}.record_noun`)} = ${noun.noun} and exists (
            select from ${sql.table(noun.table)} where ${sql.ref(`${noun.table}.id`)} = ${sql.ref(`${table}.record_id`)}
              and ${noun.reach(caller, action, noun.table)})`,
        ),
      ],
      sql` or `,
    )})`;
};
