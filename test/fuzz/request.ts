import { contract, messageType, type Field, type Message, type Rpc } from '@pelagic/proto/contract';
import { RECORD_SERVICES } from '../../deploy/local/processes.ts';
import { hostileText, hostileValue } from './hostile.ts';
import { NOUNS, type Pool } from './pool.ts';
import { filterOf, maskOf, nounOf, orderOf } from './questions.ts';
import type { Random } from '../random.ts';
import { statementOf } from './statements.ts';

export type Json = Record<string, unknown>;

/** What requests are made of. `words` are values that mean something in a field of that name: cubes, permissions. */
export type Making = { random: Random; pool: Pool; words: ReadonlyMap<string, readonly string[]> };

/** Of the members that may be left out, this share is there. */
const OPTIONAL = 0.35;
const DEPTH_MAX = 4;

const NAMES = ['华东贸易', '恒通科技', 'Acme', '王小明', '年度采购', 'x', '好'.repeat(60)];
const DATES = ['2026-01-01', '2026-06-30', '2026-12-31', '2025-02-28', '2027-03-01', '1999-12-31', '2030-01-01'];
const TIMES = DATES.map((date) => `${date}T09:30:00Z`);

const uuid = (random: Random): string =>
  '00000000-0000-7000-8000-000000000000'.replace(/0/g, () => random.below(16).toString(16));

const nounOfName = (json: string): string =>
  json.replace(/Ids?$/, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The id of what the field is about, as far as one is known. */
const idFor = ({ random, pool }: Making, rpc: Rpc, field: Field, siblings: Json): string => {
  if (random.chance(0.06)) return pool.stranger(random) ?? uuid(random);
  const { refersTo, refersBy } = field.rules ?? {};
  const kind = refersTo ?? (refersBy ? String(siblings[refersBy] ?? '') : nounOfName(field.json));
  const own = !refersTo && (field.json === 'id' || field.json === 'ids') ? pool.known(random, rpc.service) : undefined;
  const found = own ?? pool.known(random, kind);
  return found ?? (random.chance(0.5) ? pool.stranger(random) : undefined) ?? uuid(random);
};

const textFor = (making: Making, rpc: Rpc, field: Field, siblings: Json): string => {
  const { random, pool, words } = making;
  const noun = nounOf(rpc) ?? (typeof siblings['noun'] === 'string' ? siblings['noun'] : 'lead');
  const max = (!field.repeated && !field.map && field.rules?.maxLength) || 60;
  switch (field.json) {
    case 'filter':
      return filterOf(making, noun);
    case 'orderBy':
      if (!rpc.service.includes('analytics')) return orderOf(making, noun);
      break;
    case 'pageToken':
      return pool.pageToken(random, rpc.name) ?? '';
    case 'noun':
    case 'subjectNoun':
      return random.of(ownNouns(siblings));
    case 'statement':
      return statementOf(making);
    case 'requestId':
      return `fuzz-${random.below(50)}`;
    default:
  }
  const known = words.get(field.json);
  if (known?.length) return random.of(known);
  if (field.rules?.refersTo) return idFor(making, rpc, field, siblings);
  return random.of(NAMES).slice(0, max);
};

/** Nouns of the service that is asked, where the request says which. */
const ownNouns = ({ service }: Json): readonly string[] => {
  const own = NOUNS.filter((noun) => contract.nouns.get(noun)?.service === service);
  return own.length ? own : NOUNS;
};

const formatted = (making: Making, rpc: Rpc, field: Field, siblings: Json): string => {
  const { random } = making;
  switch (field.rules?.format) {
    case 'uuid':
      return idFor(making, rpc, field, siblings);
    case 'email':
      return `fuzz${random.below(10_000)}@example.com`;
    case 'phone':
      return `1380013${String(random.below(10_000)).padStart(4, '0')}`;
    case 'date':
      return random.of(DATES);
    case 'decimal':
      return random.of(['0', '1', '120000.00', '-5.5', '0.0001', '999999999999999999.9999']);
    case 'slug':
      return making.pool.customSlug(random, String(siblings['noun'] ?? 'lead')) ?? `slug_${random.below(1_000)}`;
    case 'url':
      return 'https://example.com/';
    case 'currency':
      return random.of(['CNY', 'USD', 'EUR', 'XTS']);
    case 'time_zone':
      return random.of(['Asia/Shanghai', 'Europe/Berlin', 'UTC']);
    case 'locale':
      return random.of(['zh-CN', 'en']);
    default:
      return textFor(making, rpc, field, siblings);
  }
};

const numberFor = ({ random }: Making, { json, rules = {} }: Field): number => {
  if (json === 'pageSize') return 1 + random.below(4);
  const min = rules.min ?? 0;
  return min + random.below(Math.min((rules.max ?? min + 20) - min + 1, 1_000));
};

const versionFor = ({ random, pool }: Making, siblings: Json): number => {
  const held = pool.version(String(siblings['id'] ?? ''));
  return held !== undefined && random.chance(0.8) ? held : random.below(4);
};

const oneOf = (making: Making, rpc: Rpc, field: Field, siblings: Json, depth: number): unknown => {
  const { random } = making;
  switch (field.kind) {
    case 'message':
      return messageValue(making, rpc, messageType(field.type!), siblings, depth + 1);
    case 'enum':
      return random.of(contract.enums.get(field.type!)!.values.slice(1));
    case 'bool':
      return random.chance(0.5);
    case 'string':
      return formatted(making, rpc, field, siblings);
    case 'fieldMask':
      return maskOf(making, nounOf(rpc) ?? 'lead');
    case 'timestamp':
      return random.of(TIMES);
    case 'duration':
      return `${random.below(100_000)}s`;
    case 'int64':
    case 'uint64':
      return String(random.below(100_000));
    case 'bytes':
      return Buffer.from('fuzz').toString('base64');
    case 'struct':
    case 'value':
    case 'any':
    case 'empty':
      return {};
    case 'listValue':
      return [];
    default:
      return field.json === 'version' ? versionFor(making, siblings) : numberFor(making, field);
  }
};

const fieldValue = (making: Making, rpc: Rpc, field: Field, siblings: Json, depth: number): unknown => {
  const { random, pool } = making;
  const one = (): unknown => oneOf(making, rpc, field, siblings, depth);
  if (field.map) {
    const noun = nounOf(rpc) ?? 'lead';
    const keys = Array.from({ length: random.below(3) }, () => pool.customSlug(random, noun) ?? 'none');
    return Object.fromEntries(keys.map((key) => [key, one()]));
  }
  if (!field.repeated) return one();
  const least = Math.max(field.rules?.minLength ?? 0, field.rules?.required ? 1 : 0);
  return Array.from({ length: least + random.below(3) }, one);
};

/** A message that the contract takes, of what is known to be there. */
const messageValue = (making: Making, rpc: Rpc, message: Message, above: Json, depth: number): Json => {
  const { random } = making;
  const value: Json = {};
  const taken = new Set<string>();
  for (const field of random.chance(0.5) ? message.fields : message.fields.toReversed()) {
    const { rules = {}, oneof } = field;
    if (rules.outputOnly || (oneof && taken.has(oneof)) || (depth > DEPTH_MAX && !rules.required)) continue;
    const wanted = rules.required || random.chance(field.json === 'updateMask' ? 0.1 : OPTIONAL);
    if (!wanted) continue;
    if (oneof) taken.add(oneof);
    value[field.json] = fieldValue(making, rpc, field, { ...above, ...value }, depth);
  }
  return value;
};

/** Which services answer what is mounted; most of it hangs on the nouns of these. */
const HOSTS = [...RECORD_SERVICES, ...RECORD_SERVICES, 'customer', 'identity', 'analytics'];

/** A request that the contract takes. */
export const requestOf = (making: Making, rpc: Rpc): Json => {
  const above: Json = rpc.access.mounted ? { service: making.random.of(HOSTS) } : {};
  return { ...messageValue(making, rpc, messageType(rpc.request), above, 0), ...above };
};

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Just beyond what the rules of the field allow, where they say. */
const beyond = (random: Random, field: Field | undefined): unknown => {
  const { maxLength, max, min } = field?.rules ?? {};
  const ways: unknown[] = [];
  if (maxLength !== undefined && field?.repeated) ways.push(Array.from({ length: maxLength + 1 }, () => 'x'));
  else if (maxLength !== undefined && field?.kind === 'string')
    ways.push('x'.repeat(maxLength + 1), '长'.repeat(maxLength));
  if (max !== undefined) ways.push(max + 1, max);
  if (min !== undefined) ways.push(min - 1);
  return ways.length ? random.of(ways) : hostileValue(random);
};

/** Breaks one thing somewhere in the request, in a copy. */
export const spoiled = ({ random }: Making, type: string, request: Json): Json => {
  const copy = structuredClone(request);
  let [at, fields]: [Json, readonly Field[]] = [copy, messageType(type).fields];
  while (random.chance(0.6)) {
    const inner = Object.entries(at).flatMap(([name, value]) => {
      const field = fields.find(({ json }) => json === name);
      const found = [value].flat().find(isObject);
      return found && field?.type && field.kind === 'message' ? [[found, messageType(field.type).fields] as const] : [];
    });
    if (!inner.length) break;
    const [chosen, below] = random.of(inner);
    [at, fields] = [chosen, below];
  }
  const way = random.next();
  const field = fields.length ? random.of(fields) : undefined;
  if (!field || way < 0.08)
    at[random.of(['nonsense', '', '__proto__x', 'page_size', 'ownerid', '长'])] = hostileValue(random);
  else if (way < 0.16) delete at[field.json];
  else if (way < 0.4 && field.kind === 'string') at[field.json] = hostileText(random);
  else if (way < 0.65) at[field.json] = beyond(random, field);
  else at[field.json] = hostileValue(random);
  return copy;
};
