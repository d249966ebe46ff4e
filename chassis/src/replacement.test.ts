import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SessionServiceService } from '@pelagic/proto/crm/identity/v1/session';
import { afterEach, expect, it } from 'vitest';
import { publicCaller } from './caller.ts';
import { closeChannels, connect } from './client.ts';
import { createLog } from './log.ts';
import { implement, type Handlers } from './rpc.ts';
import { grpcServer } from './server.ts';

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

let served = 0;
const handlers = {
  signIn: async () => {
    await sleep(Math.random() * 8);
    served += 1;
    return { sessionToken: 'a token', expireTime: undefined };
  },
} as Partial<Handlers<SessionServiceService>> as Handlers<SessionServiceService>;

const serve = async (port: number) => {
  const seam = { log: createLog('test', 'silent'), identify: async () => publicCaller() };
  const implementations = () => [implement(seam, SessionServiceService, handlers)];
  const server = grpcServer({ host: '127.0.0.1', port, implementations });
  await server.start();
  return server;
};

afterEach(() => closeChannels());

it('replacing the replicas one by one fails no call, though none of them may be repeated', async () => {
  const ports = [await freePort(), await freePort()];
  const servers = await Promise.all(ports.map(serve));
  const { signIn } = connect(SessionServiceService, `ipv4:${ports.map((port) => `127.0.0.1:${port}`).join(',')}`);
  let wanted = true;
  let answered = 0;
  const refused: unknown[] = [];
  const callers = Array.from({ length: 24 }, async () => {
    while (wanted)
      await signIn({ login: 'somebody', password: 'secret' } as never).then(
        () => (answered += 1),
        (error: unknown) => refused.push(error),
      );
  });
  for (let round = 0; round < 10; round += 1) {
    const at = round % 2;
    await sleep(200);
    servers[at]!.drain?.();
    await sleep(50);
    await servers[at]!.stop();
    servers[at] = await serve(ports[at]!);
  }
  await sleep(200);
  wanted = false;
  await Promise.all(callers);
  await Promise.all(servers.map((server) => server.stop()));
  expect(refused).toEqual([]);
  expect(answered).toBe(served);
  expect(answered).toBeGreaterThan(500);
}, 30_000);
