import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { invalidField, refused } from '@pelagic/chassis/problem';
import { startGateway, type TestGateway } from './testing/gateway.ts';
import { ID, openHouse, RIGHTS, type House } from './testing/house.ts';
import type { TestIdentity } from './testing/identity.ts';

let house: House;
let gateway: TestGateway;
let identity: TestIdentity;
let session: string;

beforeAll(async () => {
  house = await openHouse();
  ({ gateway, identity } = house);
});
afterAll(() => house.stop());
beforeEach(() => {
  session = identity.signIn({ permissions: RIGHTS });
  house.created.length = 0;
  house.answer = async () => {};
});

describe('a problem', () => {
  test('of the gateway names the fields of the body', async () => {
    const { status, json, headers } = await gateway.ask('POST', '/v1/leads', {
      as: session,
      json: { name: '', phones: ['1'], tier: 'A' },
    });
    expect(status).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(
      json.errors.map(({ field, reason }: { field: string; reason: string }) => `${field} ${reason}`).sort(),
    ).toEqual(['name REQUIRED', 'phones[0] BAD_FORMAT', 'tier UNKNOWN_FIELD']);
    expect(json).toMatchObject({
      type: 'urn:pelagic:problem:INVALID_FIELDS',
      status: 400,
      code: 'INVALID_ARGUMENT',
      traceId: headers.get('x-trace-id'),
    });
    expect(house.created).toEqual([]);
  });

  test('of a service looks the same', async () => {
    house.answer = async () => {
      throw invalidField('lead.emails[0]', 'TAKEN', 'lead.emails[0] is taken.');
    };
    const { status, json } = await gateway.ask('POST', '/v1/leads', {
      as: session,
      json: { name: 'Li' },
      headers: { 'accept-language': 'zh-CN' },
    });
    expect([status, json.errors]).toEqual([
      400,
      [{ field: 'emails[0]', reason: 'TAKEN', message: '已被占用。', params: {} }],
    ]);
  });

  test('speaks the language of who is signed in, unless they ask for another', async () => {
    const as = identity.signIn({ permissions: RIGHTS, locale: 'zh-CN' });
    const titleFor = async (headers: Record<string, string>) =>
      (await gateway.ask('POST', '/v1/leads', { as, json: {}, headers })).json.title;
    expect(await titleFor({})).toBe('请求有误');
    expect(await titleFor({ 'accept-language': 'en' })).toBe('Invalid request');
  });

  test('of a rule is 422', async () => {
    house.answer = async () => {
      throw refused('IDEMPOTENCY_KEY_REUSED', 'This key was used for another request.');
    };
    const { status, json } = await gateway.ask('POST', '/v1/leads', { as: session, json: { name: 'Li' } });
    expect([status, json.reason, json.detail]).toEqual([
      422,
      'IDEMPOTENCY_KEY_REUSED',
      'This key was used for another request.',
    ]);
  });

  test('that is a mistake of ours tells nothing', async () => {
    house.answer = async () => {
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
    ['nothing', '', 400, 'BODY_EMPTY'],
    ['GBK', Buffer.from('{"name":"\xcd\xf5"}', 'latin1'), 400, 'BODY_NOT_UTF8'],
    ['too much', JSON.stringify({ name: 'x'.repeat(1_100_000) }), 413, 'BODY_TOO_LARGE'],
  ])('of a body that is %s', async (_, body, status, reason) => {
    const refusal = await gateway.ask('POST', '/v1/leads', {
      as: session,
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect([refusal.status, refusal.json.reason, refusal.json.status]).toEqual([status, reason, status]);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml'])(
    'of the media type %s',
    async (type) => {
      const { status, json } = await gateway.ask('POST', '/v1/leads', {
        as: session,
        body: '{"name":"x"}',
        headers: { 'content-type': type },
      });
      expect([status, json.reason]).toEqual([415, 'MEDIA_TYPE_UNSUPPORTED']);
    },
  );

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
    socket
      .on('data', (data) => (text += data))
      .on('close', () => resolve(text))
      .on('error', reject);
  });

test.each([
  [
    'headers that are too large',
    `GET /v1/leads HTTP/1.1\r\nhost: x\r\nx-a: ${'a'.repeat(20_000)}\r\n\r\n`,
    431,
    'HEADERS_TOO_LARGE',
  ],
  ['what is no HTTP', 'HELLO\r\n\r\n', 400, 'REQUEST_MALFORMED'],
])('%s are refused with a problem', async (_, bytes, status, reason) => {
  const answered = await raw(gateway.url, bytes);
  expect(answered).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answered).toContain(`"reason":"${reason}"`);
});
