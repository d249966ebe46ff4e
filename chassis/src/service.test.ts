import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLog } from './log.ts';
import { behindSecret, runService, type Part, type RunningService } from './service.ts';

let service: RunningService;
let done = 0;

beforeAll(async () => {
  service = await runService('test', [], {
    log: createLog('test', 'fatal'),
    commands: behindSecret('open sesame', { '/rebuild': async () => ({ done: (done += 1) }) }),
  });
});
afterAll(() => service.stop());

it.each([
  [{}, 401, 0],
  [{ 'x-service-secret': '' }, 401, 0],
  [{ 'x-service-secret': 'open barley' }, 401, 0],
  [{ 'x-service-secret': 'open sesame' }, 200, 1],
])('a command of the admin port asks for the secret: %j', async (headers, status, runs) => {
  const answer = await fetch(`http://127.0.0.1:${service.adminPort}/rebuild`, { method: 'POST', headers });
  expect([answer.status, done]).toEqual([status, runs]);
});

it('with --migrate makes its tables and ends', async () => {
  const told: string[] = [];
  const part = (name: string, migrates?: true): Part => ({
    name,
    ...(migrates && { migrates }),
    start: async () => told.push(`${name} starts`),
    stop: async () => told.push(`${name} stops`),
  });
  await runService('test', [part('tables', true), part('grpc')], {
    log: createLog('test', 'fatal'),
    drainMs: 60_000,
    migrateOnly: true,
  });
  expect(told).toEqual(['tables starts', 'tables stops']);
});
