import { contract, messageType, type Field } from '@pelagic/proto/contract';

const ID = '019d433a-b8c0-7abc-8def-0123456789ab';

const TEXT: Record<string, string> = {
  uuid: ID,
  email: 'li.na@example.com',
  phone: '+86 10 8888 8888',
  date: '2026-03-31',
  decimal: '12.50',
  slug: 'sample',
  url: 'https://example.com',
  currency: 'CNY',
  time_zone: 'Asia/Shanghai',
  locale: 'zh-CN',
};

const valueOf = (field: Field, depth: number): unknown => {
  const { format, minLength = 0, maxLength = 100, min = 3, max = 3 } = field.rules ?? {};
  switch (field.kind) {
    case 'string':
      return format
        ? TEXT[format]
        : 'Sample text of a field'.padEnd(minLength, '.').slice(0, field.repeated || field.map ? undefined : maxLength);
    case 'bool':
      return true;
    case 'enum':
      return contract.enums.get(field.type!)!.values[1];
    case 'message':
      return sampleInput(field.type!, depth + 1);
    case 'timestamp':
      return '2026-03-31T09:30:00.000Z';
    case 'int64':
    case 'uint64':
      return String(min);
    case 'fieldMask':
      return '';
    case 'bytes':
      return 'cGVsYWdpYw==';
    case 'struct':
    case 'value':
      return { name: 'Earlier name' };
    default:
      return Math.min(Math.max(3, min), Math.max(3, max));
  }
};

/** A valid request or part of one, with every field set that a caller may set; of a oneof the first. */
export const sampleInput = (type: string, depth = 0): Record<string, unknown> => {
  const oneofs = new Set<string>();
  const settable = messageType(type).fields.filter(({ rules, oneof, kind }) => {
    if (rules?.outputOnly || (kind === 'message' && depth > 4) || kind === 'fieldMask') return false;
    if (!oneof) return true;
    const first = !oneofs.has(oneof);
    oneofs.add(oneof);
    return first;
  });
  return Object.fromEntries(
    settable.map((field) => {
      const value = valueOf(field, depth);
      return [field.json, field.map ? { sample: value } : field.repeated ? [value] : value];
    }),
  );
};
