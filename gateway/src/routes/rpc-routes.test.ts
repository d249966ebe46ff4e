import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contract, messageType, type Binding, type Rpc } from '@pelagic/proto/contract';
import { registry } from '@pelagic/proto/registry';
import { OWNERS } from '../config.ts';
import { startEcho } from '../testing/echo.ts';
import { startGateway, type TestGateway } from '../testing/gateway.ts';
import { sampleInput } from '../testing/sample.ts';
import { methodsOf } from './no-route.ts';
import { routed } from './rpc-routes.ts';
import { pathPattern, routeUrl } from './route-url.ts';

const SESSION = 'sample_of_a_session_that_is_long_enough';

let echo: Awaited<ReturnType<typeof startEcho>>;
let gateway: TestGateway;

beforeAll(async () => {
  echo = await startEcho();
  gateway = await startGateway(Object.fromEntries(OWNERS.map((owner) => [owner, echo.address])), {
    SESSION_RATE: '100000',
    ADDRESS_RATE: '100000',
  });
});
afterAll(async () => {
  await gateway.stop();
  await echo.stop();
});

/** The request of an rpc taken apart as its binding says. */
const parted = (rpc: Rpc, { segments, body, verb }: Binding) => {
  const request: Record<string, unknown> = {
    ...sampleInput(rpc.request),
    ...(rpc.access.mounted && { service: 'customer' }),
  };
  const variables = segments.flatMap((part) => (typeof part === 'string' ? [] : [part.variable]));
  const path = `/${segments.map((part) => (typeof part === 'string' ? part : encodeURIComponent(String(request[part.variable])))).join('/')}${verb ? `:${verb}` : ''}`;
  const rest = Object.entries(request).filter(([name]) => !variables.includes(name));
  const query =
    body === '*'
      ? []
      : rest
          .filter(([name]) => name !== body)
          .flatMap(([name, value]) => [value].flat().map((each): [string, string] => [name, String(each)]));
  const json = body === '*' ? Object.fromEntries(rest) : body && request[body];
  return { request, path: query.length ? `${path}?${new URLSearchParams(query)}` : path, json };
};

describe('every rpc of the contract', () => {
  test('that has an address is found by it and gets the request as it was sent', async () => {
    expect(routed.length).toBeGreaterThan(90);
    for (const { rpc, binding } of routed) {
      const { request, path, json } = parted(rpc, binding);
      echo.heard.length = 0;
      const { status, text } = await gateway.ask(binding.method, path, { as: SESSION, json });
      expect(status, `${binding.method} ${path}: ${text}`).toBe(200);
      const codec = registry.get(rpc.request)!;
      const { updateMask, ...heard } = echo.heard[0]!.request as Record<string, unknown>;
      expect({ rpc: echo.heard[0]!.rpc, request: heard }).toEqual({
        rpc: rpc.name,
        request: omit(codec.toJSON(codec.fromJSON(request)), 'updateMask'),
      });
      expect(echo.heard[0]!.authorization).toBe(rpc.access.permission === 'public' ? '' : 'Bearer somebody');
      const masked =
        binding.method === 'PATCH' && messageType(rpc.request).fields.some((field) => field.name === 'update_mask');
      expect(updateMask === undefined || updateMask === '', rpc.name).toBe(!masked);
    }
  });

  test('is reached by one address only', () => {
    const urls = routed.map(({ binding }) => `${binding.method} ${routeUrl(binding)}`);
    expect(new Set(urls).size).toBe(urls.length);
  });

  test('that is for services only has no address', () => {
    expect(routed.filter(({ rpc }) => rpc.access.permission === 'internal')).toEqual([]);
    expect([...contract.rpcs.values()].some(({ access }) => access.permission === 'internal')).toBe(true);
  });
});

const omit = (value: unknown, name: string): unknown => {
  const { [name]: _, ...rest } = value as Record<string, unknown>;
  return rest;
};

test('an address that takes other methods says which', async () => {
  expect(methodsOf('/v1/leads')).toEqual(['GET', 'POST']);
  const { status, headers, json } = await gateway.ask('PUT', '/v1/leads', { as: SESSION, json: {} });
  expect([status, headers.get('allow'), json.reason]).toEqual([405, 'GET, POST', 'METHOD_NOT_ALLOWED']);
});

test.each(['/v1/leads/1/2/3', '/v1/leads/x:fly', '/v1', '/v1/', '/v1/nothing/at/all'])(
  '%s is nothing',
  async (path) => {
    const { status, json } = await gateway.ask('POST', path, { as: SESSION, json: {} });
    expect([status, json.code, json.reason]).toEqual([404, 'NOT_FOUND', 'NO_SUCH_PATH']);
  },
);

test('a mounted rpc of a service that does not exist is nothing', async () => {
  const { status, json } = await gateway.ask('GET', '/v1/weather/jobs', { as: SESSION });
  expect([status, json.reason, json.params]).toEqual([404, 'NO_SUCH_SERVICE', { service: 'weather' }]);
});

test('what is documented is served, and the other way round', () => {
  const { paths } = JSON.parse(readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8')) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })),
  );
  const unserved = documented.filter(({ path, method }) => !methodsOf(path.replace(/\{\w+\}/g, 'x')).includes(method));
  const undocumented = routed.filter(({ binding }) => {
    const pattern = pathPattern(binding);
    return !documented.some(({ path, method }) => method === binding.method && pattern.test(path));
  });
  expect({ unserved, undocumented: undocumented.map(({ rpc }) => rpc.name) }).toEqual({
    unserved: [],
    undocumented: [],
  });
});
