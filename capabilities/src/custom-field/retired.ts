import { eachRecord } from '@pelagic/chassis/access';
import type { Kysely } from 'kysely';
import { definitionsOf } from './definitions.ts';

/** Takes the values of retired fields out of an answer: they stand in the record's history, and come back with their field. */
export const dropRetired = async (db: Kysely<any>, type: string, answer: unknown): Promise<void> => {
  const holding: { noun: string; custom: Record<string, unknown> }[] = [];
  eachRecord(type, answer, ({ noun }, record) => {
    const custom = record['custom'] as Record<string, unknown> | undefined;
    if (noun && custom && Object.keys(custom).length) holding.push({ noun, custom });
  });
  for (const { noun, custom } of holding)
    for (const { slug, retired } of await definitionsOf(db, noun)) if (retired) delete custom[slug];
};
