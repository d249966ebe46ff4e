import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { rpcOfPath } from '@pelagic/proto/contract';
import { registry } from '@pelagic/proto/registry';
import { services } from '@pelagic/proto/services';
import type { TestService } from './services.ts';

type Heard = { rpc: string; request: unknown; authorization: string };

/** Hears every rpc of the contract and answers with an empty message, or an empty file; lets everybody in. */
export const startEcho = async (): Promise<TestService & { heard: Heard[] }> => {
  const heard: Heard[] = [];
  const server = new Server();
  for (const definition of services.values()) {
    const implementation: UntypedServiceImplementation = {};
    for (const [name, method] of Object.entries(definition)) {
      const rpc = rpcOfPath(method.path)!;
      if (rpc.clientStreaming) continue;
      const hear = ({ request, metadata }: any) =>
        heard.push({
          rpc: rpc.name,
          request: registry.get(rpc.request)!.toJSON(request),
          authorization: String(metadata.get('authorization')[0] ?? ''),
        });
      if (rpc.serverStreaming) {
        implementation[name] = (call: any) => {
          hear(call);
          call.write(registry.get(rpc.response)!.fromPartial({ part: { $case: 'head', value: {} } }));
          call.end();
        };
        continue;
      }
      implementation[name] = (call: any, respond: (error: null, answer: unknown) => void) => {
        if (rpc.method === 'Authenticate')
          return respond(
            null,
            registry
              .get(rpc.response)!
              .fromPartial({ callerToken: 'somebody', expireTime: new Date(Date.now() + 5_000).toISOString() }),
          );
        hear(call);
        return respond(null, registry.get(rpc.response)!.fromPartial({}));
      };
    }
    server.addService(definition, implementation);
  }
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, taken) =>
      error ? reject(error) : resolve(taken),
    ),
  );
  return { heard, address: `127.0.0.1:${port}`, stop: async () => server.forceShutdown() };
};
