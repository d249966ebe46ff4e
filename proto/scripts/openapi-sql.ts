// SQL for analysts speaks ClickHouse's HTTP interface: statements are text, and so are refusals.
import type { Contract } from '../src/contract-data.ts';
import { permissionNote, tagOf } from './operation-words.ts';
import type { Schema, Schemas } from './schemas.ts';

const text: Schema = { 'text/plain': { schema: { type: 'string' } } };

const query = (name: string, description: string, schema: Schema): Schema => ({
  name,
  in: 'query',
  description,
  schema,
});

/** ClickHouse's clients know problems by their text. */
const refusals = (failures: Record<string, Schema>): Record<string, Schema> =>
  Object.fromEntries(
    Object.keys(failures).map((status) => [
      status,
      {
        description:
          'Refused: `Code: …. DB::Exception: … (NAME) [REASON]`, with the headers `X-ClickHouse-Exception-Code` and `X-Pelagic-Reason`.',
        content: text,
      },
    ]),
  );

/** One statement, in the body or as a parameter. */
export function sqlOperations(contract: Contract, schemas: Schemas, failures: Record<string, Schema>) {
  const rpc = contract.rpcs.get('crm.analytics.v1.SqlService/RunStatement')!;
  const statement = { type: 'string', maxLength: 100_000 };
  const parameters = [
    query('query', 'The statement, or its beginning: the body goes on where it ends.', statement),
    query('default_format', 'For a statement without a FORMAT of its own.', { type: 'string', maxLength: 60 }),
    query('max_rows', 'Only the first rows.', { type: 'integer', minimum: 0, maximum: 100_000 }),
  ];
  const common = {
    tags: [tagOf(rpc.service)],
    description: [
      schemas.comment(rpc.name),
      "Speaks ClickHouse's HTTP interface; the guide of analysts says how much of it. Values of `{name:Type}` are sent as `param_name`. Basic authentication (the password is the key) and `X-ClickHouse-Key` are understood too.",
      permissionNote(rpc.access),
    ]
      .filter(Boolean)
      .join('\n\n'),
    'x-permission': rpc.access.permission,
    'x-rpc': rpc.name,
    'x-audited': true,
    parameters,
    responses: {
      200: { description: 'The answer in its format.', content: { '*/*': { schema: { type: 'string' } } } },
      ...refusals(failures),
    },
  };
  return {
    get: { operationId: 'askStatement', summary: 'Ask a statement', ...common },
    post: {
      operationId: 'runStatement',
      summary: 'Run statement',
      ...common,
      requestBody: { content: { 'text/plain': { schema: statement } } },
    },
  };
}
