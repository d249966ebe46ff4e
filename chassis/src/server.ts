import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { addReflection } from './reflection.ts';
import type { Implementation } from './rpc.ts';
import type { Part } from './service.ts';

type Options = { host: string; port: number; implementations: () => Implementation[] };

/** The gRPC face of a service, with health and reflection. */
export const grpcServer = ({ host, port, implementations }: Options): Part & { port: () => number } => {
  const server = new Server({
    'grpc.max_receive_message_length': 16 * 1024 * 1024,
    'grpc.max_concurrent_streams': 1_000,
  });
  const health = new HealthImplementation({ '': 'NOT_SERVING' });
  let bound = 0;
  return {
    name: 'grpc',
    start: async () => {
      for (const { definition, implementation } of implementations())
        server.addService(definition as ServiceDefinition, implementation);
      health.addToServer(server);
      addReflection(server);
      bound = await new Promise<number>((resolve, reject) =>
        server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, taken) =>
          error ? reject(error) : resolve(taken),
        ),
      );
      health.setStatus('', 'SERVING');
    },
    drain: () => health.setStatus('', 'NOT_SERVING'),
    stop: () =>
      new Promise<void>((resolve) => {
        const force = setTimeout(() => {
          server.forceShutdown();
          resolve();
        }, 5_000);
        server.tryShutdown(() => {
          clearTimeout(force);
          resolve();
        });
      }),
    port: () => bound,
  };
};
