import { readFileSync } from 'node:fs';

/** What of JSON Schema the OpenAPI document uses. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  maxProperties?: number;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  enum?: unknown[];
  anyOf?: Schema[];
  format?: string;
  description?: string;
};

export type Parameter = { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema };

type Content = { content?: Record<string, { schema: Schema }> };

export type Operation = {
  method: string;
  path: string;
  /** Full name of its rpc; absent for what is none. */
  rpc?: string;
  parameters: Parameter[];
  body?: Content & { required?: boolean };
  responses: Record<string, Content & { $ref?: string }>;
};

type Raw = {
  parameters?: Parameter[];
  requestBody?: Operation['body'];
  responses: Operation['responses'];
  'x-rpc'?: string;
};

const document = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Raw>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, Content> };
};

/** Every operation of the REST interface, from its document. */
export const OPERATIONS: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { parameters = [], requestBody, responses, 'x-rpc': rpc }]): Operation => ({
    method: method.toUpperCase(),
    path,
    parameters,
    responses,
    ...(requestBody && { body: requestBody }),
    ...(rpc && { rpc }),
  })),
);

/** The schema of the JSON that an answer of this status has; undefined where the document promises none. */
export const answerSchema = ({ responses }: Operation, status: number): Schema | undefined => {
  const found = responses[String(status)] ?? responses['default'];
  const content = found?.$ref ? document.components.responses[found.$ref.split('/').at(-1)!]?.content : found?.content;
  return content?.['application/json']?.schema ?? content?.['application/problem+json']?.schema;
};

/** Whether the document says that refusals of this status are text. */
export const refusesInText = ({ responses }: Operation, status: number): boolean =>
  Boolean((responses[String(status)] ?? responses['default'])?.content?.['text/plain']);

const resolved = (schema: Schema): Schema =>
  schema.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)!]! : schema;

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
};

const isOfType = (value: unknown, type: string): boolean => {
  const own = typeOf(value);
  return own === type || (type === 'integer' && Number.isInteger(value));
};

const patterns = new Map<string, RegExp>();
const matches = (pattern: string, text: string): boolean => {
  const known = patterns.get(pattern) ?? new RegExp(pattern, 'u');
  patterns.set(pattern, known);
  return known.test(text);
};

const textErrors = (schema: Schema, text: string, path: string): string[] => {
  // Characters as people count them.
  const length = [...text].length;
  return [
    ...(schema.maxLength !== undefined && length > schema.maxLength
      ? [`${path} is longer than ${schema.maxLength}`]
      : []),
    ...(schema.minLength !== undefined && length < schema.minLength
      ? [`${path} is shorter than ${schema.minLength}`]
      : []),
    ...(schema.pattern !== undefined && !matches(schema.pattern, text) ? [`${path} is not ${schema.pattern}`] : []),
  ];
};

const listErrors = (schema: Schema, list: unknown[], path: string): string[] => {
  if (schema.maxItems !== undefined && list.length > schema.maxItems)
    return [`${path} has over ${schema.maxItems} items`];
  if (schema.minItems !== undefined && list.length < schema.minItems)
    return [`${path} has under ${schema.minItems} items`];
  const { items } = schema;
  return items ? list.flatMap((item, index) => schemaErrors(items, item, `${path}[${index}]`)) : [];
};

const objectErrors = (schema: Schema, value: Record<string, unknown>, path: string): string[] => {
  const { properties = {}, required = [], additionalProperties = true, maxProperties = Infinity } = schema;
  const names = Object.keys(value);
  if (names.length > maxProperties) return [`${path} has over ${maxProperties} members`];
  const missing = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${path}.${name} is missing`);
  return names.reduce<string[]>((errors, name) => {
    const known = Object.hasOwn(properties, name) ? properties[name]! : additionalProperties;
    // Null is as good as absent, and so is an empty text: who sends back what they got leaves out like this what the service sets.
    if (known === false)
      return value[name] === null || value[name] === '' ? errors : [...errors, `${path}.${name} is unknown`];
    return known === true ? errors : [...errors, ...schemaErrors(known, value[name], `${path}.${name}`)];
  }, missing);
};

/** Where a JSON value differs from its schema; formats are left to their patterns. */
export const schemaErrors = (asked: Schema, value: unknown, path = '$'): string[] => {
  const schema = resolved(asked);
  if (schema.anyOf) {
    const each = schema.anyOf.map((one) => schemaErrors(one, value, path));
    return each.some((errors) => !errors.length) ? [] : each.flat();
  }
  const types = [schema.type ?? []].flat();
  if (types.length && !types.some((type) => isOfType(value, type)))
    return [`${path} is ${typeOf(value)}, not ${types.join(' or ')}`];
  if (value === null) return [];
  if (schema.enum && !schema.enum.includes(value)) return [`${path} is none of ${schema.enum.join(', ')}`];
  if (typeof value === 'string') return textErrors(schema, value, path);
  if (typeof value === 'number') {
    const { minimum = -Infinity, maximum = Infinity } = schema;
    return value < minimum || value > maximum ? [`${path} is not from ${minimum} to ${maximum}`] : [];
  }
  if (Array.isArray(value)) return listErrors(schema, value, path);
  return typeof value === 'object' ? objectErrors(schema, value as Record<string, unknown>, path) : [];
};
