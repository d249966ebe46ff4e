import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './testing/gateway.ts';
import { ID, openHouse, RIGHTS, type House } from './testing/house.ts';
import type { TestIdentity } from './testing/identity.ts';
import type { TestService } from './testing/services.ts';

let house: House;
let gateway: TestGateway;
let identity: TestIdentity;
let customer: TestService;
let session: string;

beforeAll(async () => {
  house = await openHouse();
  ({ gateway, identity, customer } = house);
});
afterAll(() => house.stop());
beforeEach(() => {
  session = identity.signIn({ permissions: RIGHTS });
  house.created.length = 0;
  house.answer = async () => {};
});

describe('a request', () => {
  test('goes to its service as its caller and comes back as JSON', async () => {
    const { status, json, headers } = await gateway.ask('GET', `/v1/leads/${ID}`, { as: session });
    expect([status, json.name, json.id]).toEqual([200, '李娜', ID]);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  test('continues the trace of the browser', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { headers } = await gateway.ask('GET', `/v1/leads/${ID}`, {
      as: session,
      headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    });
    expect(headers.get('x-trace-id')).toBe(traceId);
  });

  test.each([['0'], ['15001'], ['soon'], ['-1']])('with the deadline %s is refused', async (ms) => {
    const { status, json } = await gateway.ask('GET', `/v1/leads/${ID}`, {
      as: session,
      headers: { 'x-timeout-ms': ms },
    });
    expect([status, json.reason]).toEqual([400, 'TIMEOUT_MALFORMED']);
  });

  test('ends at its deadline', async () => {
    const began = Date.now();
    const { status, json } = await gateway.ask('GET', '/v1/leads', { as: session, headers: { 'x-timeout-ms': '200' } });
    expect([status, json.code]).toEqual([504, 'DEADLINE_EXCEEDED']);
    expect(Date.now() - began).toBeLessThan(1_200);
  });

  test('hands its idempotency key on', async () => {
    await gateway.ask('POST', '/v1/leads', {
      as: session,
      json: { name: 'Li' },
      headers: { 'idempotency-key': 'k-1' },
    });
    expect(house.created.map(({ requestId }) => requestId)).toEqual(['k-1']);
  });
});

describe('security headers', () => {
  const expected = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  };

  test.each([
    ['GET', `/v1/leads/${ID}`],
    ['GET', '/v1/openapi.json'],
    ['GET', '/v1/nothing'],
    ['POST', '/v1/leads'],
  ])('are on %s %s', async (method, path) => {
    const { headers } = await gateway.ask(method, path, { as: session });
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, headers.get(name)]))).toEqual(expected);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('strict-transport-security')).toBeNull();
  });

  test('insist on https where it is', async () => {
    const secure = await startGateway({ identity: identity.address }, { PUBLIC_URL: 'https://crm.example.com' });
    expect((await secure.ask('GET', '/v1/openapi.json')).headers.get('strict-transport-security')).toContain(
      'max-age=31536000',
    );
    await secure.stop();
  });
});

describe('pages', () => {
  test('come from the web process, which hears nothing that a caller made up about themselves', async () => {
    const heard: Record<string, unknown>[] = [];
    const web = createServer((request, response) => {
      heard.push({ url: request.url, ...request.headers });
      response.setHeader('content-security-policy', "script-src 'nonce-abc'");
      response.end('<h1>页面</h1>');
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    const whole = await startGateway(
      { identity: identity.address },
      { WEB_ADDRESS: `127.0.0.1:${(web.address() as AddressInfo).port}` },
    );
    const page = await whole.ask('GET', '/leads?view=1', {
      as: session,
      headers: {
        'x-forwarded-for': '6.6.6.6',
        'x-user-id': 'admin',
        'x-real-ip': '6.6.6.6',
        forwarded: 'for=6.6.6.6',
        'x-sveltekit-action': 'true',
      },
    });
    expect([
      page.status,
      page.text,
      page.headers.get('content-security-policy'),
      page.headers.get('x-content-type-options'),
    ]).toEqual([200, '<h1>页面</h1>', "script-src 'nonce-abc'", 'nosniff']);
    expect(heard[0]).toMatchObject({
      url: '/leads?view=1',
      'x-forwarded-for': '127.0.0.1',
      'x-sveltekit-action': 'true',
    });
    expect(Object.keys(heard[0]!).filter((name) => ['x-user-id', 'x-real-ip', 'forwarded'].includes(name))).toEqual([]);
    expect((await whole.ask('GET', '/v1')).json.reason).toBe('NO_SUCH_PATH');
    web.closeAllConnections();
    await new Promise((resolve) => web.close(resolve));
    const gone = await whole.ask('GET', '/leads');
    expect([gone.status, gone.json.reason]).toEqual([503, 'PAGES_UNAVAILABLE']);
    await whole.stop();
  });
});

test('an address in X-Forwarded-For counts only when a trusted proxy says it', async () => {
  const headers = { 'x-forwarded-for': '9.9.9.9' };
  await gateway.ask('GET', `/v1/leads/${ID}`, { as: session, headers });
  const behind = await startGateway(
    { identity: identity.address, customer: customer.address },
    { TRUSTED_PROXIES: '127.0.0.0/8' },
  );
  await behind.ask('GET', `/v1/leads/${ID}`, { as: session, headers });
  expect(identity.asked.slice(-2).map(({ address }) => address)).toEqual(['127.0.0.1', '9.9.9.9']);
  await behind.stop();
});
