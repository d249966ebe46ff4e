import { invalid, Problem, type FieldError } from '@pelagic/chassis/problem';
import { fieldNamed, messageType, type Binding, type Field, type Message, type Rpc } from '@pelagic/proto/contract';
import { validate } from '@pelagic/proto/validate';

type Json = Record<string, unknown>;

export type Incoming = {
  params: Record<string, string>;
  query: Record<string, string | string[]>;
  /** Parsed JSON; undefined when there was none. */
  body: unknown;
  /** Of the header Idempotency-Key. */
  idempotencyKey?: string | undefined;
};

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const unknownField = (field: string): FieldError => ({
  field,
  reason: 'UNKNOWN_FIELD',
  message: `There is no field ${field}.`,
});

/** Text of a path or query as JSON would hold it. What does not fit stays text and is found by the validator. */
const coerced = (field: Field, text: string): unknown => {
  if (field.kind === 'bool') return text === 'true' ? true : text === 'false' ? false : text;
  if (field.kind === 'double') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (field.kind === 'int32' || field.kind === 'uint32') return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  return text;
};

const queryValue = (field: Field, value: string | string[]): unknown => {
  if (field.repeated) return [value].flat().map((each) => coerced(field, each));
  return Array.isArray(value) ? value : coerced(field, value);
};

/** The members of the request that the body is. */
const bodyMembers = (binding: Binding, body: unknown, taken: string[]): [string, unknown][] => {
  if (binding.body === undefined) {
    if (body === undefined || (isObject(body) && Object.keys(body).length === 0)) return [];
    throw new Problem('INVALID_ARGUMENT', 'BODY_NOT_EXPECTED', 'This request takes no body.');
  }
  if (binding.body !== '*') return body === undefined ? [] : [[binding.body, body]];
  if (body === undefined) return [];
  if (!isObject(body))
    throw invalid({
      field: '',
      reason: 'WRONG_TYPE',
      message: 'The body must be an object.',
      params: { expected: 'an object' },
    });
  const doubled = taken.filter((name) => Object.hasOwn(body, name));
  if (doubled.length) throw invalid(...doubled.map(unknownField));
  return Object.entries(body);
};

const queryMembers = (
  message: Message,
  binding: Binding,
  query: Incoming['query'],
  taken: string[],
): [string, unknown][] => {
  const names = Object.keys(query);
  const foreign = names.filter(
    (name) =>
      binding.body === '*' ||
      name === binding.body ||
      taken.includes(name) ||
      !message.fields.some((field) => field.json === name),
  );
  if (foreign.length) throw invalid(...foreign.map(unknownField));
  return names.map((name) => [name, queryValue(fieldNamed(message, name)!, query[name]!)]);
};

/** The same key, the same effect: what the service keeps it by is the request's own field. */
const withIdempotencyKey = (message: Message, request: Json, header: string | undefined): Json => {
  const key = header?.replace(/^"(.*)"$/, '$1');
  if (!key || !message.fields.some((field) => field.json === 'requestId')) return request;
  const own = request['requestId'];
  if (own !== undefined && own !== key)
    throw new Problem(
      'INVALID_ARGUMENT',
      'IDEMPOTENCY_KEY_TWICE',
      'The header Idempotency-Key and the parameter requestId differ.',
    );
  return { ...request, requestId: key };
};

/** Maps are written by key, so that one custom field can be changed and the others stay. */
const maskPaths = (field: Field, value: unknown, bodyField: string): string[] => {
  if (!field.map || !isObject(value)) return [field.json];
  const keys = Object.keys(value);
  // A comma in a key would be another path.
  const strange = keys.filter((key) => !/^[\w-]+$/.test(key));
  if (strange.length) throw invalid(...strange.map((key) => unknownField(`${bodyField}.${field.json}.${key}`)));
  return keys.map((key) => `${field.json}.${key}`);
};

const withoutNullMembers = (value: unknown): unknown =>
  isObject(value) ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null)) : value;

/**
 * An update without a mask writes what its body holds; `null` clears. `version` is a condition, not a change.
 * An empty mask would mean "everything" to some, so a body with nothing to write is refused.
 */
const withMask = (message: Message, binding: Binding, request: Json): Json => {
  const mask = message.fields.find((field) => field.name === 'update_mask');
  const target = message.fields.find((field) => field.json === binding.body);
  const body = target && request[target.json];
  if (binding.method !== 'PATCH' || !mask || target?.kind !== 'message' || request[mask.json] || !isObject(body))
    return request;
  const written = messageType(target.type!).fields.filter((field) => Object.hasOwn(body, field.json));
  const paths = written
    .filter((field) => field.json !== 'version')
    .flatMap((field) => maskPaths(field, body[field.json], target.json));
  if (!paths.length && written.length === Object.keys(body).length) {
    throw invalid({
      field: target.json,
      reason: 'NOTHING_TO_WRITE',
      message: `${target.json} holds nothing to write.`,
    });
  }
  const maps = Object.fromEntries(
    written.filter((field) => field.map).map((field) => [field.json, withoutNullMembers(body[field.json])]),
  );
  return { ...request, [target.json]: { ...body, ...maps }, [mask.json]: paths.join(',') };
};

/** The request of an rpc from the parts of an HTTP request, valid by the contract. Throws INVALID_ARGUMENT with field errors. */
export const rpcRequest = (rpc: Rpc, binding: Binding, { params, query, body, idempotencyKey }: Incoming): Json => {
  const message = messageType(rpc.request);
  const variables = Object.keys(params);
  const members: [string, unknown][] = [
    ...bodyMembers(binding, body, variables),
    ...queryMembers(message, binding, query, variables),
    ...variables.map((name): [string, unknown] => [name, coerced(fieldNamed(message, name)!, params[name]!)]),
  ];
  const request = withMask(message, binding, withIdempotencyKey(message, Object.fromEntries(members), idempotencyKey));
  const errors = validate(rpc.request, request);
  if (errors.length) throw invalid(...errors);
  return request;
};
