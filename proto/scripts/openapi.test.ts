import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { registry } from '../gen/registry.ts';
import { contract } from '../src/contract.ts';
import { validInput } from '../src/contract.arbitrary.ts';
import { formats, isTimestamp } from '../src/formats.ts';
import { validate } from '../src/validate.ts';
import { root } from './image.ts';

type Schema = { [key: string]: unknown };
interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
  security?: unknown[];
  'x-permission': string;
  'x-rpc': string;
}
interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { required?: string[]; properties?: Schema }> };
}

const openApi = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')) as OpenApi;
const asyncApi = parse(readFileSync(join(root, 'docs/asyncapi.yaml'), 'utf8')) as { channels: object };
const operations = Object.values(openApi.paths).flatMap((methods) => Object.values(methods));
const routed = operations.filter((operation) => (contract.rpcs.get(operation['x-rpc'])?.bindings.length ?? 0) > 0);
const operationNamed = (id: string): Operation => operations.find(({ operationId }) => operationId === id)!;

function schemasOf(document: object): Ajv2020 {
  const ajv = new Ajv2020({ strict: false });
  for (const [name, test] of Object.entries({
    uuid: formats.uuid,
    date: formats.date,
    email: formats.email,
    uri: formats.url,
    'date-time': isTimestamp,
  })) {
    ajv.addFormat(name, test);
  }
  return ajv.addSchema(document, 'document');
}

const ajv = schemasOf(openApi);
const judge = (schema: Schema): ((value: unknown) => boolean) => {
  const check = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')));
  return (value) => check(value) as boolean;
};

test('every route is documented with its permission, once', () => {
  const routes = [...contract.rpcs.values()].flatMap((rpc) =>
    rpc.bindings.map(() => [rpc.name, rpc.access.permission]),
  );
  const byGateway = [
    ['crm.identity.v1.SessionService/SignIn', 'public'],
    ['crm.identity.v1.SessionService/SignOut', 'in_person'],
    ['crm.capability.v1.FileService/UploadFile', 'signed_in'],
    ['crm.capability.v1.FileService/DownloadFile', 'signed_in'],
    ['crm.analytics.v1.SqlService/RunStatement', 'analytics.query'],
    ['crm.analytics.v1.SqlService/RunStatement', 'analytics.query'],
    [undefined, 'in_person'],
  ];
  expect(operations.map((operation) => [operation['x-rpc'], operation['x-permission']]).sort()).toEqual(
    [...routes, ...byGateway].sort(),
  );
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
});

test('a create takes what may be written and answers what there is', () => {
  const { Lead, LeadInput, LeadChange } = openApi.components.schemas;
  expect(LeadInput!.required).toEqual(['name']);
  expect(Object.keys(LeadInput!.properties!)).not.toContain('createTime');
  expect(LeadChange!.required).toBeUndefined();
  expect(Lead!.required).toEqual(
    expect.arrayContaining(['id', 'version', 'name', 'phones', 'state', 'custom', 'shares']),
  );
  expect(Lead!.required).not.toEqual(expect.arrayContaining(['ownerId', 'createTime']));
  const create = operationNamed('createLead');
  expect(create.requestBody).toEqual({
    required: true,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/LeadInput' } } },
  });
  expect(create.parameters!.map(({ name, in: place }) => [name, place])).toEqual([
    ['requestId', 'query'],
    ['validateOnly', 'query'],
  ]);
  expect(operationNamed('updateLead').parameters!.map(({ name }) => name)).toEqual(['id', 'updateMask']);
  expect(operationNamed('redeemLink').security).toEqual([]);
  const { schema } = operationNamed('signIn').requestBody!.content['application/json']!;
  expect(Object.keys(schema['properties'] as object)).toEqual(['login', 'password']);
});

/** Requests whose body is the whole message, so that schema and validator judge the same value. */
const whole = routed.flatMap((operation) => {
  const rpc = contract.rpcs.get(operation['x-rpc'])!;
  const binding = rpc.bindings[0]!;
  const isWhole = binding.body === '*' && binding.segments.every((segment) => typeof segment === 'string');
  return isWhole
    ? [{ message: rpc.request, accepts: judge(operation.requestBody!.content['application/json']!.schema) }]
    : [];
});

test('the schema takes every request that is valid', () => {
  expect(whole.length).toBeGreaterThan(5);
  fc.assert(
    fc.property(
      fc.constantFrom(...whole).chain((one) => validInput(one.message).map((value) => ({ ...one, value }))),
      ({ value, accepts }) => accepts(value),
    ),
    { numRuns: 1000 },
  );
});

test('what the schema takes, the validator takes, but for what a schema cannot say', () => {
  // Blank text, the reality of days and zones, and two members of a oneof.
  const unsayable = new Set(['REQUIRED', 'BAD_FORMAT', 'BAD_TEXT', 'ONE_OF', 'OUT_OF_RANGE']);
  fc.assert(
    fc.property(
      fc
        .constantFrom(...whole)
        .chain((one) =>
          fc
            .tuple(validInput(one.message), fc.jsonValue(), fc.nat(9))
            .map(([value, other, place]) => ({ ...one, value: replaced(value, other, place) })),
        ),
      ({ message, value, accepts }) => {
        const errors = validate(message, value).filter(({ reason }) => !unsayable.has(reason));
        if (accepts(value)) expect(errors).toEqual([]);
      },
    ),
    { numRuns: 2000 },
  );
});

function replaced(value: Record<string, unknown>, other: unknown, place: number): Record<string, unknown> {
  const keys = [...Object.keys(value), 'colour'];
  return { ...value, [keys[place % keys.length]!]: other };
}

test('every answer fits its schema, empty or full', () => {
  // A file is bytes, of whatever kind.
  const told = routed.filter(({ responses }) => !responses['200']!.content!['*/*']);
  const misfits = told.flatMap((operation) => {
    const rpc = contract.rpcs.get(operation['x-rpc'])!;
    const codec = registry.get(rpc.response)!;
    const { responseBody } = rpc.bindings[0]!;
    const answer = codec.toJSON(codec.fromJSON(responseBody ? { [responseBody]: {} } : {})) as Record<string, unknown>;
    const [content] = Object.values(operation.responses['200']!.content!);
    return judge(content!.schema)(responseBody ? answer[responseBody] : answer) ? [] : [operation.operationId];
  });
  expect(misfits).toEqual([]);
});

test('every golden fits the schema of its event', () => {
  const events = schemasOf(asyncApi);
  expect(Object.keys(asyncApi.channels).sort()).toEqual([...contract.events.keys()].sort());
  for (const subject of contract.events.keys()) {
    const golden: unknown = JSON.parse(readFileSync(join(root, `proto/golden/${subject}.json`), 'utf8'));
    const check = events.compile({ $ref: `document#/components/messages/${subject}/payload` });
    expect([subject, check(golden), check.errors]).toEqual([subject, true, null]);
  }
});
