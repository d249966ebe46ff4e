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

describe('from another site', () => {
  const create = (headers: Record<string, string>) =>
    gateway.ask('POST', '/v1/leads', { as: session, json: { name: 'Li' }, headers });

  test.each([
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'http://localhost:7301' }],
  ])('a change with %j is refused', async (headers) => {
    const { status, json } = await create(headers);
    expect([status, json.reason, house.created]).toEqual([403, 'CROSS_SITE', []]);
  });

  test.each([
    [{ 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:7300' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'http://localhost:7300' }],
    [{}],
  ])('but not with %j', async (headers) => {
    expect((await create(headers)).status).toBe(200);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s is refused before anybody is asked who it is', async (method) => {
    const before = identity.asked.length;
    const { status } = await gateway.ask(method, `/v1/leads/${ID}`, {
      as: session,
      headers: { origin: 'https://evil.example' },
    });
    expect([status, identity.asked.length]).toEqual([403, before]);
  });

  test('a form cannot sign anybody in', async () => {
    const { status } = await gateway.ask('POST', '/v1/session', {
      json: { login: 'a', password: 'b' },
      headers: { origin: 'https://evil.example' },
    });
    expect(status).toBe(403);
  });

  test('an API key is nobody’s cookie', async () => {
    const key = identity.makeKey({ permissions: RIGHTS });
    expect(
      (
        await gateway.ask('POST', '/v1/leads', {
          as: key,
          json: { name: 'Li' },
          headers: { origin: 'https://partner.example' },
        })
      ).status,
    ).toBe(200);
  });

  test.each([
    ['GET', '/v1/live'],
    ['DELETE', '/v1/session'],
    ['GET', '/v1/sessions'],
    ['GET', '/v1/customer/views?noun=lead'],
  ])('an API key is not its person: %s %s', async (method, path) => {
    const key = identity.makeKey({ permissions: RIGHTS });
    const { status, json } = await gateway.ask(method, path, { as: key });
    expect([status, json.reason]).toEqual([403, 'NOT_A_PERSON']);
  });

  test('no answer may be read', async () => {
    const { headers, status } = await gateway.ask('OPTIONS', '/v1/leads', {
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([405, null]);
  });
});

describe('limits', () => {
  test('a session that asks too often waits, another does not', async () => {
    const narrow = await startGateway(
      { identity: identity.address, customer: customer.address },
      { SESSION_RATE: '3' },
    );
    const other = identity.signIn({ permissions: RIGHTS });
    const statuses = [];
    for (let each = 0; each < 5; each += 1)
      statuses.push((await narrow.ask('GET', `/v1/leads/${ID}`, { as: session })).status);
    const { json, headers } = await narrow.ask('GET', `/v1/leads/${ID}`, { as: session });
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect(json).toMatchObject({ code: 'RESOURCE_EXHAUSTED', reason: 'TOO_MANY_REQUESTS' });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await narrow.ask('GET', `/v1/leads/${ID}`, { as: other })).status).toBe(200);
    await narrow.stop();
  });

  test('an API key has the number that identity names', async () => {
    const key = identity.makeKey({ permissions: RIGHTS }, 2);
    const statuses = [];
    for (let each = 0; each < 3; each += 1)
      statuses.push((await gateway.ask('GET', `/v1/leads/${ID}`, { as: key })).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  test('guessing sessions ends before identity is asked for ever, and harms nobody at the same address', async () => {
    const narrow = await startGateway(
      { identity: identity.address, customer: customer.address },
      { SIGN_IN_RATE: '5' },
    );
    await narrow.ask('GET', `/v1/leads/${ID}`, { as: session });
    const before = identity.asked.length;
    const statuses = await Promise.all(
      Array.from({ length: 20 }, (_, each) =>
        narrow
          .ask('GET', `/v1/leads/${ID}`, { as: `guess-number-${each}-of-many-guesses` })
          .then(({ status }) => status),
      ),
    );
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    const after = await narrow.ask('GET', `/v1/leads/${ID}`, { as: 'one-more-guess-that-is-too-much' });
    expect([after.status, identity.asked.length - before <= 20]).toEqual([429, true]);
    expect((await narrow.ask('GET', `/v1/leads/${ID}`, { as: session })).status).toBe(200);
    await narrow.stop();
  });

  test('signing in has a limit for each login and one for the address', async () => {
    const narrow = await startGateway({ identity: identity.address }, { SIGN_IN_RATE: '30' });
    const signIn = (login: string) =>
      narrow.ask('POST', '/v1/session', { json: { login, password: 'wrong' } }).then(({ status }) => status);
    expect([await signIn('li'), await signIn('li'), await signIn('Li'), await signIn('li')]).toEqual([
      401, 401, 401, 429,
    ]);
    expect(await signIn('wang')).toBe(401);
    await narrow.stop();
  });
});
