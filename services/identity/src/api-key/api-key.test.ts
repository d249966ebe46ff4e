import type { ApiKey } from '@pelagic/proto/crm/identity/v1/api_key';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scope } from '@pelagic/proto/crm/identity/v1/role';
import { aRole, startIdentity, type TestIdentity } from '../testing/start-identity.ts';
import { isAllowedFrom, isNetwork } from './api-key.queries.ts';

describe('addresses', () => {
  it('are single ones or networks', () => {
    for (const good of ['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32', '0.0.0.0/0'])
      expect(isNetwork(good), good).toBe(true);
    for (const bad of ['', '10.0.0', '10.0.0.0/33', '10.0.0.0/8/8', 'example.com', '::/129', '10.0.0.0/'])
      expect(isNetwork(bad), bad).toBe(false);
  });

  it('allow whoever is in one of them, IPv4 in IPv6 included', () => {
    expect(isAllowedFrom([], '203.0.113.1')).toBe(true);
    expect(isAllowedFrom(['10.0.0.0/8', '2001:db8::/32'], '::ffff:10.2.3.4')).toBe(true);
    expect(isAllowedFrom(['10.0.0.0/8', '2001:db8::/32'], '2001:db8::7')).toBe(true);
    expect(isAllowedFrom(['10.0.0.0/8'], '11.0.0.1')).toBe(false);
    expect(isAllowedFrom(['10.0.0.0/8'], '')).toBe(false);
  });
});

let identity: TestIdentity;
let admin: string;
let me: string;

beforeAll(async () => {
  identity = await startIdentity('api_key');
  await identity.bootstrap();
  admin = await identity.signIn('admin');
  me = (await identity.sessions.getSession({}, await as())).employeeId;
});
afterAll(() => identity.stop());

const as = () => identity.as(admin);
const create = async (fields: Partial<ApiKey>) =>
  identity.keys.createApiKey(
    {
      apiKey: {
        id: '',
        version: 0,
        name: '对接',
        employeeId: me,
        permissions: [],
        allowedAddresses: [],
        prefix: '',
        rateLimitPerMinute: 0,
        createTime: undefined,
        ...fields,
      },
    },
    await as(),
  );
const authenticate = (apiKey: string, remoteAddress = '10.1.2.3') =>
  identity.callers.authenticate({ credential: { $case: 'apiKey', value: apiKey }, remoteAddress });

describe('an API key', () => {
  it('is shown once, kept as a hash, and acts as its employee with the rights that it names', async () => {
    const { apiKey, secret } = await create({ permissions: ['lead.read', 'lead.create'], rateLimitPerMinute: 60 });
    expect(secret).toMatch(new RegExp(`^${apiKey!.prefix}_[\\w-]{43}$`));
    expect(apiKey!.prefix).toMatch(/^plg_[0-9a-f]{8}$/);
    const { rows } = await sql<{
      everything: string;
    }>`select string_agg(t, '') as everything from (select api_key::text as t from api_key union all select event::text from outbox union all select audit_entry::text from audit_entry) all_of_it(t)`.execute(
      identity.database.sql,
    );
    expect(rows[0]!.everything).not.toContain(secret.slice(-43));
    const answer = await authenticate(secret);
    expect(answer.rateLimit).toBe(60);
    const session = await identity.sessions.getSession({}, { token: answer.callerToken });
    expect(session).toMatchObject({ employeeId: me, sessionId: '' });
    expect(session.permissions.map(({ permission }) => permission).toSorted()).toEqual(['lead.create', 'lead.read']);
    await expect(
      identity.departments.listDepartments({ onDate: '', includeClosed: false }, { token: answer.callerToken }),
    ).resolves.toBeDefined();
    await expect(identity.keys.listApiKeys({}, { token: answer.callerToken })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    const byKey = { token: answer.callerToken };
    const aboutOneself = await Promise.allSettled([
      identity.sessions.changePassword({ currentPassword: 'x', newPassword: 'y' }, byKey),
      identity.sessions.updateProfile({ locale: 'en' }, byKey),
      identity.sessions.listSessions({ employeeId: '' }, byKey),
      identity.sessions.revokeSession({ id: me }, byKey),
    ]);
    for (const refused of aboutOneself) expect(refused).toMatchObject({ reason: { reason: 'NOT_A_PERSON' } });
  });

  it('is good from its addresses only, until its end or until it is revoked', async () => {
    const { apiKey, secret } = await create({
      allowedAddresses: ['10.0.0.0/8'],
      expireTime: new Date(Date.now() + 60_000).toISOString(),
    });
    await authenticate(secret);
    await expect(authenticate(secret, '192.0.2.1')).rejects.toMatchObject({ reason: 'API_KEY_REFUSED' });
    await expect(authenticate(`${secret}x`)).rejects.toMatchObject({ reason: 'API_KEY_REFUSED' });
    const { apiKeys } = await identity.keys.listApiKeys({}, await as());
    expect(apiKeys.find(({ id }) => id === apiKey!.id)!.lastUsedTime).toBeTruthy();
    await sql`update api_key set expire_time = now() where id = ${apiKey!.id}`.execute(identity.database.sql);
    await expect(authenticate(secret)).rejects.toMatchObject({ reason: 'API_KEY_REFUSED' });
    const other = await create({});
    await authenticate(other.secret);
    await identity.keys.revokeApiKey({ id: other.apiKey!.id }, await as());
    await expect(authenticate(other.secret)).rejects.toMatchObject({ reason: 'API_KEY_REFUSED' });
    const job = async () =>
      identity.callers.issueJobToken(
        { employeeId: me, sessionId: other.apiKey!.id },
        await identity.service('customer'),
      );
    await expect(job()).rejects.toMatchObject({ reason: 'CALLER_GONE' });
    expect((await identity.events(other.apiKey!.id)).map(({ type }) => type)).toEqual([
      'crm.identity.api_key.created.v1',
      'crm.identity.api_key.revoked.v1',
    ]);
  });

  it('starts jobs that may do as little as the key', async () => {
    const { apiKey } = await create({ permissions: ['lead.read'] });
    const { callerToken } = await identity.callers.issueJobToken(
      { employeeId: me, sessionId: apiKey!.id },
      await identity.service('customer'),
    );
    expect((await identity.sessions.getSession({}, { token: callerToken })).permissions).toEqual([
      { permission: 'lead.read', scope: 'ALL' },
    ]);
  });

  it('names nothing that its person may not do, and loses what they lose', async () => {
    const permissions = ['lead.read', 'lead.delete'].map((permission) => ({
      permission,
      scope: Scope.ALL,
      deny: false,
    }));
    const { role } = await identity.roles.createRole(
      { role: aRole({ name: '对接角色', permissions }), requestId: '' },
      await as(),
    );
    const { departmentId } = await identity.sessions.getSession({}, await as());
    const clerk = { name: '文员', login: 'clerk', departmentId, roleIds: [role!.id] };
    const { id: employeeId } = await identity.invite(admin, clerk);
    await expect(create({ employeeId, permissions: ['lead.read', 'lead.export'] })).rejects.toMatchObject({
      fields: [{ field: 'apiKey.permissions[1]', reason: 'OWNER_LACKS_PERMISSION', params: { value: 'lead.export' } }],
    });
    const { secret } = await create({ employeeId, permissions: ['lead.read', 'lead.delete'] });
    const granted = async () => {
      const { callerToken: token } = await authenticate(secret);
      const session = await identity.sessions.getSession({}, { token });
      return session.permissions.map(({ permission }) => permission).toSorted();
    };
    expect(await granted()).toEqual(['lead.delete', 'lead.read']);
    await identity.roles.updateRole(
      { id: role!.id, role: aRole({ permissions: permissions.slice(0, 1) }), updateMask: ['permissions'] },
      await as(),
    );
    expect(await granted()).toEqual(['lead.read']);
  });

  it('is refused with what is wrong about it', async () => {
    await expect(
      create({
        permissions: ['lead.read', 'lead.fly'],
        allowedAddresses: ['home'],
        expireTime: '2020-01-01T00:00:00Z',
      }),
    ).rejects.toMatchObject({
      fields: [
        { field: 'apiKey.permissions[1]', reason: 'UNKNOWN_PERMISSION' },
        { field: 'apiKey.allowedAddresses[0]', reason: 'BAD_ADDRESS' },
        { field: 'apiKey.expireTime', reason: 'PAST' },
      ],
    });
    await expect(create({ employeeId: '019a0000-0000-7000-8000-000000000000' })).rejects.toMatchObject({
      fields: [{ field: 'apiKey.employeeId' }],
    });
  });
});
