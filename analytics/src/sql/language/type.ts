import type { TypeName } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { SqlRefusal } from './refusal.ts';

/** Types that values may be turned into, by their names in lower case. Those of a length that is chosen are not among them. */
const TYPES = new Map(
  `String Bool UUID Int8 Int16 Int32 Int64 Int128 UInt8 UInt16 UInt32 UInt64 UInt128 Float32 Float64 Decimal Decimal32
  Decimal64 Decimal128 Date Date32 DateTime DateTime64 Nullable Array Tuple LowCardinality`
    .trim()
    .split(/\s+/)
    .map((name) => [name.toLowerCase(), name]),
);
/** Names of standard SQL. */
const SYNONYMS = new Map([
  ['text', 'String'],
  ['varchar', 'String'],
  ['boolean', 'Bool'],
  ['int', 'Int32'],
  ['integer', 'Int32'],
  ['bigint', 'Int64'],
  ['float', 'Float32'],
  ['double', 'Float64'],
  ['numeric', 'Decimal'],
  ['timestamp', 'DateTime'],
]);

const typeArgument = (cursor: Cursor): TypeName | string => {
  const { kind, text, at } = cursor.peek();
  if (kind === 'number' && /^\d{1,3}$/.test(text)) return cursor.next().text;
  if (kind !== 'text') return readType(cursor);
  if (!/^[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*$/.test(text))
    throw new SqlRefusal('SQL_TYPE', at, 'This is no time zone.', text);
  cursor.next();
  return `'${text}'`;
};

export const readType = (cursor: Cursor): TypeName =>
  cursor.deeper(() => {
    const { kind, word, text, at } = cursor.next();
    const name = kind === 'word' ? (TYPES.get(word) ?? SYNONYMS.get(word)) : undefined;
    if (!name)
      throw new SqlRefusal('SQL_TYPE', at, `The type ${text.slice(0, 60)} cannot be used here.`, text.slice(0, 60));
    const type: TypeName = { name, arguments: [] };
    if (!cursor.acceptSign('(')) return type;
    do type.arguments.push(typeArgument(cursor));
    while (cursor.acceptSign(','));
    cursor.expectSign(')');
    return type;
  });
