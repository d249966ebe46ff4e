import { createServer, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { ServiceError } from '@grpc/grpc-js';
import { ApiKeyServiceService } from '@pelagic/proto/crm/identity/v1/api_key';
import { SessionServiceService } from '@pelagic/proto/crm/identity/v1/session';
import { afterEach, describe, expect, it } from 'vitest';
import { publicCaller, type Caller } from './caller.ts';
import { channelTo, closeChannels, connect } from './client.ts';
import { runIn } from './context.ts';
import { createLog } from './log.ts';
import { implement, type Handlers } from './rpc.ts';
import { grpcServer } from './server.ts';
import { fromServiceError } from './status.ts';

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
  closeChannels();
});

const SIGN_IN = { login: 'somebody', password: 'secret' };
let from = '';
const signIn = async (_request: unknown, { remoteAddress }: Caller) => {
  from = remoteAddress;
  return { sessionToken: 'a token', expireTime: undefined };
};
const serve = async (port: number) => {
  const seam = { log: createLog('test', 'silent'), identify: async () => publicCaller() };
  const handlers = { signIn } as Partial<Handlers<SessionServiceService>> as Handlers<SessionServiceService>;
  const server = grpcServer({
    host: '127.0.0.1',
    port,
    implementations: () => [implement(seam, SessionServiceService, handlers)],
  });
  await server.start();
  stop = server.stop as () => Promise<void>;
};

describe('a call of somebody without a token', () => {
  it('says from where they come', async () => {
    const port = await freePort();
    await serve(port);
    const { signIn: call } = connect(SessionServiceService, `127.0.0.1:${port}`);
    const context = { caller: publicCaller('192.0.2.7'), deadline: Date.now() + 5_000 };
    await runIn(context, () => call(SIGN_IN as never));
    expect(from).toBe('192.0.2.7');
  });
});

it('bytes that are no such message are the caller’s mistake and not ours', async () => {
  const port = await freePort();
  await serve(port);
  const { path, responseDeserialize } = SessionServiceService.signIn;
  const asIs = (bytes: Buffer) => bytes;
  const call = promisify(
    (bytes: Buffer, done: (error: ServiceError | null) => void) =>
      void channelTo(`127.0.0.1:${port}`).makeUnaryRequest(path, asIs, responseDeserialize, bytes, done),
  );
  const refused = await call(Buffer.from([0x0a, 0xff])).catch(fromServiceError);
  expect(refused).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'REQUEST_MALFORMED' });
});

describe('a call that may not be repeated', () => {
  it('waits for a service that is just starting', async () => {
    const port = await freePort();
    const call = connect(SessionServiceService, `127.0.0.1:${port}`).signIn(SIGN_IN as never);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await serve(port);
    await expect(call).resolves.toMatchObject({ sessionToken: 'a token' });
  });

  it('is refused before long when there is none', async () => {
    const port = await freePort();
    const started = performance.now();
    const revoke = connect(ApiKeyServiceService, `127.0.0.1:${port}`).revokeApiKey({ id: 'x', version: 0 } as never);
    await expect(revoke).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
