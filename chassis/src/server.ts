import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { readFileSync } from 'node:fs';
import { HealthImplementation } from 'grpc-health-check';
import type { Implementation } from './rpc.ts';
import type { Part } from './service.ts';

type Options = { host: string; port: number; implementations: () => Implementation[]; reflection?: boolean };

/**
 * What reflection shows: the whole contract. Every definition of the image carries all its files, and the reflection service
 * decodes them anew for each: one definition is enough, and the hundreds of others would cost seconds of every start.
 */
const reflected = () => {
  const image = loadFileDescriptorSetFromBuffer(
    readFileSync(new URL(import.meta.resolve('@pelagic/proto/image.binpb'))),
  );
  const whole = Object.entries(image).find(([, { fileDescriptorProtos }]) => Array.isArray(fileDescriptorProtos));
  return whole ? Object.fromEntries([whole]) : {};
};

/** The gRPC face of a service, with health and reflection. */
export const grpcServer = ({
  host,
  port,
  implementations,
  reflection = true,
}: Options): Part & { port: () => number } => {
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
      if (reflection) new ReflectionService(reflected()).addToServer(server);
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
