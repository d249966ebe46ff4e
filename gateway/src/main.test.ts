import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcesses, type RealProcesses } from './testing/processes.ts';

const PASSWORD = 'correct horse battery staple 9';

let real: RealProcesses;
let cookie = '';

beforeAll(async () => {
  real = await startProcesses();
}, 180_000);
afterAll(() => real?.stop());

const ask = async (method: string, path: string, json?: unknown, own: string = cookie) => {
  const response = await fetch(real.url + path, {
    method,
    headers: { ...(own && { cookie: own }), ...(json !== undefined && { 'content-type': 'application/json' }) },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '',
    json: text ? JSON.parse(text) : undefined,
  };
};

const signIn = async () => {
  const answer = await ask('POST', '/v1/session', { login: 'admin', password: PASSWORD }, '');
  expect(answer).toMatchObject({ status: 200, cookie: expect.stringMatching(/^pelagic-7300=.{40}/) });
  return answer.cookie;
};

const tabOf = async (own: string) => {
  const response = await fetch(`${real.url}/v1/live`, { headers: { cookie: own } });
  expect(response.status).toBe(200);
  const tab = { bytes: '', ended: false };
  void (async () => {
    for await (const chunk of response.body!) tab.bytes += Buffer.from(chunk).toString();
  })()
    .catch(() => {})
    .finally(() => (tab.ended = true));
  return tab;
};

test('an empty enterprise gets its first administrator by a link, who signs in', { timeout: 60_000 }, async () => {
  const bootstrap = {
    name: 'Li Na',
    login: 'admin',
    email: 'li.na@example.com',
    enterpriseName: 'Example',
    locale: 'en',
    timeZone: 'Asia/Shanghai',
    baseCurrency: 'CNY',
    fiscalYearStartMonth: 1,
    region: 'CN',
  };
  const token = await real.bootstrapToken();
  expect(await ask('POST', '/v1/links:redeem', { token, newPassword: PASSWORD, bootstrap })).toMatchObject({
    status: 200,
    json: { login: 'admin' },
  });
  expect((await ask('POST', '/v1/links:redeem', { token, newPassword: PASSWORD, bootstrap })).status).toBe(422);
  expect((await ask('POST', '/v1/session', { login: 'admin', password: 'wrong' })).status).toBe(401);
  cookie = await signIn();
  const session = await ask('GET', '/v1/session');
  expect(session).toMatchObject({ status: 200, json: { name: 'Li Na', enterprise: { baseCurrency: 'CNY' } } });
});

test('rules, versions and masks of a real service come through', async () => {
  const { json: departments } = await ask('GET', '/v1/departments');
  const [root] = departments.departments;
  const changed = await ask('PATCH', `/v1/departments/${root.id}`, { name: 'Head office', version: root.version });
  expect(changed).toMatchObject({ status: 200, json: { name: 'Head office', version: root.version + 1 } });
  expect(await ask('PATCH', `/v1/departments/${root.id}`, { name: 'Other', version: root.version })).toMatchObject({
    status: 409,
    json: { reason: 'VERSION_STALE' },
  });
  expect(await ask('PATCH', `/v1/departments/${root.id}`, { name: '' })).toMatchObject({
    status: 400,
    json: { errors: [{ field: 'name', reason: 'REQUIRED' }] },
  });
});

test('a change is on an open page within two seconds', { timeout: 20_000 }, async () => {
  const tab = await tabOf(cookie);
  const { json: departments } = await ask('GET', '/v1/departments');
  const [root] = departments.departments;
  const beganMs = Date.now();
  await ask('PATCH', `/v1/departments/${root.id}`, { name: 'Main office' });
  await expect
    .poll(() => tab.bytes, { timeout: 8_000, interval: 20 })
    .toContain(`data: {"noun":"department","id":"${root.id}","version":${root.version + 1}}\n\n`);
  expect(Date.now() - beganMs).toBeLessThan(2_000);
});

test(
  'a revoked session is out within five seconds, its open stream as well, without the bus',
  { timeout: 30_000 },
  async () => {
    const other = await signIn();
    const tab = await tabOf(other);
    const { json } = await ask('GET', '/v1/session', undefined, other);
    await real.bus.stop();
    const revokedMs = Date.now();
    expect((await ask('DELETE', `/v1/sessions/${json.sessionId}`)).status).toBe(200);
    await expect.poll(() => tab.ended, { timeout: 8_000, interval: 50 }).toBe(true);
    await expect
      .poll(() => ask('GET', '/v1/session', undefined, other).then(({ status }) => status), { timeout: 8_000 })
      .toBe(401);
    expect(Date.now() - revokedMs).toBeLessThan(5_000);
    expect((await ask('GET', '/v1/session')).status).toBe(200);
    await real.bus.start();
  },
);

test('who signs out is out at once', async () => {
  const own = await signIn();
  expect((await ask('DELETE', '/v1/session', undefined, own)).status).toBe(204);
  expect((await ask('GET', '/v1/session', undefined, own)).status).toBe(401);
});

test('tells how it fares, and leaves when it is told to', { timeout: 30_000 }, async () => {
  expect(await (await real.admin('/metrics')).text()).toContain(
    'http_request_duration_seconds_count{method="GET",route="/v1/session",status="200"}',
  );
  const tab = await tabOf(cookie);
  expect(await real.endGateway()).toBe(0);
  await expect.poll(() => tab.ended).toBe(true);
  expect(tab.bytes).toMatch(/retry: \d+\n\n$/);
});
