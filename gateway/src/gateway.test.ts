import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { invalidField, refused } from '@pelagic/chassis/problem';
import { Lead, LeadServiceService, type CreateLeadRequest } from '@pelagic/proto/crm/customer/v1/lead';
import { startGateway, quietLog, type TestGateway } from './testing/gateway.ts';
import { startTestIdentity, type TestIdentity } from './testing/identity.ts';
import { partly, startService, type TestService } from './testing/services.ts';

const ID = '019d433a-b8c0-7abc-8def-0123456789ab';
const RIGHTS = { 'lead.create': 'ALL', 'lead.read': 'ALL', 'lead.update': 'ALL' } as const;

let identity: TestIdentity;
let customer: TestService;
let gateway: TestGateway;
let session: string;
const created: CreateLeadRequest[] = [];
let answer: () => Promise<{ lead: Lead | undefined }>;

const leadOf = (fields: Partial<Lead>): Lead => ({ ...Lead.fromPartial({}), ...fields });

beforeAll(async () => {
  identity = await startTestIdentity(quietLog);
  customer = await startService([
    partly(identity.seam, LeadServiceService, {
      createLead: async (request) => {
        created.push(request);
        return answer();
      },
      getLead: async () => ({ lead: leadOf({ id: ID, name: '李娜' }) }),
      listLeads: async () => {
        await sleep(1_500);
        return { leads: [], nextPageToken: '', totalSize: undefined };
      },
    }),
  ]);
  gateway = await startGateway({ identity: identity.address, customer: customer.address }, { SIGN_IN_RATE: '100' });
});
afterAll(async () => {
  await gateway.stop();
  await customer.stop();
  await identity.stop();
});
beforeEach(() => {
  session = identity.signIn({ permissions: RIGHTS });
  created.length = 0;
  answer = async () => ({ lead: leadOf({ id: ID }) });
});

describe('a request', () => {
  test('goes to its service as its caller and comes back as JSON', async () => {
    const { status, json, headers } = await gateway.ask('GET', `/v1/leads/${ID}`, { as: session });
    expect([status, json.name, json.id]).toEqual([200, '李娜', ID]);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  test('continues the trace of the browser', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { headers } = await gateway.ask('GET', `/v1/leads/${ID}`, { as: session, headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
    expect(headers.get('x-trace-id')).toBe(traceId);
  });

  test.each([['0'], ['15001'], ['soon'], ['-1']])('with the deadline %s is refused', async (ms) => {
    const { status, json } = await gateway.ask('GET', `/v1/leads/${ID}`, { as: session, headers: { 'x-timeout-ms': ms } });
    expect([status, json.reason]).toEqual([400, 'TIMEOUT_MALFORMED']);
  });

  test('ends at its deadline', async () => {
    const began = Date.now();
    const { status, json } = await gateway.ask('GET', '/v1/leads', { as: session, headers: { 'x-timeout-ms': '200' } });
    expect([status, json.code]).toEqual([504, 'DEADLINE_EXCEEDED']);
    expect(Date.now() - began).toBeLessThan(1_200);
  });

  test('hands its idempotency key on', async () => {
    await gateway.ask('POST', '/v1/leads', { as: session, json: { name: 'Li' }, headers: { 'idempotency-key': 'k-1' } });
    expect(created.map(({ requestId }) => requestId)).toEqual(['k-1']);
  });
});

describe('a problem', () => {
  test('of the gateway names the fields of the body', async () => {
    const { status, json, headers } = await gateway.ask('POST', '/v1/leads', { as: session, json: { name: '', phones: ['1'], tier: 'A' } });
    expect(status).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(json.errors.map(({ field, reason }: { field: string; reason: string }) => `${field} ${reason}`).sort()).toEqual(['name REQUIRED', 'phones[0] BAD_FORMAT', 'tier UNKNOWN_FIELD']);
    expect(json).toMatchObject({ type: 'urn:pelagic:problem:INVALID_FIELDS', status: 400, code: 'INVALID_ARGUMENT', traceId: headers.get('x-trace-id') });
    expect(created).toEqual([]);
  });

  test('of a service looks the same', async () => {
    answer = async () => {
      throw invalidField('lead.emails[0]', 'NOT_UNIQUE', 'lead.emails[0] is taken.');
    };
    const { status, json } = await gateway.ask('POST', '/v1/leads', { as: session, json: { name: 'Li' }, headers: { 'accept-language': 'zh-CN' } });
    expect([status, json.errors]).toEqual([400, [{ field: 'emails[0]', reason: 'NOT_UNIQUE', message: 'emails[0] 已被使用。', params: {} }]]);
  });

  test('of a rule is 422', async () => {
    answer = async () => {
      throw refused('IDEMPOTENCY_KEY_REUSED', 'This key was used for another request.');
    };
    const { status, json } = await gateway.ask('POST', '/v1/leads', { as: session, json: { name: 'Li' } });
    expect([status, json.reason, json.detail]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED', 'This key was used for another request.']);
  });

  test('that is a mistake of ours tells nothing', async () => {
    answer = async () => {
      throw new Error('select * from secrets');
    };
    const { status, text } = await gateway.ask('POST', '/v1/leads', { as: session, json: { name: 'Li' } });
    expect(status).toBe(500);
    expect(text).not.toContain('secrets');
  });

  test('of a permission is 403', async () => {
    const other = identity.signIn({ permissions: {} });
    const { status, json } = await gateway.ask('GET', `/v1/leads/${ID}`, { as: other });
    expect([status, json.params]).toEqual([403, { permission: 'lead.read' }]);
  });

  test('of a service that is away is 503 without its address', async () => {
    const lonely = await startGateway({ identity: identity.address, customer: '127.0.0.1:1' });
    const away = await lonely.ask('POST', '/v1/leads', { as: session, json: { name: 'Li' } });
    expect([away.status, away.headers.get('retry-after'), away.text.includes('127.0.0.1')]).toEqual([503, '1', false]);
    const absent = await lonely.ask('GET', '/v1/opportunities', { as: session });
    expect([absent.status, absent.json.reason]).toEqual([503, 'SERVICE_ABSENT']);
    await lonely.stop();
  });

  test('of a capability that a service does not have is 404', async () => {
    const { status, json } = await gateway.ask('GET', '/v1/customer/jobs', { as: session });
    expect([status, json.reason]).toEqual([404, 'NO_SUCH_SERVICE']);
  });

  test.each([
    ['no JSON', '{"name":', 400, 'BODY_MALFORMED'],
    ['poison', '{"__proto__":{"admin":true}}', 400, 'BODY_MALFORMED'],
    ['nothing', '', 400, 'BODY_MALFORMED'],
    ['too much', JSON.stringify({ name: 'x'.repeat(1_100_000) }), 413, 'BODY_TOO_LARGE'],
  ])('of a body that is %s', async (_, body, status, reason) => {
    const refusal = await gateway.ask('POST', '/v1/leads', { as: session, body, headers: { 'content-type': 'application/json' } });
    expect([refusal.status, refusal.json.reason, refusal.json.status]).toEqual([status, reason, status]);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml'])('of the media type %s', async (type) => {
    const { status, json } = await gateway.ask('POST', '/v1/leads', { as: session, body: '{"name":"x"}', headers: { 'content-type': type } });
    expect([status, json.reason]).toEqual([415, 'MEDIA_TYPE_UNSUPPORTED']);
  });

  test('of an address that cannot be decoded', async () => {
    const { status, json, headers } = await gateway.ask('GET', '/v1/leads/%zz', { as: session });
    expect([status, json.reason, headers.get('x-content-type-options')]).toEqual([400, 'ADDRESS_MALFORMED', 'nosniff']);
  });
});

/** What the bare socket answers to these bytes. */
const raw = (url: string, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (data) => (text += data)).on('close', () => resolve(text)).on('error', reject);
  });

test.each([
  ['headers that are too large', `GET /v1/leads HTTP/1.1\r\nhost: x\r\nx-a: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
  ['what is no HTTP', 'HELLO\r\n\r\n', 400, 'REQUEST_MALFORMED'],
])('%s are refused with a problem', async (_, bytes, status, reason) => {
  const answered = await raw(gateway.url, bytes);
  expect(answered).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answered).toContain(`"reason":"${reason}"`);
});

describe('from another site', () => {
  const create = (headers: Record<string, string>) => gateway.ask('POST', '/v1/leads', { as: session, json: { name: 'Li' }, headers });

  test.each([
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'http://localhost:7301' }],
  ])('a change with %j is refused', async (headers) => {
    const { status, json } = await create(headers);
    expect([status, json.reason, created]).toEqual([403, 'CROSS_SITE', []]);
  });

  test.each([[{ 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:7300' }], [{ 'sec-fetch-site': 'none' }], [{ origin: 'http://localhost:7300' }], [{}]])('but not with %j', async (headers) => {
    expect((await create(headers)).status).toBe(200);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s is refused before anybody is asked who it is', async (method) => {
    const before = identity.asked.length;
    const { status } = await gateway.ask(method, `/v1/leads/${ID}`, { as: session, headers: { origin: 'https://evil.example' } });
    expect([status, identity.asked.length]).toEqual([403, before]);
  });

  test('a form cannot sign anybody in', async () => {
    const { status } = await gateway.ask('POST', '/v1/session', { json: { login: 'a', password: 'b' }, headers: { origin: 'https://evil.example' } });
    expect(status).toBe(403);
  });

  test('an API key is nobody’s cookie', async () => {
    const key = identity.makeKey({ permissions: RIGHTS });
    expect((await gateway.ask('POST', '/v1/leads', { as: key, json: { name: 'Li' }, headers: { origin: 'https://partner.example' } })).status).toBe(200);
  });

  test('no answer may be read', async () => {
    const { headers, status } = await gateway.ask('OPTIONS', '/v1/leads', { headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([405, null]);
  });
});

describe('security headers', () => {
  const expected = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin', 'cache-control': 'no-store' };

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
    expect((await secure.ask('GET', '/v1/openapi.json')).headers.get('strict-transport-security')).toContain('max-age=31536000');
    await secure.stop();
  });
});

describe('limits', () => {
  test('a session that asks too often waits, another does not', async () => {
    const narrow = await startGateway({ identity: identity.address, customer: customer.address }, { SESSION_RATE: '3' });
    const other = identity.signIn({ permissions: RIGHTS });
    const statuses = [];
    for (let each = 0; each < 5; each += 1) statuses.push((await narrow.ask('GET', `/v1/leads/${ID}`, { as: session })).status);
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
    for (let each = 0; each < 3; each += 1) statuses.push((await gateway.ask('GET', `/v1/leads/${ID}`, { as: key })).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  test('guessing sessions ends before identity is asked for ever, and harms nobody at the same address', async () => {
    const narrow = await startGateway({ identity: identity.address, customer: customer.address }, { SIGN_IN_RATE: '5' });
    await narrow.ask('GET', `/v1/leads/${ID}`, { as: session });
    const before = identity.asked.length;
    const statuses = await Promise.all(Array.from({ length: 20 }, (_, each) => narrow.ask('GET', `/v1/leads/${ID}`, { as: `guess-number-${each}-of-many-guesses` }).then(({ status }) => status)));
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    const after = await narrow.ask('GET', `/v1/leads/${ID}`, { as: 'one-more-guess-that-is-too-much' });
    expect([after.status, identity.asked.length - before <= 20]).toEqual([429, true]);
    expect((await narrow.ask('GET', `/v1/leads/${ID}`, { as: session })).status).toBe(200);
    await narrow.stop();
  });

  test('signing in has a limit for each login and one for the address', async () => {
    const narrow = await startGateway({ identity: identity.address }, { SIGN_IN_RATE: '30' });
    const signIn = (login: string) => narrow.ask('POST', '/v1/session', { json: { login, password: 'wrong' } }).then(({ status }) => status);
    expect([await signIn('li'), await signIn('li'), await signIn('Li'), await signIn('li')]).toEqual([401, 401, 401, 429]);
    expect(await signIn('wang')).toBe(401);
    await narrow.stop();
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
    const whole = await startGateway({ identity: identity.address }, { WEB_ADDRESS: `127.0.0.1:${(web.address() as AddressInfo).port}` });
    const page = await whole.ask('GET', '/leads?view=1', {
      as: session,
      headers: { 'x-forwarded-for': '6.6.6.6', 'x-user-id': 'admin', 'x-real-ip': '6.6.6.6', forwarded: 'for=6.6.6.6', 'x-sveltekit-action': 'true' },
    });
    expect([page.status, page.text, page.headers.get('content-security-policy'), page.headers.get('x-content-type-options')]).toEqual([200, '<h1>页面</h1>', "script-src 'nonce-abc'", 'nosniff']);
    expect(heard[0]).toMatchObject({ url: '/leads?view=1', 'x-forwarded-for': '127.0.0.1', 'x-sveltekit-action': 'true' });
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
  const behind = await startGateway({ identity: identity.address, customer: customer.address }, { TRUSTED_PROXIES: '127.0.0.0/8' });
  await behind.ask('GET', `/v1/leads/${ID}`, { as: session, headers });
  expect(identity.asked.slice(-2).map(({ address }) => address)).toEqual(['127.0.0.1', '9.9.9.9']);
  await behind.stop();
});

