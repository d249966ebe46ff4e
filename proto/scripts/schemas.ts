// JSON Schemas of messages, for the OpenAPI and AsyncAPI documents.
import type { Contract, Field, Format, Message } from '../src/contract-data.ts';
import { DEFAULT_MAX_ITEMS, DEFAULT_MAX_TEXT } from '../src/limits.ts';

export type Schema = Record<string, unknown>;

/**
 * How a message is meant: `answer` is what we send, where every field without presence is always there; `input` is what
 * a request may hold; `change` is a partial input, of which nothing is required.
 */
export type Use = 'answer' | 'input' | 'change';

const patterns: Partial<Record<Format, string>> = {
  uuid: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
  date: '[0-9]{4}-[0-9]{2}-[0-9]{2}',
  decimal: '-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,4})?',
  slug: '[a-z][a-z0-9_]{0,59}',
  currency: '[A-Z]{3}',
};

const formatNames: Partial<Record<Format, string>> = { uuid: 'uuid', date: 'date', email: 'email', url: 'uri' };

/** Collects the schemas that a document refers to. */
export class Schemas {
  readonly #contract: Contract;
  readonly #comments: ReadonlyMap<string, string>;
  readonly #prefix: string;
  readonly #named = new Map<string, Schema>();

  constructor(contract: Contract, comments: ReadonlyMap<string, string>) {
    this.#contract = contract;
    this.#comments = comments;
    this.#prefix = '#/components/schemas/';
  }

  /** Everything referred to so far, by name. */
  get all(): Record<string, Schema> {
    return Object.fromEntries([...this.#named].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  message(fullName: string, use: Use): Schema {
    const name = shortName(fullName) + { answer: '', input: 'Input', change: 'Change' }[use];
    if (!this.#named.has(name)) {
      const schema: Schema = {};
      this.#named.set(name, schema);
      Object.assign(schema, this.#object(this.#contract.messages.get(fullName)!, use));
    }
    return { $ref: this.#prefix + name };
  }

  /** A message without some of its fields, such as those of a request that its path holds. */
  messageWithout(fullName: string, left: string[], use: Use): Schema {
    const message = this.#contract.messages.get(fullName)!;
    return this.#object({ ...message, fields: message.fields.filter((field) => !left.includes(field.json)) }, use);
  }

  /** A field as the value of a member. */
  field(field: Field, use: Use): Schema {
    const nullable = use !== 'answer' && !(field.rules?.required && use === 'input');
    const one = this.#value(field, use);
    if (field.map)
      return orNull(
        { type: 'object', additionalProperties: one, ...(use !== 'answer' && entries(field, 'Properties')) },
        nullable,
      );
    if (field.repeated)
      return orNull({ type: 'array', items: one, ...(use !== 'answer' && entries(field, 'Items')) }, nullable);
    return orNull(one, nullable);
  }

  comment(name: string): string | undefined {
    return this.#comments.get(name);
  }

  #object(message: Message, use: Use): Schema {
    const fields = message.fields.filter((field) => use === 'answer' || !field.rules?.outputOnly);
    const required = fields.filter((field) =>
      use === 'answer' ? isAlwaysThere(field) : use === 'input' && field.rules?.required,
    );
    const properties = fields.map((field) => [field.json, this.#described(message, field, use)]);
    const oneofs = Map.groupBy(
      fields.filter((field) => field.oneof),
      (field) => field.oneof!,
    );
    const description = [
      this.comment(message.name),
      ...[...oneofs.values()].map((members) => `At most one of ${members.map((field) => field.json).join(', ')}.`),
    ];
    return {
      type: 'object',
      ...describe(description.filter(Boolean).join('\n')),
      properties: Object.fromEntries(properties),
      ...(required.length > 0 && { required: required.map((field) => field.json) }),
      ...(use !== 'answer' && { additionalProperties: false }),
    };
  }

  #described(message: Message, field: Field, use: Use): Schema {
    const { refersTo, refersBy, immutable } = field.rules ?? {};
    const notes = [
      this.comment(`${message.name}.${field.name}`),
      refersTo && `Id of a record of the noun ${refersTo}.`,
      refersBy && `Id of a record of the noun in ${refersBy}.`,
      immutable && 'Set at creation only.',
    ];
    return { ...this.field(field, use), ...describe(notes.filter(Boolean).join('\n')) };
  }

  #value(field: Field, use: Use): Schema {
    switch (field.kind) {
      case 'message':
        return this.message(field.type!, use === 'answer' ? 'answer' : 'input');
      case 'enum':
        return this.#enum(field, use);
      case 'string':
        return text(field, use);
      case 'bool':
        return { type: 'boolean' };
      case 'int32':
      case 'uint32':
        return {
          type: 'integer',
          ...(field.kind === 'uint32' && { minimum: 0 }),
          ...(use !== 'answer' && bounds(field)),
        };
      case 'double':
        return { type: 'number', ...(use !== 'answer' && bounds(field)) };
      case 'int64':
      case 'uint64':
        return {
          type: 'string',
          pattern: field.kind === 'int64' ? '^(0|-?[1-9][0-9]{0,18})$' : '^(0|[1-9][0-9]{0,19})$',
        };
      case 'bytes':
        return { type: 'string', contentEncoding: 'base64' };
      case 'timestamp':
        return { type: 'string', format: 'date-time' };
      case 'duration':
        return { type: 'string', pattern: '^-?[0-9]{1,12}(\\.[0-9]{1,9})?s$' };
      case 'fieldMask':
        return { type: 'string', description: 'Names of fields with commas between them.' };
      case 'listValue':
        return { type: 'array', items: {} };
      case 'value':
        return {};
      case 'struct':
      case 'any':
      case 'empty':
        return { type: 'object', additionalProperties: true };
    }
  }

  #enum({ type = '', rules, repeated, map }: Field, use: Use): Schema {
    const { values } = this.#contract.enums.get(type)!;
    if (use !== 'answer' && rules?.required && !repeated && !map) return { type: 'string', enum: values.slice(1) };
    const name = shortName(type);
    const meanings = values.flatMap((value) => {
      const comment = this.comment(`${type}.${value}`);
      return comment ? [`${value}: ${comment}`] : [];
    });
    const description = [this.comment(type), ...meanings].filter(Boolean).join('\n');
    this.#named.set(name, { type: 'string', enum: values, ...describe(description) });
    return { $ref: this.#prefix + name };
  }
}

export const shortName = (fullName: string): string => fullName.split('.').slice(3).join('');

export const describe = (text: string | undefined): Schema => (text ? { description: text } : {});

/** Without presence a field is always emitted, with its default when it is not set. */
const isAlwaysThere = ({ kind, optional, oneof, repeated, map }: Field): boolean =>
  repeated === true ||
  map === true ||
  (!optional &&
    !oneof &&
    (kind === 'string' || kind === 'bool' || kind === 'enum' || kind === 'bytes' || isNumber(kind)));

const isNumber = (kind: Field['kind']): boolean => ['int32', 'uint32', 'int64', 'uint64', 'double'].includes(kind);

function orNull(schema: Schema, nullable: boolean): Schema {
  if (!nullable) return schema;
  if (typeof schema['type'] === 'string' && !schema['enum']) return { ...schema, type: [schema['type'], 'null'] };
  return { anyOf: [schema, { type: 'null' }] };
}

const bounds = ({ rules = {} }: Field): Schema => ({
  ...(rules.min !== undefined && { minimum: rules.required ? rules.min : Math.min(rules.min, 0) }),
  ...(rules.max !== undefined && { maximum: rules.max }),
});

const entries = ({ rules = {} }: Field, what: 'Items' | 'Properties'): Schema => ({
  ...(rules.required && { [`min${what}`]: Math.max(rules.minLength ?? 1, 1) }),
  [`max${what}`]: rules.maxLength ?? DEFAULT_MAX_ITEMS,
});

/** A string that may be left empty matches its pattern or nothing. */
function text({ rules = {}, optional, repeated, map, oneof }: Field, use: Use): Schema {
  const { format } = rules;
  const alone = !repeated && !map;
  const mayBeEmpty = alone && !optional && !oneof && !(rules.required && use === 'input');
  const pattern = format && patterns[format];
  const formatName = format && formatNames[format];
  return {
    type: 'string',
    ...(formatName && !mayBeEmpty && { format: formatName }),
    ...(pattern && { pattern: mayBeEmpty ? `^(${pattern})?$` : `^${pattern}$` }),
    ...(use !== 'answer' && { maxLength: (alone ? rules.maxLength : undefined) ?? DEFAULT_MAX_TEXT }),
    ...(use === 'input' && rules.required && alone && { minLength: Math.max(rules.minLength ?? 1, 1) }),
    ...(format && !pattern && !formatName && describe(`Format: ${format.replace('_', ' ')}.`)),
  };
}
