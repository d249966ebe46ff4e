// docs/openapi.json: the REST interface as the contracts define it.
import type { Binding, Contract, Field, Rpc } from '../src/contract-data.ts';
import { gatewayOperations } from './openapi-gateway.ts';
import { operationId, permissionNote, sentence, tagOf } from './operation-words.ts';
import { describe, Schemas, type Schema } from './schemas.ts';

const failures: Record<string, string> = {
  400: 'Something in the request is wrong; `errors` names each field.',
  401: 'Nobody is signed in, or not any more.',
  403: 'The caller may not do this.',
  404: 'There is no such record, or the caller may not see it.',
  409: 'Somebody else was faster.',
  422: 'A rule of the business says no; `reason` says which.',
  429: 'Too many requests; Retry-After says when to come back.',
  default: 'Something went wrong.',
};

const problemReference = { $ref: '#/components/schemas/Problem' };

const problemSchemas: Record<string, Schema> = {
  Problem: {
    type: 'object',
    description: 'RFC 9457. `reason` is stable; `detail` is for people.',
    required: ['type', 'title', 'status', 'code', 'reason', 'detail', 'params', 'traceId', 'errors'],
    properties: {
      type: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      code: { type: 'string', description: 'Code of gRPC, for example INVALID_ARGUMENT.' },
      reason: { type: 'string', description: 'What programs and translations go by.' },
      detail: { type: 'string' },
      params: { type: 'object', description: 'What `detail` is made of.', additionalProperties: { type: 'string' } },
      traceId: { type: 'string', description: 'For whoever helps.' },
      errors: { type: 'array', items: { $ref: '#/components/schemas/FieldError' } },
    },
  },
  FieldError: {
    type: 'object',
    required: ['field', 'reason', 'message', 'params'],
    properties: {
      field: { type: 'string', description: 'Path in the JSON that was sent, for example phones[0].' },
      reason: { type: 'string', description: 'Stable, for example REQUIRED, TOO_LONG or BAD_FORMAT.' },
      message: { type: 'string', description: 'One sentence for people.' },
      params: { type: 'object', additionalProperties: { type: ['string', 'number'] } },
    },
  },
};

/** What streams this first is answered with the bytes of a file. */
const FILE_HEAD = 'crm.capability.v1.FileHead';

export function openApi(contract: Contract, comments: ReadonlyMap<string, string>): Schema {
  const schemas = new Schemas(contract, comments);
  const paths: Record<string, Record<string, Schema>> = {};
  const routed = [...contract.rpcs.values()].filter((rpc) => rpc.bindings.length > 0);
  for (const rpc of routed) {
    rpc.bindings.forEach((binding, index) => {
      const path = pathOf(binding);
      paths[path] ??= {};
      paths[path][binding.method.toLowerCase()] = operation(contract, schemas, rpc, binding, index);
    });
  }
  for (const [path, operations] of Object.entries(gatewayOperations(contract, schemas, failureResponses)))
    paths[path] = { ...paths[path], ...operations };
  const services = [...new Set(routed.map((rpc) => rpc.service))].sort();
  return {
    openapi: '3.1.0',
    info: {
      title: 'Pelagic',
      version: 'v1',
      description:
        'The REST interface of Pelagic. Every answer that is not 2xx is problem+json. Names in JSON are lowerCamel, times are RFC 3339, decimals are strings; a field that is null is absent.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ session: [] }, { apiKey: [] }],
    tags: services.map((service) => ({ name: tagOf(service), ...describe(schemas.comment(service)) })),
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-pelagic',
          description: 'Set by signing in; `pelagic-<port>` without https.',
        },
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key of a person or a service account.' },
      },
      responses: Object.fromEntries(
        Object.entries(failures).map(([status, description]) => [
          responseName(status),
          { description, content: { 'application/problem+json': { schema: problemReference } } },
        ]),
      ),
      schemas: { ...schemas.all, ...problemSchemas },
    },
  };
}

const responseName = (status: string): string => (status === 'default' ? 'Problem' : `Problem${status}`);

const failureResponses = Object.fromEntries(
  Object.keys(failures).map((status) => [status, { $ref: `#/components/responses/${responseName(status)}` }]),
);

const pathOf = ({ segments, verb }: Binding): string =>
  `/${segments.map((part) => (typeof part === 'string' ? part : `{${part.variable}}`)).join('/')}${verb ? `:${verb}` : ''}`;

function operation(contract: Contract, schemas: Schemas, rpc: Rpc, binding: Binding, index: number): Schema {
  const { access } = rpc;
  const request = contract.messages.get(rpc.request)!;
  const variables = binding.segments.flatMap((part) => (typeof part === 'string' ? [] : part.variable));
  const hosts = [
    ...new Set([...contract.rpcs.values()].filter(({ access }) => !access.mounted).map(({ owner }) => owner)),
  ].sort();
  const rest =
    binding.body === '*' ? [] : request.fields.filter(({ json }) => json !== binding.body && !variables.includes(json));
  const parameters = [
    ...request.fields
      .filter(({ json }) => variables.includes(json))
      .map((field) => parameter(schemas, hosts, rpc, field, 'path')),
    ...rest.map((field) => parameter(schemas, hosts, rpc, field, 'query')),
  ];
  const comment = schemas.comment(rpc.name);
  return {
    operationId: operationId(rpc, index),
    tags: [tagOf(rpc.service)],
    summary: sentence(rpc.method),
    description: [comment, permissionNote(access)].filter(Boolean).join('\n\n'),
    ...(access.permission === 'public' && { security: [] }),
    ...(access.permission === 'in_person' && { security: [{ session: [] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...(binding.body && { requestBody: requestBody(contract, schemas, rpc, binding, variables) }),
    responses: { 200: { description: 'Done.', content: answer(contract, schemas, rpc, binding) }, ...failureResponses },
    'x-permission': access.permission,
    'x-rpc': rpc.name,
    ...(access.audited && { 'x-audited': true }),
    ...(access.idempotent && { 'x-idempotent': true }),
  };
}

function parameter(schemas: Schemas, hosts: string[], rpc: Rpc, field: Field, place: 'path' | 'query'): Schema {
  const required = place === 'path' || field.rules?.required === true;
  // A parameter is there or not; it cannot be null.
  const schema = {
    ...schemas.field({ ...field, rules: { ...field.rules, required: true } }, 'input'),
    ...(rpc.access.mounted && field.json === 'service' && { enum: hosts }),
  };
  const text = [
    schemas.comment(`${rpc.request}.${field.name}`),
    field.kind === 'fieldMask' && 'Names of fields with commas between them.',
  ];
  return {
    name: field.json,
    in: place,
    ...(required && { required }),
    ...describe(text.filter(Boolean).join('\n')),
    schema: required ? schema : optional(schema),
    ...(field.repeated && { style: 'form', explode: true }),
  };
}

/** What a required value must not be, an absent one may be. */
function optional({ minLength: _length, minItems: _items, ...schema }: Schema): Schema {
  return schema;
}

function requestBody(contract: Contract, schemas: Schemas, rpc: Rpc, binding: Binding, variables: string[]): Schema {
  const request = contract.messages.get(rpc.request)!;
  const field = request.fields.find(({ json }) => json === binding.body);
  const isChange = request.fields.some((each) => each.name === 'update_mask');
  const schema = field?.type
    ? schemas.message(field.type, isChange ? 'change' : 'input')
    : field
      ? schemas.field(field, 'input')
      : schemas.messageWithout(rpc.request, variables, 'input');
  const required = binding.body === '*' ? schema['required'] !== undefined : field?.rules?.required === true;
  return { ...(required && { required }), content: { 'application/json': { schema } } };
}

function answer(contract: Contract, schemas: Schemas, rpc: Rpc, binding: Binding): Schema {
  const response = contract.messages.get(rpc.response)!;
  if (response.fields.some(({ type }) => type === FILE_HEAD))
    return { '*/*': { schema: { type: 'string', format: 'binary' } } };
  const field = response.fields.find(({ json }) => json === binding.responseBody);
  const schema = field ? schemas.field(field, 'answer') : schemas.message(rpc.response, 'answer');
  return { [rpc.serverStreaming ? 'application/x-ndjson' : 'application/json']: { schema } };
}
