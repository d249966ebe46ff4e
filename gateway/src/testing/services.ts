import type { ServiceDefinition } from '@grpc/grpc-js';
import { Problem } from '@pelagic/chassis/problem';
import { implement, type Handlers, type Implementation, type Seam } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';

export type TestService = { address: string; stop: () => Promise<unknown> };

/** A service of the contract on a real port of its own. */
export const startService = async (implementations: Implementation[], port = 0): Promise<TestService> => {
  const server = grpcServer({ host: '127.0.0.1', port, implementations: () => implementations });
  await server.start();
  return { address: `127.0.0.1:${server.port()}`, stop: server.stop };
};

/** Some rpcs of a service; the others answer UNIMPLEMENTED. */
export const partly = <S extends ServiceDefinition>(
  seam: Seam,
  definition: S,
  handlers: Partial<Handlers<S>>,
): Implementation => {
  const missing = async (): Promise<never> => {
    throw new Problem('UNIMPLEMENTED', 'UNIMPLEMENTED', 'Not here.');
  };
  const all = Object.fromEntries(Object.keys(definition).map((name) => [name, handlers[name as keyof S] ?? missing]));
  return implement(seam, definition, all as Handlers<S>);
};
