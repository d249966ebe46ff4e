import { contract, type Field } from '@pelagic/proto/contract';
import type { Door } from '../doors.ts';
import {
  every,
  fieldsOf,
  isOut,
  judgeFields,
  judgeSet,
  living,
  mayDo,
  open,
  readingOf,
  sample,
  sees,
  verdict,
  type Probe,
  type Probing,
} from '../judge.ts';
import type { Thing } from '../organisation.ts';
import { bindingOf, nounOf, rpcsOf } from '../paths.ts';

const BINS = [false, true];
/** Fields of a noun that are asked by in one round, besides those that are closed. */
const ASKED_BY = 3;

type Page = { said: string; rows: Record<string, any>[] };

/** All pages of a list. */
export const listAll = async (
  door: Door,
  path: string,
  query: Record<string, string>,
  pageSize = 200,
): Promise<Page> => {
  const rows: Record<string, any>[] = [];
  let pageToken = '';
  do {
    const params = new URLSearchParams({ ...query, pageSize: String(pageSize), pageToken: pageToken });
    const answer = await door.rest('GET', `${path}?${params}`);
    const said = verdict(answer);
    if (said !== 'ok') return { said, rows };
    rows.push(...((Object.values(answer.body).find(Array.isArray) as Record<string, any>[]) ?? []));
    pageToken = answer.body.nextPageToken ?? '';
  } while (pageToken);
  return { said: 'ok', rows };
};

const idsOf = (rows: Record<string, any>[]): Set<string> => new Set(rows.map((row) => row['id'] as string));

const refusalOf = (probing: Probing, noun: string): string | undefined =>
  isOut(probing) ? 'signed out' : mayDo(probing, `${noun}.read`) ? undefined : 'denied';

const eachList = async (work: (noun: string, path: string) => Promise<void>): Promise<void> => {
  for (const rpc of rpcsOf('list')) await work(nounOf(rpc), bindingOf(rpc).path);
};

/** Whole lists, the living and the recycle bin, sometimes by small pages; and every field of every row. */
export const lists: Probe = (probing) =>
  eachList(async (noun, path) => {
    const { door, decide, random } = probing;
    for (const deleted of BINS) {
      if (deleted && noun === 'activity') continue;
      const pageSize = random.chance(0.3) ? 5 : 200;
      const { said, rows } = await listAll(door, path, deleted ? { deleted: 'true' } : {}, pageSize);
      const refusal = refusalOf(probing, noun);
      decide('list', door.name, `all ${noun}s`, { oracle: refusal ?? 'ok', product: said });
      if (said !== 'ok') continue;
      judgeSet(
        'list',
        probing,
        every(probing, noun),
        (thing) => thing.deleted === deleted && sees(probing, thing),
        idsOf(rows),
      );
      for (const row of rows) judgeFields('list', probing, noun, row);
    }
  });

const COMPARABLE = new Set(['string', 'enum', 'timestamp', 'bool', 'uint32']);
const quoted = (value: unknown): string => `"${String(value).replaceAll('"', '\\"')}"`;

/** A filter that means the records which hold the same in this field as one of them does; undefined where none holds anything. */
const filterBy = (probing: Probing, noun: string, { json, name, repeated }: Field) => {
  const { organisation } = probing.world;
  const holding = living(probing, noun).filter(({ id }) => organisation.values.get(id)?.[json]?.length);
  if (!holding.length) return undefined;
  const valueOf = ({ id }: Thing): unknown => {
    const value = organisation.values.get(id)?.[json];
    return repeated ? value?.[0] : value;
  };
  const value = valueOf(probing.random.of(holding));
  const matches = (thing: Thing) => {
    const held = organisation.values.get(thing.id)?.[json];
    return repeated ? (held ?? []).includes(value) : held === value;
  };
  return { filter: `${name} = ${quoted(value)}`, matches };
};

/** Those that are closed to the caller, and some of the others. */
const fieldsToAsk = (probing: Probing, noun: string): Field[] => {
  const fields = fieldsOf(noun).filter(
    ({ kind, map, json }) => COMPARABLE.has(kind) && !map && json !== 'version' && json !== 'deleteTime',
  );
  const closed = fields.filter(({ json }) => !open(probing, noun, json));
  return [
    ...closed,
    ...sample(
      probing,
      fields.filter((field) => !closed.includes(field)),
      ASKED_BY,
    ),
  ];
};

/** Filters by closed fields are refused; by others they find what the caller sees and nothing else. */
export const filters: Probe = (probing) =>
  eachList(async (noun, path) => {
    const { door, decide } = probing;
    const refusal = refusalOf(probing, noun);
    for (const field of fieldsToAsk(probing, noun)) {
      const asked = filterBy(probing, noun, field);
      if (!asked) continue;
      const { said, rows } = await listAll(door, path, { filter: asked.filter });
      const oracle = refusal ?? (open(probing, noun, field.json) ? 'ok' : 'refused');
      decide('list', door.name, `${noun}s by filter`, { field: field.json, oracle, product: said });
      if (said === 'ok')
        judgeSet(
          'list',
          probing,
          living(probing, noun),
          (thing) => asked.matches(thing) && sees(probing, thing),
          idsOf(rows),
        );
    }
    if (contract.nouns.get(noun)!.custom) await byCustom(probing, noun, path);
  });

const byCustom = async (probing: Probing, noun: string, path: string): Promise<void> => {
  const { door, decide } = probing;
  const { said } = await listAll(door, path, { filter: 'custom.tier = "zq"' });
  const closed = ['custom', 'custom.tier'].some((field) => !open(probing, noun, field));
  const oracle = refusalOf(probing, noun) ?? (closed ? 'refused' : 'ok');
  decide('list', door.name, `${noun}s by a custom field`, { field: 'custom.tier', oracle, product: said });
};

const SORTED = new Set(['string', 'enum', 'timestamp']);

/** An order by a closed field would tell it; by another it brings the same records. */
export const orders: Probe = (probing) =>
  eachList(async (noun, path) => {
    const { door, decide } = probing;
    const refusal = refusalOf(probing, noun);
    for (const { json, name, kind, repeated } of fieldsToAsk(probing, noun)) {
      if (repeated || !SORTED.has(kind)) continue;
      const { said, rows } = await listAll(door, path, { orderBy: `${name} desc` });
      const oracle = refusal ?? (open(probing, noun, json) ? 'ok' : 'refused');
      decide('list', door.name, `${noun}s in order`, { field: json, oracle, product: said });
      if (said === 'ok') judgeSet('list', probing, living(probing, noun), (thing) => sees(probing, thing), idsOf(rows));
    }
  });

/** What the words of a query are looked for in. */
const SEARCHED: Record<string, string[]> = {
  lead: ['name', 'company', 'number', 'phones', 'emails'],
  customer: ['name', 'shortName', 'number', 'taxId', 'phones', 'emails'],
  contact: ['name', 'number', 'phones', 'emails'],
  opportunity: ['name', 'number'],
  contract: ['name', 'number'],
  receipt: ['number', 'bankRef', 'payer'],
  campaign: ['name', 'number'],
  task: ['name', 'number'],
  ticket: ['name', 'number'],
  schedule: ['name', 'place'],
  activity: ['content'],
  target: [],
};

/** Deals are found by their own name and by their customer's; one that came with its customer out of a lead bears its name. */
const dealNamed =
  (probing: Probing, name: string) =>
  (deal: Thing): boolean => {
    const { things, values } = probing.world.organisation;
    const customer = things.get(deal.customerId ?? '');
    const called = (thing: Thing) => open(probing, thing.noun, 'name') && values.get(thing.id)?.['name'] === name;
    return sees(probing, deal) && (called(deal) || Boolean(customer && sees(probing, customer) && called(customer)));
  };

/** Words that stand in a closed field find nothing. */
export const searches: Probe = (probing) =>
  eachList(async (noun, path) => {
    const { door, decide, world } = probing;
    const fields = SEARCHED[noun];
    if (!fields) throw new Error(`Say in test/oracle/probes/listing.ts what a search of ${noun}s looks into.`);
    const meant = sample(probing, living(probing, noun), 1);
    for (const field of fields)
      for (const thing of meant) {
        const value = world.organisation.values.get(thing.id)?.[field];
        const query = String(Array.isArray(value) ? (value[0] ?? '') : (value ?? ''));
        if (query.length < 2) continue;
        const { said, rows } = await listAll(door, path, { query });
        decide('list', door.name, `${noun}s by words`, {
          field,
          oracle: refusalOf(probing, noun) ?? 'ok',
          product: said,
        });
        if (said !== 'ok') continue;
        const itself = (other: Thing) => other.id === thing.id && open(probing, noun, field) && sees(probing, thing);
        const found = noun === 'opportunity' && field === 'name' ? dealNamed(probing, query) : itself;
        judgeSet('list', probing, living(probing, noun), found, idsOf(rows));
      }
  });

/** Deals by their customer, where the caller sees the customer and the name. */
export const dealsByCustomer: Probe = async (probing) => {
  const { door, decide, world } = probing;
  const { organisation } = world;
  for (const customer of sample(probing, living(probing, 'customer'), 2)) {
    const { name } = organisation.values.get(customer.id)!;
    const seen = open(probing, 'customer', 'name') && sees(probing, customer);
    const byFilter = (deal: Thing) => deal.customerId === customer.id && seen && sees(probing, deal);
    const asked = { query: { query: name }, filter: { filter: `customer.name = ${quoted(name)}` } };
    for (const [how, query] of Object.entries(asked)) {
      const { said, rows } = await listAll(door, '/v1/opportunities', query);
      const closed = how === 'filter' && !open(probing, 'customer', 'name') ? 'refused' : 'ok';
      const oracle = refusalOf(probing, 'opportunity') ?? closed;
      decide('list', door.name, `opportunities by their customer's name (${how})`, { oracle, product: said });
      const expected = how === 'filter' ? byFilter : dealNamed(probing, name);
      if (said === 'ok') judgeSet('list', probing, living(probing, 'opportunity'), expected, idsOf(rows));
    }
  }
};

/** One by one, the recycle bin included. */
export const gets: Probe = async (probing) => {
  const { door, decide } = probing;
  for (const rpc of rpcsOf('get')) {
    const noun = nounOf(rpc);
    for (const thing of sample(probing, every(probing, noun), 8)) {
      const answer = await door.rest('GET', bindingOf(rpc).path.replace('{id}', thing.id));
      const said = verdict(answer);
      decide('get', door.name, `${noun} ${thing.id}`, { oracle: readingOf(probing, thing), product: said });
      if (said === 'ok') judgeFields('get', probing, noun, answer.body);
    }
  }
};
