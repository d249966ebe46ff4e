import { CustomField } from '@pelagic/proto/crm/capability/v1/custom_field';
import type { Kysely } from 'kysely';
import { mappingOf } from '../record/mapping.ts';

/** Other replicas hear of a changed definition this late. */
const REMEMBERED_MS = 1_000;

const mapping = mappingOf('crm.capability.v1.CustomField');
const remembered = new Map<string, { at: number; fields: Promise<CustomField[]> }>();

const read = async (db: Kysely<any>, noun: string): Promise<CustomField[]> => {
  const rows = await db
    .selectFrom('custom_field')
    .selectAll()
    .where('noun', '=', noun)
    .orderBy('position')
    .orderBy('create_time')
    .execute();
  return rows.map((row) => mapping.toMessage(row) as unknown as CustomField);
};

/** The definitions of a noun's custom fields, retired ones included, in the order of forms. */
export const definitionsOf = (db: Kysely<any>, noun: string): Promise<CustomField[]> => {
  const known = remembered.get(noun);
  if (known && Date.now() - known.at < REMEMBERED_MS) return known.fields;
  const fields = read(db, noun);
  fields.catch(() => remembered.delete(noun));
  remembered.set(noun, { at: Date.now(), fields });
  return fields;
};

/** After a definition changed here. */
export const forgetDefinitions = (noun: string): void => {
  remembered.delete(noun);
};
