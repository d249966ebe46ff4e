import { Client, credentials } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { grpcServer } from './server.ts';

const PROTOS = join(dirname(createRequire(import.meta.url).resolve('@grpc/reflection/package.json')), 'build/proto');

type Answer = { listServicesResponse?: { service: { name: string }[] }; errorResponse?: { errorMessage: string } };

const server = grpcServer({ host: '127.0.0.1', port: 0, implementations: () => [] });
afterEach(() => server.stop?.());

const ask = (client: Client, version: string, request: object): Promise<Answer> => {
  const path = join(PROTOS, `grpc/reflection/${version}/reflection.proto`);
  const service = loadSync(path, { oneofs: true })[`grpc.reflection.${version}.ServerReflection`];
  const method = (service as Record<string, import('@grpc/grpc-js').MethodDefinition<object, Answer>>)[
    'ServerReflectionInfo'
  ]!;
  const call = client.makeBidiStreamRequest(method.path, method.requestSerialize, method.responseDeserialize);
  return new Promise((resolve, reject) => {
    call.on('data', resolve).on('error', reject);
    call.write(request);
    call.end();
  });
};

it('tells who looks by hand the whole contract, in both versions of the protocol', async () => {
  await server.start?.();
  const client = new Client(`127.0.0.1:${server.port()}`, credentials.createInsecure());
  for (const version of ['v1', 'v1alpha']) {
    const { listServicesResponse } = await ask(client, version, { listServices: '' });
    expect(listServicesResponse?.service.map(({ name }) => name)).toContain('crm.customer.v1.LeadService');
    expect(await ask(client, version, { fileContainingSymbol: 'crm.Nothing' })).toHaveProperty('errorResponse');
  }
  client.close();
});
