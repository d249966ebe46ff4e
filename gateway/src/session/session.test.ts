import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Problem } from '@pelagic/chassis/problem';
import { quietLog, startGateway, type TestGateway } from '../testing/gateway.ts';
import { startTestIdentity, type TestIdentity } from '../testing/identity.ts';
import { openUpstreams } from '../upstreams.ts';
import { openAuthenticator } from './authenticator.ts';
import { credentialOf } from './credential.ts';

const ADDRESS = '10.1.1.1';

let identity: TestIdentity;
let gateway: TestGateway;

beforeAll(async () => {
  identity = await startTestIdentity(quietLog);
  gateway = await startGateway({ identity: identity.address });
});
afterAll(async () => {
  await gateway.stop();
  await identity.stop();
});

describe('signing in', () => {
  const signIn = (json: unknown, url = gateway) =>
    url.ask('POST', '/v1/session', { json, headers: { 'user-agent': 'Browser/1' } });

  test('sets a cookie that scripts cannot read, and the answer does not hold it', async () => {
    const token = identity.signIn({ login: 'li.na', password: 'right', permissions: {} });
    const { status, headers, json, text } = await signIn({ login: 'li.na', password: 'right' });
    const cookie = headers.get('set-cookie')!;
    expect([status, Object.keys(json)]).toEqual([200, ['expireTime']]);
    expect(cookie).toMatch(new RegExp(`^pelagic-7300=${token}; Path=/; Expires=[^;]+; HttpOnly; SameSite=Lax$`));
    expect(text).not.toContain(token);
    expect(identity.signIns.at(-1)).toEqual({ login: 'li.na', remoteAddress: '127.0.0.1', userAgent: 'Browser/1' });
  });

  test('over https the cookie is bound to the host', async () => {
    const secure = await startGateway({ identity: identity.address }, { PUBLIC_URL: 'https://crm.example.com' });
    identity.signIn({ login: 'wang', password: 'right', permissions: {} });
    const { headers } = await signIn({ login: 'wang', password: 'right' }, secure);
    expect(headers.get('set-cookie')).toMatch(
      /^__Host-pelagic=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
    );
    await secure.stop();
  });

  test('with a wrong password sets nothing', async () => {
    const { status, headers, json } = await signIn({ login: 'li.na', password: 'wrong' });
    expect([status, json.reason, headers.get('set-cookie')]).toEqual([401, 'WRONG_CREDENTIALS', null]);
  });

  test.each([
    [{ login: 'li.na' }, 'password REQUIRED'],
    [{ login: 'li.na', password: 'x', remoteAddress: '1.2.3.4' }, 'remoteAddress UNKNOWN_FIELD'],
    [{ login: 'li.na', password: 'x', userAgent: '' }, 'userAgent UNKNOWN_FIELD'],
    [[], ' WRONG_TYPE'],
  ])('%j is refused', async (body, expected) => {
    const { status, json } = await signIn(body);
    expect([status, ...json.errors.map(({ field, reason }: Record<string, string>) => `${field} ${reason}`)]).toEqual([
      400,
      expected,
    ]);
  });
});

describe('a session', () => {
  test('that has ended is 401 and takes its cookie along', async () => {
    const { status, headers, json } = await gateway.ask('GET', '/v1/session', { as: 'a-session-that-nobody-has-had' });
    expect([status, json.reason, headers.get('www-authenticate')]).toEqual([
      401,
      'SESSION_ENDED',
      'Bearer realm="pelagic"',
    ]);
    expect(headers.get('set-cookie')).toMatch(/^pelagic-7300=; .*Expires=Thu, 01 Jan 1970/);
  });

  test('that is signed out loses its cookie', async () => {
    const token = identity.signIn({ permissions: {} });
    const { status, headers } = await gateway.ask('DELETE', '/v1/session', { as: token });
    expect([status, headers.get('set-cookie')?.startsWith('pelagic-7300=;')]).toEqual([204, true]);
  });

  test('is asked for again once somebody changed something of themselves', async () => {
    const token = identity.signIn({ permissions: {} });
    const questions = () => identity.asked.filter(({ credential }) => credential === token).length;
    const look = () => gateway.ask('GET', '/v1/session', { as: token });
    await look();
    await look();
    expect(questions()).toBe(1);
    await gateway.ask('PATCH', '/v1/session/profile', { as: token, json: { locale: 'en' } });
    await look();
    expect(questions()).toBe(2);
  });

  test('is needed', async () => {
    const { status, json } = await gateway.ask('GET', '/v1/session');
    expect([status, json.reason]).toEqual([401, 'SIGN_IN_REQUIRED']);
  });
});

test.each([['Basic bGk6bmE='], ['Bearer abc'], ['Bearer '], ['plg_sample_of_a_key_that_is_long_enough']])(
  'the Authorization header %s is refused',
  async (authorization) => {
    const { status, json } = await gateway.ask('GET', '/v1/session', { headers: { authorization } });
    expect([status, json.reason]).toEqual([401, 'CREDENTIAL_MALFORMED']);
  },
);

describe('the authenticator', () => {
  const credential = (secret: string) => credentialOf(undefined, secret)!;
  const open = (at: { ms: number }) =>
    openAuthenticator(openUpstreams(new Map([['identity', identity.address]])), () => at.ms);

  test('asks once for many at the same time, and again after two seconds', async () => {
    const at = { ms: Date.now() };
    const authenticator = open(at);
    const someone = credential(identity.signIn({ permissions: {} }));
    const before = identity.asked.length;
    const answers = await Promise.all(Array.from({ length: 50 }, () => authenticator.authenticate(someone, ADDRESS)));
    expect(new Set(answers.map(({ token }) => token)).size).toBe(1);
    expect(identity.asked.length - before).toBe(1);
    at.ms += 1_900;
    await authenticator.authenticate(someone, ADDRESS);
    expect(identity.asked.length - before).toBe(1);
    at.ms += 200;
    await authenticator.authenticate(someone, ADDRESS);
    expect(identity.asked.length - before).toBe(2);
  });

  test('asks for each address by itself', async () => {
    const authenticator = open({ ms: Date.now() });
    const someone = credential(identity.signIn({ permissions: {} }));
    await authenticator.authenticate(someone, ADDRESS);
    await authenticator.authenticate(someone, '10.1.1.2');
    expect(identity.asked.slice(-2).map(({ address }) => address)).toEqual([ADDRESS, '10.1.1.2']);
  });

  test('never hands out a token in its last three seconds', async () => {
    const at = { ms: Date.now() + 2_100 };
    const authenticator = open(at);
    const someone = credential(identity.signIn({ permissions: {} }));
    const before = identity.asked.length;
    await authenticator.authenticate(someone, ADDRESS);
    await authenticator.authenticate(someone, ADDRESS);
    expect(identity.asked.length - before).toBe(2);
  });

  test('forgets who signed out', async () => {
    const authenticator = open({ ms: Date.now() });
    const secret = identity.signIn({ permissions: {} });
    await authenticator.authenticate(credential(secret), ADDRESS);
    identity.revoke(secret);
    authenticator.forget(credential(secret));
    await expect(authenticator.authenticate(credential(secret), ADDRESS)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    } satisfies Partial<Problem>);
  });

  test('lets nobody in while identity is away, and everybody when it is back', async () => {
    const at = { ms: Date.now() };
    const authenticator = open(at);
    const someone = credential(identity.signIn({ permissions: {} }));
    await authenticator.authenticate(someone, ADDRESS);
    await identity.stop();
    at.ms += 2_100;
    await expect(authenticator.authenticate(someone, ADDRESS)).rejects.toMatchObject({ passing: true });
    const answered = await gateway.ask('GET', '/v1/session', { as: someone.secret });
    expect([503, 504]).toContain(answered.status);
    await identity.restart();
    await expect
      .poll(
        () =>
          authenticator.authenticate(someone, ADDRESS).then(
            () => 'in',
            () => 'out',
          ),
        { timeout: 8_000 },
      )
      .toBe('in');
  });
});

test('a session cookie is read as one only when it can be one', () => {
  expect(credentialOf(undefined, 'short')).toBeUndefined();
  expect(credentialOf(undefined, `${'x'.repeat(30)}"; drop`)).toBeUndefined();
  expect(credentialOf(undefined, undefined)).toBeUndefined();
});

test('a request after a revocation is refused within three seconds', async () => {
  const token = identity.signIn({ permissions: {} });
  await gateway.ask('GET', '/v1/session', { as: token });
  identity.revoke(token);
  const revokedMs = Date.now();
  await expect
    .poll(() => gateway.ask('GET', '/v1/session', { as: token }).then(({ status }) => status), {
      timeout: 6_000,
      interval: 100,
    })
    .toBe(401);
  expect(Date.now() - revokedMs).toBeLessThan(3_000);
});
