import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { Failure } from './failure.ts';
import { assertPortsFree, basePortFrom, isFree } from './ports.ts';

it('reads the base port', () => {
  expect(basePortFrom(undefined)).toBe(7300);
  expect(basePortFrom('7400')).toBe(7400);
  for (const bad of ['80', '65500', 'x', '7300.5']) expect(() => basePortFrom(bad)).toThrow(`PELAGIC_PORT is "${bad}"`);
});

it('names the taken port, what it is for, who has it and where to go', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const failure: unknown = await assertPortsFree(new Map([[port, 'NATS']])).catch((error: unknown) => error);
  server.close();
  if (!(failure instanceof Failure)) throw new Error('it was let through');
  expect(failure.message).toContain(`Port ${port} (NATS) is taken`);
  if (process.platform === 'linux') expect(failure.message).toContain(`by process ${process.pid} (`);
  const offered = Number(/PELAGIC_PORT=(\d+) npm start/.exec(failure.advice)?.[1]);
  expect(await isFree(offered)).toBe(true);
});

it('lets free ports through', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  await assertPortsFree(new Map([[port, 'NATS']]));
});
