import {
  CustomField,
  CustomFieldDefined,
  type CustomFieldServiceService,
} from '@pelagic/proto/crm/capability/v1/custom_field';
import { fieldGrant, may } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { now } from '@pelagic/chassis/clock';
import type { Database, Tx } from '@pelagic/chassis/database';
import { record, uuidv7 } from '@pelagic/chassis/outbox';
import { invalid, invalidField, notFound, stale } from '@pelagic/chassis/problem';
import type { Queue } from '@pelagic/chassis/queue';
import type { Handlers } from '@pelagic/chassis/rpc';
import { sql } from 'kysely';
import { mappingOf, type Message, type Row } from '../record/mapping.ts';
import type { Noun } from '../record/noun.ts';
import { forgetDefinitions } from './definitions.ts';
import { definitionErrors } from './definition-rules.ts';
import { INDEX_QUEUE } from './index-work.ts';

const mapping = mappingOf('crm.capability.v1.CustomField');
const toField = (row: Row): CustomField => mapping.toMessage(row) as unknown as CustomField;

const MUTABLE = ['label', 'labelEn', 'required', 'choices', 'help', 'indexed', 'position', 'retired'] as const;
const WRITTEN = ['noun', 'slug', 'kind', ...MUTABLE];

type Options = { service: string; database: Database; queue: Queue; nouns: Noun[] };

/** The definitions of a noun; who changes one of them waits for the others who do. */
const lockDefinitions = async (tx: Tx, noun: string): Promise<CustomField[]> => {
  await sql`select pg_advisory_xact_lock(hashtext(${`custom_field/${noun}`}))`.execute(tx.sql);
  return (
    await tx.sql.selectFrom('custom_field').selectAll().where('noun', '=', noun).orderBy('position').execute()
  ).map((row) => toField(row as Row));
};

const tell = (tx: Tx, service: string, row: Row, before?: Row): void => {
  const state = mapping.toState(row);
  const was = before && mapping.toState(before);
  const changed =
    was &&
    Object.fromEntries(
      Object.entries(was).filter(
        ([key, value]) =>
          !['version', 'updateTime'].includes(key) && JSON.stringify(value) !== JSON.stringify(state[key]),
      ),
    );
  const event = CustomFieldDefined.toJSON({ customField: CustomField.fromJSON(state) }) as Record<string, unknown>;
  record(tx, {
    subject: `crm.${service}.custom_field.defined.v1`,
    noun: 'custom_field',
    recordId: row['id'] as string,
    version: row['version'] as number,
    data: { ...event, ...(changed && { before: changed }) },
  });
};

/** Paths as written in the mask, or all that may change. */
const asked = (mask: string[] | undefined): string[] =>
  mask?.length ? mask.map((path) => path.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())) : [...MUTABLE];

const mergeUpdate = (before: CustomField, given: CustomField, mask: string[] | undefined): CustomField => {
  const paths = asked(mask);
  const unknown = paths.find((path) => !WRITTEN.includes(path));
  if (unknown) throw invalidField('updateMask', 'UNKNOWN_FIELD', `${unknown} cannot be updated.`);
  return { ...before, ...Object.fromEntries(paths.map((path) => [path, given[path as keyof CustomField]])) };
};

const visibleTo = (caller: Caller, field: CustomField): boolean =>
  may(caller, 'custom_field.manage') || !fieldGrant(caller, field.noun).hidden.has(`custom.${field.slug}`);

export const customFieldHandlers = ({
  service,
  database,
  queue,
  nouns,
}: Options): Handlers<CustomFieldServiceService> => {
  const customised = new Set(
    nouns
      .filter(({ mapping: { fields } }) => fields.some(({ json, map }) => json === 'custom' && map))
      .map(({ noun }) => noun),
  );

  /** Others hear of it when their memory ends; this process at once. */
  const saved = async (tx: Tx, field: CustomField): Promise<void> => {
    tx.afterCommit.push(() => forgetDefinitions(field.noun));
    await queue.send(tx, INDEX_QUEUE, { noun: field.noun, slug: field.slug });
  };

  return {
    createCustomField: async ({ customField }) => {
      const given = customField!;
      if (!customised.has(given.noun))
        throw invalidField('customField.noun', 'UNKNOWN_NOUN', 'Records of this kind have no custom fields here.');
      const row = await database.transact(async (tx) => {
        const others = await lockDefinitions(tx, given.noun);
        const errors = definitionErrors(given, others);
        if (errors.length) throw invalid(...errors);
        const position = given.position || Math.max(0, ...others.map((other) => other.position)) + 1;
        const time = now().toISOString();
        const columns = {
          ...mapping.toColumns(given as unknown as Message, WRITTEN),
          id: uuidv7(),
          version: 1,
          position,
          create_time: time,
          update_time: time,
        };
        const inserted = (await tx.sql
          .insertInto('custom_field')
          .values(columns)
          .returningAll()
          .executeTakeFirstOrThrow()) as Row;
        tell(tx, service, inserted);
        await saved(tx, given);
        return inserted;
      });
      return { customField: toField(row) };
    },

    updateCustomField: async ({ id, customField, updateMask }) => {
      const row = await database.transact(async (tx) => {
        const found = (await tx.sql
          .selectFrom('custom_field')
          .select('noun')
          .where('id', '=', id)
          .executeTakeFirst()) as { noun: string } | undefined;
        if (!found) throw notFound('custom_field');
        const all = await lockDefinitions(tx, found.noun);
        const stored = (await tx.sql
          .selectFrom('custom_field')
          .selectAll()
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirstOrThrow()) as Row;
        const before = toField(stored);
        if (customField!.version && customField!.version !== before.version)
          throw stale('custom_field', before.version);
        const after = mergeUpdate(before, customField!, updateMask);
        const errors = definitionErrors(
          after,
          all.filter((other) => other.id !== id),
          before,
        );
        if (errors.length) throw invalid(...errors);
        const columns = mapping.toColumns(after as unknown as Message, MUTABLE);
        if (
          JSON.stringify(
            mapping.toState({ ...stored, ...columns, choices: JSON.parse(columns['choices'] as string) }),
          ) === JSON.stringify(mapping.toState(stored))
        )
          return stored;
        const updated = (await tx.sql
          .updateTable('custom_field')
          .set({ ...columns, version: before.version + 1, update_time: now().toISOString() })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow()) as Row;
        tell(tx, service, updated, stored);
        await saved(tx, after);
        return updated;
      });
      return { customField: toField(row) };
    },

    listCustomFields: async ({ noun, includeRetired }, caller) => {
      let query = database.sql
        .selectFrom('custom_field')
        .selectAll()
        .orderBy('noun')
        .orderBy('position')
        .orderBy('create_time');
      if (noun) query = query.where('noun', '=', noun);
      if (!includeRetired) query = query.where('retired', '=', false);
      return {
        customFields: (await query.execute())
          .map((row) => toField(row as Row))
          .filter((field) => visibleTo(caller, field)),
      };
    },
  };
};
