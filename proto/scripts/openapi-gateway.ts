// What the gateway serves besides the routes of rpcs: sessions, the bytes of files, live updates, statements in SQL.
import type { Contract, Rpc } from '../src/contract-data.ts';
import { operationId, permissionNote, sentence, tagOf } from './operation-words.ts';
import { sqlOperations } from './openapi-sql.ts';
import type { Schema, Schemas } from './schemas.ts';

type Failures = Record<string, Schema>;
type Operations = Record<string, Record<string, Schema>>;

const json = (schema: Schema): Schema => ({ content: { 'application/json': { schema } } });

/** By path and method. */
export const gatewayOperations = (contract: Contract, schemas: Schemas, failures: Failures): Operations => ({
  '/v1/session': sessionOperations(contract, schemas, failures),
  '/v1/{service}/files': { post: uploadOperation(contract, schemas, failures) },
  '/v1/{service}/files/{id}': { get: downloadOperation(contract, schemas, failures) },
  '/v1/analytics/sql': sqlOperations(contract, schemas, failures),
  '/v1/live': { get: liveOperation(failures) },
});

const about = (schemas: Schemas, rpc: Rpc): Schema => ({
  operationId: operationId(rpc),
  tags: [tagOf(rpc.service)],
  summary: sentence(rpc.method),
  description: [schemas.comment(rpc.name), permissionNote(rpc.access)].filter(Boolean).join('\n\n'),
  'x-permission': rpc.access.permission,
  'x-rpc': rpc.name,
  ...(rpc.access.audited && { 'x-audited': true }),
});

/** Signing in and out: the token is in the cookie only. */
function sessionOperations(contract: Contract, schemas: Schemas, failures: Failures): Record<string, Schema> {
  const [signIn, signOut] = ['SignIn', 'SignOut'].map((method) =>
    contract.rpcs.get(`crm.identity.v1.SessionService/${method}`)!,
  );
  const body = schemas.messageWithout(signIn!.request, ['remoteAddress', 'userAgent'], 'input');
  const signedIn = schemas.messageWithout(signIn!.response, ['sessionToken'], 'answer');
  return {
    post: {
      ...about(schemas, signIn!),
      'x-audited': true,
      security: [],
      requestBody: { required: true, ...json(body) },
      responses: { 200: { description: 'Done; the session is in the cookie.', ...json(signedIn) }, ...failures },
    },
    delete: {
      ...about(schemas, signOut!),
      'x-audited': true,
      security: [{ session: [] }],
      responses: { 204: { description: 'Done.' }, ...failures },
    },
  };
}

const path = (name: string, schema: Schema): Schema => ({ name, in: 'path', required: true, schema });

/** Services that keep files: those that rpcs are mounted on. */
const hostsOf = (contract: Contract): string[] =>
  [...new Set([...contract.rpcs.values()].filter(({ access }) => !access.mounted).map(({ owner }) => owner))].sort();

const bytes: Schema = { type: 'string', format: 'binary' };

function uploadOperation(contract: Contract, schemas: Schemas, failures: Failures): Schema {
  const rpc = contract.rpcs.get('crm.capability.v1.FileService/UploadFile')!;
  const form = { type: 'object', required: ['file'], properties: { file: bytes } };
  const name = {
    name: 'x-file-name',
    in: 'header',
    description: 'Percent-encoded; of a body that is not a form.',
    schema: { type: 'string', maxLength: 255 },
  };
  const head = contract.messages.get('crm.capability.v1.FileHead')!;
  const purpose = {
    name: 'purpose',
    in: 'query',
    schema: schemas.field(
      head.fields.find(({ json }) => json === 'purpose')!,
      'answer',
    ),
  };
  return {
    ...about(schemas, rpc),
    parameters: [path('service', { type: 'string', enum: hostsOf(contract) }), purpose, name],
    requestBody: {
      required: true,
      content: { 'multipart/form-data': { schema: form }, 'application/octet-stream': { schema: bytes } },
    },
    responses: {
      200: { description: 'Stored.', ...json(schemas.messageWithout(rpc.response, [], 'answer')) },
      ...failures,
    },
  };
}

function downloadOperation(contract: Contract, schemas: Schemas, failures: Failures): Schema {
  const rpc = contract.rpcs.get('crm.capability.v1.FileService/DownloadFile')!;
  const parameters = [
    path('service', { type: 'string', enum: hostsOf(contract) }),
    path('id', { type: 'string', format: 'uuid' }),
  ];
  const content = { '*/*': { schema: bytes } };
  return {
    ...about(schemas, rpc),
    parameters,
    responses: { 200: { description: 'The bytes; Content-Disposition names the file.', content }, ...failures },
  };
}

const liveOperation = (failures: Failures): Schema => ({
  operationId: 'live',
  tags: ['Live'],
  summary: 'Live updates',
  description: [
    'What changed, as it changes: `data: {"noun", "id", "version"}` for a record that the caller may see now, `{"noun", "id", "gone": true}` for one that the caller saw and may not see any more, and `event: resync` after a gap. Never a value of a record.',
    'For everybody who is signed in, in person: not with an API key.',
  ].join('\n\n'),
  'x-permission': 'in_person',
  security: [{ session: [] }],
  responses: {
    200: {
      description: 'Server-sent events, until the session ends.',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    ...failures,
  },
});
