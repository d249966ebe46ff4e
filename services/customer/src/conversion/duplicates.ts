import type { Duplicate, FindDuplicatesRequest } from '@pelagic/proto/crm/customer/v1/conversion';
import type { Noun } from '@pelagic/capabilities/record/noun';
import { fieldGrant, may, queryable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { denied, invalidField, Problem } from '@pelagic/chassis/problem';
import { sql, type Kysely } from 'kysely';
import { contact } from '../contact/contact.ts';
import { customer } from '../customer/customer.ts';
import { lead } from '../lead/lead.ts';
import { KEY_FIELDS, type MatchKey } from '../matching/match-key.ts';
import { normalizeEmail, normalizePhone } from '@pelagic/capabilities/record/reachable';
import { companyKey, normalizeTaxId } from '../matching/normalize.ts';

type Draft = Pick<FindDuplicatesRequest, 'noun' | 'excludeId' | 'name' | 'taxId' | 'phones' | 'emails'>;
type Key = Pick<MatchKey, 'kind' | 'value'>;
type Hit = { noun: string; record_id: string; kinds: string[]; blocking: boolean; deleted: boolean };
type Shown = { id: string; name: string; owner_id: string | null; visible: boolean };

/** More alike than this are noise. */
const HITS_MAX = 50;
const NOUNS: Record<string, Noun> = { lead, customer, contact };

/** What cannot be normalised cannot match. */
const normalized = (values: string[], normalize: (value: string, field: string) => string): string[] =>
  values.flatMap((value) => {
    try {
      return [normalize(value, '')];
    } catch (error) {
      if (error instanceof Problem) return [];
      throw error;
    }
  });

const keysOf = ({ name, taxId, phones, emails }: Draft): Key[] => [
  ...normalized(phones, normalizePhone).map((value) => ({ kind: 'phone' as const, value })),
  ...normalized(emails, normalizeEmail).map((value) => ({ kind: 'email' as const, value })),
  ...(taxId ? [{ kind: 'tax_id' as const, value: normalizeTaxId(taxId) }] : []),
  ...(name ? [{ kind: 'company' as const, value: companyKey(name) }] : []),
];

/** 张三丰 → 张**: enough to recognise, not enough to use. */
const masked = (name: string): string => `${[...name][0] ?? ''}**`;

const shown = async (db: Kysely<any>, noun: Noun, ids: string[], caller: Caller): Promise<Map<string, Shown>> => {
  const { rows } = await sql<Shown>`
    select id, name, owner_id, ${noun.reach(caller, 'read', noun.table)} as visible from ${sql.table(noun.table)} where id = any(${ids}::uuid[])`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.id, row]));
};

/** As the caller may know it: 张三丰 → 张** outside of their scope or when names are masked for them. */
const nameFor = (caller: Caller, noun: string, { name, visible }: Shown): string => {
  const { hidden, masked: covered } = fieldGrant(caller, noun);
  if (hidden.has('name')) return '';
  return visible && !covered.has('name') ? name : masked(name);
};

/** Who asks must be able to write such a record, or to look one up. */
const refuseProbing = (caller: Caller, noun: string): void => {
  if (!Object.hasOwn(NOUNS, noun))
    throw invalidField('noun', 'UNKNOWN_NOUN', 'Leads, customers and contacts can look alike.');
  if (!may(caller, `${noun}.create`) && !may(caller, `${noun}.read`)) throw denied(`${noun}.create`);
};

/** Whoever a contact belongs to is meant by its phone and mail as well: conversion keeps those of a company's lead there. */
const withCustomers = async (db: Kysely<any>, hits: Hit[], excludeId: string): Promise<Hit[]> => {
  const contacts = new Map(hits.filter(({ noun }) => noun === 'contact').map((hit) => [hit.record_id, hit]));
  if (!contacts.size) return hits;
  const { rows } = await sql<{ id: string; customer_id: string; deleted: boolean }>`
    select contact.id, customer_id, customer.delete_time is not null as deleted from contact join customer on customer.id = customer_id
    where contact.id = any(${[...contacts.keys()]}::uuid[]) and contact.delete_time is null order by contact.id`.execute(
    db,
  );
  const known = new Set([excludeId, ...hits.map(({ record_id }) => record_id)]);
  const more: Hit[] = [];
  for (const { id, customer_id, deleted } of rows) {
    if (known.has(customer_id)) continue;
    known.add(customer_id);
    more.push({ noun: 'customer', record_id: customer_id, kinds: contacts.get(id)!.kinds, blocking: false, deleted });
  }
  return [...more, ...hits];
};

/** Records with one of the keys, of nouns that the caller may read, by fields that are neither hidden nor masked for them. */
const hitsOf = async (db: Kysely<any>, draft: Draft, keys: Key[], caller: Caller): Promise<Hit[]> => {
  const asked = Object.keys(NOUNS).flatMap((noun) =>
    keys
      .filter(({ kind }) => queryable(caller, noun, KEY_FIELDS[kind][0]))
      .map(({ kind, value }) => sql`(${noun}, ${kind}, ${value})`),
  );
  if (!asked.length) return [];
  const readable = Object.keys(NOUNS).filter((noun) => may(caller, `${noun}.read`));
  // Whoever enters a customer is told what stands in the way, since the write would tell them too.
  const inTheWay = draft.noun === 'customer' ? sql`noun = 'customer' and blocking and not deleted` : sql`false`;
  const { rows } = await sql<Hit>`
    select noun, record_id, array_agg(distinct kind) as kinds, bool_or(blocking and not deleted) as blocking, bool_and(deleted) as deleted from match_key
    where (noun, kind, value) in (${sql.join(asked)}) and (noun = any(${readable}) or ${inTheWay}) and record_id is distinct from ${draft.excludeId || null}::uuid
    group by noun, record_id order by (noun = 'customer') desc, count(*) desc, record_id limit ${HITS_MAX}`.execute(db);
  return readable.includes('customer') ? withCustomers(db, rows, draft.excludeId) : rows;
};

/**
 * Leads, customers and contacts that share a phone, mail, tax number or company name with the draft; the recycle bin
 * included. One outside of the caller's scope shows a masked name and its owner, and cannot be chosen.
 */
export const findDuplicates = async (db: Kysely<any>, draft: Draft, caller: Caller): Promise<Duplicate[]> => {
  refuseProbing(caller, draft.noun);
  const keys = keysOf(draft);
  if (!keys.length) return [];
  const hits = await hitsOf(db, draft, keys, caller);
  const byNoun = new Map<string, Map<string, Shown>>();
  for (const [name, noun] of Object.entries(NOUNS)) {
    const ids = hits.filter((hit) => hit.noun === name).map(({ record_id }) => record_id);
    if (ids.length) byNoun.set(name, await shown(db, noun, ids, caller));
  }
  return hits.flatMap(({ noun, record_id: id, kinds, blocking, deleted }): Duplicate[] => {
    const record = byNoun.get(noun)?.get(id);
    if (!record) return [];
    const selectable = record.visible && !deleted;
    return [
      {
        noun,
        id,
        name: nameFor(caller, noun, record),
        ownerId: queryable(caller, noun, 'ownerId') ? (record.owner_id ?? '') : '',
        matchedBy: kinds.map((kind) => (kind === 'company' ? 'name' : kind)),
        selectable,
        blocking: blocking && noun === 'customer' && draft.noun === 'customer',
        deleted,
      },
    ];
  });
};
