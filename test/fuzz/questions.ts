import { contract, messageType, type Field, type Rpc } from '@pelagic/proto/contract';
import { hostileText } from './hostile.ts';
import type { Pool } from './pool.ts';
import type { Random } from '../random.ts';

/** Filters, orders and masks: languages within a text. */
type Asking = { random: Random; pool: Pool };

const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', ':'];
const CALLS = ['me()', 'today()', 'today(-30)', 'today(99999999999)', "today('x')", 'me(1)', 'now()', 'today(-0.5)'];

const snake = (json: string): string => json.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The noun that an rpc lists or answers; undefined when it is about none. */
export const nounOf = (rpc: Rpc): string | undefined =>
  messageType(rpc.response)
    .fields.flatMap(({ type }) => (type && contract.messages.get(type)?.noun) || [])
    .at(0);

const quoted = (text: string): string =>
  JSON.stringify(text).replace(/\\u([0-9a-f]{4})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));

const valueOf = ({ random, pool }: Asking, field: Field): string => {
  if (random.chance(0.15)) return quoted(hostileText(random));
  if (random.chance(0.1)) return random.of(CALLS);
  switch (field.kind) {
    case 'enum': {
      const { values = [], prefix = '' } = contract.enums.get(field.type ?? '') ?? {};
      return random.of(values).slice(prefix.length);
    }
    case 'timestamp':
      return random.of([
        '"2026-01-01"',
        '"2026-01-01T00:00:00Z"',
        'today(-7)',
        '"0001-01-01"',
        '"9999-12-31T23:59:59Z"',
      ]);
    case 'bool':
      return random.of(['true', 'false']);
    case 'string':
      if (field.rules?.refersTo) return `"${pool.known(random, field.rules.refersTo) ?? pool.stranger(random) ?? ''}"`;
      return random.of(['"华东"', '"a%"', '*', '""', '"2026-06-30"', '"12.50"', '恒通']);
    default:
      return random.of(['0', '-1', '12.5', '"100000"', '1e400', '99999999999999999999']);
  }
};

/** A filter of lists over a noun: mostly right, sometimes strange. */
export const filterOf = (asking: Asking, noun: string, depth = 0): string => {
  const { random, pool } = asking;
  if (random.chance(0.08)) return hostileText(random);
  if (depth < 3 && random.chance(0.35)) {
    const [left, right] = [filterOf(asking, noun, depth + 1), filterOf(asking, noun, depth + 1)];
    return random.of([
      `${left} AND ${right}`,
      `(${left} OR ${right})`,
      `NOT (${left})`,
      `${left} ${right}`,
      `(${left}`,
    ]);
  }
  const { message = '' } = contract.nouns.get(noun) ?? {};
  const fields = contract.messages.get(message)?.fields ?? [];
  if (!fields.length) return 'name = "x"';
  const field = random.of(fields);
  const slug = pool.customSlug(random, noun);
  const name = field.map && slug ? `custom.${slug}` : random.chance(0.9) ? snake(field.json) : field.json;
  return `${name} ${random.of(OPERATORS)} ${valueOf(asking, field)}`;
};

export const orderOf = ({ random, pool }: Asking, noun: string): string => {
  if (random.chance(0.1)) return hostileText(random);
  const { fields = [] } = contract.nouns.get(noun) ?? {};
  const slug = pool.customSlug(random, noun);
  const name = slug && random.chance(0.2) ? `custom.${slug}` : fields.length ? snake(random.of(fields)) : 'name';
  return `${name}${random.of(['', ' desc', ' asc', ' DESC', ', id', ' desc, name'])}`;
};

export const maskOf = ({ random }: Asking, noun: string): string => {
  if (random.chance(0.2)) return hostileText(random);
  const { fields = [] } = contract.nouns.get(noun) ?? {};
  const some = Array.from({ length: 1 + random.below(3) }, () => (fields.length ? snake(random.of(fields)) : 'name'));
  return [...some, ...(random.chance(0.1) ? ['*'] : []), ...(random.chance(0.1) ? ['custom.none'] : [])].join(',');
};
