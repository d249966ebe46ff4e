import { camel } from '@pelagic/chassis/projection';
import { contract, fieldNamed, messageType, type Binding, type Rpc } from '@pelagic/proto/contract';
import { SERVICES } from '../../deploy/local/processes.ts';
import { hostileText } from './hostile.ts';
import type { Sent } from './http.ts';
import { requestOf, spoiled, type Json, type Making } from './request.ts';
import { statementOf } from './statements.ts';
import { schemaErrors, type Operation, type Parameter } from './schema.ts';

/** A request of the REST interface before it is bytes. */
export type Draft = {
  method: string;
  path: string;
  query: [string, string][];
  headers: Record<string, string>;
  body?: unknown;
  /** In place of the body's JSON. */
  bytes?: Buffer;
  /** Why it has to be refused; found by the document unless it is broken below that. */
  forbidden: string[];
};

const SQL = '/v1/analytics/sql';
/** More would not fit into the head of a request, and never be looked at. */
const QUERY_ITEMS_MAX = 60;

const plain = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** The binding of an operation, which documents write with other names of variables. */
export const bindingOf = ({ rpc, method, path }: Operation): { rpc: Rpc; binding: Binding } | undefined => {
  const found = rpc ? contract.rpcs.get(rpc) : undefined;
  const shape = (text: string): string => text.replace(/\{\w+\}/g, '{}');
  const binding = found?.bindings.find((each) => each.method === method && shape(each.path) === shape(path));
  return found && binding && { rpc: found, binding };
};

/** The message that the JSON of an answer is. */
export const answerType = (rpc: Rpc, { responseBody }: Binding): string =>
  (responseBody && fieldNamed(messageType(rpc.response), responseBody)?.type) || rpc.response;

const segment = (value: unknown): string => encodeURIComponent(plain(value).toWellFormed()) || '%20';

/** The request of an rpc taken apart as its address says. */
const partsOf = ({ segments, body, verb, method }: Binding, request: Json): Omit<Draft, 'headers' | 'forbidden'> => {
  const variables = segments.flatMap((part) => (typeof part === 'string' ? [] : [part.variable]));
  const path = segments.map((part) => (typeof part === 'string' ? part : segment(request[part.variable] ?? 'none')));
  const rest = Object.entries(request).filter(([name]) => !variables.includes(name));
  const query = body === '*' ? [] : rest.filter(([name]) => name !== body);
  const json = body === '*' ? Object.fromEntries(rest) : body && request[body];
  return {
    method,
    path: `/${path.join('/')}${verb ? `:${verb}` : ''}`,
    query: query.flatMap(([name, value]) =>
      [value]
        .flat()
        .slice(0, QUERY_ITEMS_MAX)
        .map((each): [string, string] => [name, plain(each)]),
    ),
    ...(json !== undefined && { body: json }),
  };
};

const asParameter = ({ type }: { type?: string | string[] }, text: string): unknown => {
  const types = [type ?? []].flat();
  if (types.includes('integer') || types.includes('number')) return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (types.includes('boolean')) return text === 'true' ? true : text === 'false' ? false : text;
  return text;
};

const parameterErrors = (parameters: Parameter[], query: [string, string][]): string[] =>
  [...new Set(query.map(([name]) => name))].flatMap((name) => {
    const parameter = parameters.find((each) => each.in === 'query' && each.name === name);
    if (!parameter) return [`the parameter ${name} is unknown`];
    const { schema } = parameter;
    const values = query.filter((each) => each[0] === name).map(([, text]) => text);
    // An empty text is none.
    if (values.length === 1 && values[0] === '' && schema.type === 'string') return [];
    const value =
      schema.type === 'array'
        ? values.map((text) => asParameter(schema.items ?? {}, text))
        : asParameter(schema, values[0]!);
    return values.length > 1 && schema.type !== 'array' ? [`${name} stands twice`] : schemaErrors(schema, value, name);
  });

/** What an update looks at: all of its body, or what its mask names; what a mask leaves out is not written. */
const written = (body: unknown, query: [string, string][]): unknown => {
  const paths = query.flatMap(([name, text]) => (name === 'updateMask' ? text.split(',').filter(Boolean) : []));
  if (!paths.length || paths.includes('*') || typeof body !== 'object' || !body || Array.isArray(body)) return body;
  const named = new Set(paths.map((path) => camel(path.split('.')[0]!)));
  return Object.fromEntries(Object.entries(body).filter(([name]) => named.has(name)));
};

/** What the document says against it. */
export const forbiddenIn = (
  { parameters, body: asked }: Operation,
  { query, body }: Pick<Draft, 'query' | 'body'>,
): string[] => {
  const schema = asked?.content?.['application/json']?.schema;
  if (body !== undefined && !schema) return plain(body) === '{}' ? [] : ['it takes no body'];
  // Half a character cannot be written in UTF-8: what arrives is another text.
  const arrived: unknown = body === undefined ? undefined : JSON.parse(JSON.stringify(body) ?? 'null');
  return [
    ...parameterErrors(parameters, query),
    ...(schema && arrived !== undefined ? schemaErrors(schema, written(arrived, query)) : []),
  ];
};

type Way = (draft: Draft, making: Making) => Partial<Draft>;

const text = ({ body }: Draft): string => JSON.stringify(body ?? {});

/** What is broken below the contract. */
const BREAKING: Way[] = [
  (draft) => ({ bytes: Buffer.from(text(draft).slice(0, -1)), forbidden: ['half a JSON'] }),
  (draft) => ({ bytes: Buffer.from(`${text(draft)}x`), forbidden: ['more than a JSON'] }),
  (draft) => ({
    bytes: Buffer.concat([Buffer.from(text(draft).slice(0, -1)), Buffer.from([0xc4, 0xe3, 0x7d])]),
    forbidden: ['GBK'],
  }),
  () => ({ bytes: Buffer.from('NaN'), forbidden: ['no JSON'] }),
  () => ({ bytes: Buffer.from('[1,2]'), forbidden: ['a list'] }),
  () => ({ bytes: Buffer.from('"text"'), forbidden: ['a text'] }),
  () => ({ bytes: Buffer.from('['.repeat(50_000)), forbidden: ['half a JSON'] }),
  () => ({ bytes: Buffer.from(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`), forbidden: ['deep'] }),
  () => ({ bytes: Buffer.from(`{"__proto__":{"x":1}}`), forbidden: ['a prototype'] }),
  () => ({ bytes: Buffer.from(`{"note":"${'x'.repeat(1_100_000)}"}`), forbidden: ['over 1 MB'] }),
  () => ({ bytes: Buffer.from('{"version":1e400,"limit":1e400}'), forbidden: ['no number'] }),
  (draft) => ({
    headers: { ...draft.headers, 'content-type': 'text/plain' },
    bytes: Buffer.from(text(draft)),
    forbidden: ['plain text'],
  }),
  (draft) => ({
    headers: { ...draft.headers, 'content-type': 'application/xml' },
    bytes: Buffer.from('<a/>'),
    forbidden: ['XML'],
  }),
  (draft) => ({
    headers: { ...draft.headers, 'content-encoding': 'gzip' },
    bytes: Buffer.from([31, 139, 8, 0]),
    forbidden: ['gzip'],
  }),
  (draft, { random }) => ({
    query: [...draft.query, [hostileText(random).toWellFormed() || 'x', '1']],
    forbidden: ['unknown'],
  }),
  (draft) => ({ query: [...draft.query, ...draft.query, ['pageSize', '1'], ['pageSize', '2']], forbidden: ['twice'] }),
  (draft, { random }) => ({ path: draft.path.replace(/[0-9a-f-]{36}/, segment(hostileText(random)).slice(0, 900)) }),
  (draft) => ({ path: `${draft.path}%zz`, forbidden: ['no address'] }),
  (draft) => ({ path: `${draft.path}%00`, forbidden: ['NUL in the address'] }),
  (draft) => ({ path: `${draft.path}/${'x'.repeat(3_000)}`, forbidden: ['no such address'] }),
  (draft, { random }) => ({ method: random.of(['PUT', 'PATCH', 'DELETE', 'POST', 'OPTIONS']), path: `${draft.path}x` }),
  (draft) => ({ headers: { ...draft.headers, 'x-timeout-ms': '-1' }, forbidden: ['no time'] }),
  (draft) => ({ headers: { ...draft.headers, traceparent: 'x'.repeat(5_000) } }),
  (draft) => ({ headers: { ...draft.headers, 'idempotency-key': '"\u00ff"'.repeat(70) } }),
];

/** A statement of an analyst, in its body or its address. */
const statementDraft = ({ method, path }: Operation, making: Making): Omit<Draft, 'forbidden'> => {
  const { random } = making;
  const statement = statementOf(making);
  const query: [string, string][] = random.chance(0.3) ? [['default_format', random.of(['JSON', 'CSV', 'None'])]] : [];
  const more: [string, string][] = random.chance(0.2)
    ? [[random.of(['param_x', 'max_rows', 'readonly', 'x']), '1']]
    : [];
  return method === 'GET'
    ? { method, path, query: [['query', statement.slice(0, 4_000)], ...query, ...more], headers: {} }
    : {
        ...{ method, path, query: [...query, ...more] },
        headers: { 'content-type': random.of(['text/plain', 'application/x-www-form-urlencoded', 'application/json']) },
        bytes: Buffer.from(statement.toWellFormed()),
      };
};

/** What the paths that are no rpcs take: sessions, files, live updates, statements. */
const ownDraft = (operation: Operation, making: Making): Omit<Draft, 'forbidden'> => {
  const { method, path, body } = operation;
  const { random, pool } = making;
  if (path === SQL) return statementDraft(operation, making);
  const filled = path
    .replace('{service}', random.of([...SERVICES, 'none']))
    .replace('{id}', pool.stranger(random) ?? 'none');
  if (!body?.content?.['application/json']) {
    // Who signs out is out: it is done to a session that nobody has.
    if (!body)
      return { method, path: filled, query: [], headers: method === 'DELETE' ? { cookie: 'pelagic=none' } : {} };
    const type = random.of([
      'application/octet-stream',
      'text/csv',
      'multipart/form-data; boundary=x',
      'image/png',
      '',
    ]);
    return {
      method,
      path: filled,
      query: [],
      headers: {
        ...(type && { 'content-type': type }),
        'x-file-name': encodeURIComponent(hostileText(random).toWellFormed()).slice(0, 400),
      },
      bytes: Buffer.from(
        random.of(['', '姓名,电话\n王小明,13800138000\n', 'PK\u0003\u0004', '--x\r\n\r\n--x--', '\0\0', 'a,b\n"']),
      ),
    };
  }
  const login = random.of(['nobody', hostileText(random), '']);
  return {
    method,
    path: filled,
    query: [],
    headers: {},
    body: random.of([{ login, password: hostileText(random) }, { login }, {}, [], { login: 1 }]),
  };
};

/** A request for the operation: a third as it should be, a third with one thing broken in it, a third broken below that. */
export const draftFor = (operation: Operation, making: Making): Draft => {
  const { random } = making;
  const bound = bindingOf(operation);
  const part = random.next();
  if (!bound) return { ...ownDraft(operation, making), forbidden: [] };
  const right = requestOf(making, bound.rpc);
  const request = part < 0.45 ? right : spoiled(making, bound.rpc.request, right);
  const draft = { ...partsOf(bound.binding, request), headers: {} };
  const judged: Draft = { ...draft, forbidden: forbiddenIn(operation, draft) };
  if (part < 0.85) return judged;
  const broken = { ...judged, ...random.of(BREAKING)(judged, making) };
  // Of what only asks the body is never read.
  return broken.bytes && broken.method === 'GET' ? { ...broken, forbidden: judged.forbidden } : broken;
};

const queryText = (query: [string, string][]): string =>
  query.map(([name, value]) => `${segment(name)}=${encodeURIComponent(value.toWellFormed())}`).join('&');

/** As it goes over the wire. */
export const wireOf = ({ method, path, query, headers, body, bytes }: Draft): Sent => {
  const content = bytes ?? (body === undefined ? undefined : Buffer.from(JSON.stringify(body) ?? 'null'));
  return {
    method,
    path: query.length ? `${path}?${queryText(query)}` : path,
    headers: { ...(content && { 'content-type': 'application/json' }), ...headers },
    ...(content && { body: content }),
  };
};
