import type { handleBidiStreamingCall, Server, ServiceDefinition } from '@grpc/grpc-js';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

type Handle = handleBidiStreamingCall<unknown, unknown>;
type Method = ServiceDefinition[string] & { handle: Handle };

const load = createRequire(import.meta.url);

/**
 * The whole contract. Every definition of the image carries all its files, and the reflection service decodes them anew
 * for each: one definition is enough.
 */
const methods = (): Map<string, Method> => {
  const { loadFileDescriptorSetFromBuffer } = load('@grpc/proto-loader') as typeof import('@grpc/proto-loader');
  const { ReflectionService } = load('@grpc/reflection') as typeof import('@grpc/reflection');
  const image = loadFileDescriptorSetFromBuffer(
    readFileSync(new URL(import.meta.resolve('@pelagic/proto/image.binpb'))),
  );
  const whole = Object.entries(image).find(([, { fileDescriptorProtos }]) => Array.isArray(fileDescriptorProtos));
  const found = new Map<string, Method>();
  const addService = (definition: ServiceDefinition, implementation: object): void => {
    for (const [name, method] of Object.entries(definition))
      found.set(method.path, { ...method, handle: (implementation as Record<string, Handle>)[name]! });
  };
  new ReflectionService(Object.fromEntries(whole ? [whole] : [])).addToServer({ addService });
  return found;
};

/** Reflection for who looks at a service by hand: 25 MB and half a second, which are spent when somebody first asks. */
export const addReflection = (server: Server): void => {
  let made: Map<string, Method> | undefined;
  for (const version of ['v1', 'v1alpha']) {
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    const method = (): Method => (made ??= methods()).get(path)!;
    server.register(
      path,
      (stream: Parameters<Handle>[0]) => method().handle(stream),
      (answer) => method().responseSerialize(answer),
      (bytes) => method().requestDeserialize(bytes),
      'bidi',
    );
  }
};
