import { publicCaller } from '@pelagic/chassis/caller';
import { runIn } from '@pelagic/chassis/context';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { anEmployee, PASSWORD, startIdentity, tokenOf, type TestIdentity } from '../testing/start-identity.ts';

let identity: TestIdentity;
let admin: string;
let rootId: string;

beforeAll(async () => {
  identity = await startIdentity('session');
  await identity.bootstrap();
  admin = await identity.signIn('admin');
  rootId = (await identity.departments.listDepartments({ onDate: '', includeClosed: false }, await identity.as(admin)))
    .departments[0]!.id;
});
afterAll(() => identity.stop());

let people = 0;
const newPerson = async () => {
  const login = `person${(people += 1)}`;
  const { id } = await identity.invite(admin, { name: `人员${people}`, login, departmentId: rootId });
  return { id, login };
};
const reasonOf = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    ({ reason }: { reason: string }) => reason,
  );

describe('a session', () => {
  it('knows the caller, what they may do and the enterprise', async () => {
    const session = await identity.sessions.getSession({}, await identity.as(admin));
    expect(session).toMatchObject({
      name: '管理员甲',
      login: 'admin',
      locale: 'zh-CN',
      timeZone: 'Asia/Shanghai',
      departmentId: rootId,
    });
    expect(session.enterprise).toMatchObject({ name: '远洋科技', baseCurrency: 'CNY' });
    expect(session.permissions).toContainEqual({ permission: 'lead.create', scope: 'ALL' });
    expect(session.permissions).toContainEqual({ permission: 'employee.manage', scope: 'ALL' });
  });

  it('says in which language its person is answered: theirs, or else that of the enterprise', async () => {
    const value = await identity.signIn((await newPerson()).login);
    const locale = async () =>
      (
        await identity.callers.authenticate({
          credential: { $case: 'sessionToken', value },
          remoteAddress: '192.0.2.1',
        })
      ).locale;
    expect(await locale()).toBe('zh-CN');
    const before = await identity.as(value);
    expect((await identity.sessions.getSession({}, before)).locale).toBe('zh-CN');
    await identity.sessions.updateProfile({ locale: 'en' }, before);
    expect(await locale()).toBe('en');
    // Also to a gateway that asks with the token it had: the page that is drawn anew would go back to the other language.
    expect((await identity.sessions.getSession({}, before)).locale).toBe('en');
  });

  it('is kept as a hash, and its token cannot be read from anywhere', async () => {
    const token = await identity.signIn('admin');
    const { rows } = await sql<{
      everything: string;
    }>`select string_agg(t::text, '') as everything from (select session::text as t from session union all select event::text from outbox union all select audit_entry::text from audit_entry) all_of_it(t)`.execute(
      identity.database.sql,
    );
    expect(rows[0]!.everything).not.toContain(token);
    expect(rows[0]!.everything).not.toContain(PASSWORD);
  });

  it('ends when it is signed out, revoked, too old or unused', async () => {
    const { login, id } = await newPerson();
    const [out, revoked, old, idle] = await Promise.all([1, 2, 3, 4].map(() => identity.signIn(login)));
    await identity.sessions.signOut({}, await identity.as(out!));
    const { sessions } = await identity.sessions.listSessions({ employeeId: '' }, await identity.as(revoked!));
    expect(sessions).toHaveLength(3);
    await identity.sessions.revokeSession(
      { id: sessions.find(({ current }) => current)!.id },
      await identity.as(revoked!),
    );
    const hashes = sql`employee_id = ${id} and end_time is null`;
    await sql`update session set expire_time = now() where ${hashes} and id = (select id from session where ${hashes} order by id limit 1)`.execute(
      identity.database.sql,
    );
    await sql`update session set last_seen_time = now() - interval '4 days' where ${hashes} and expire_time > now()`.execute(
      identity.database.sql,
    );
    for (const token of [out, revoked, old, idle]) expect(await reasonOf(identity.as(token!))).toBe('SESSION_ENDED');
  });

  it('shows others’ sessions only to who manages employees', async () => {
    const { login, id } = await newPerson();
    const mine = await identity.signIn(login);
    const other = await newPerson();
    await expect(
      identity.sessions.listSessions({ employeeId: other.id }, await identity.as(mine)),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const { sessions } = await identity.sessions.listSessions({ employeeId: id }, await identity.as(admin));
    expect(sessions).toHaveLength(1);
    const theirs = await identity.signIn(other.login);
    const { sessions: others } = await identity.sessions.listSessions({ employeeId: '' }, await identity.as(theirs));
    await expect(identity.sessions.revokeSession({ id: others[0]!.id }, await identity.as(mine))).rejects.toMatchObject(
      { code: 'NOT_FOUND' },
    );
    await identity.sessions.revokeSession({ id: others[0]!.id }, await identity.as(admin));
    expect(await reasonOf(identity.as(theirs))).toBe('SESSION_ENDED');
  });

  it('is out of every service five seconds after it was revoked, whoever has its token', async () => {
    const session = await identity.signIn((await newPerson()).login);
    const caller = await identity.as(session);
    const { sessionId } = await identity.sessions.getSession({}, caller);
    await identity.sessions.revokeSession({ id: sessionId }, await identity.as(admin));
    const revoked = Date.now();
    while ((await reasonOf(identity.sessions.getSession({}, caller))) === 'ok') {
      expect(Date.now() - revoked).toBeLessThan(5_000);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(await reasonOf(identity.sessions.getSession({}, caller))).toBe('TOKEN_INVALID');
  });
});

describe('a password', () => {
  const NEXT = 'violet kettle snow 41';

  it('is changed with the one before; every other session ends', async () => {
    const { login } = await newPerson();
    const [here, elsewhere] = [await identity.signIn(login), await identity.signIn(login)];
    const change = async (currentPassword: string, newPassword: string) =>
      identity.sessions.changePassword({ currentPassword, newPassword }, await identity.as(here));
    await expect(change('wrong wrong wrong', NEXT)).rejects.toMatchObject({
      fields: [{ field: 'currentPassword', reason: 'WRONG_PASSWORD' }],
    });
    await expect(change(PASSWORD, 'short')).rejects.toMatchObject({
      fields: [{ field: 'newPassword', reason: 'PASSWORD_TOO_SHORT' }],
    });
    await expect(change(PASSWORD, `${login}-${login}`)).rejects.toMatchObject({
      fields: [{ field: 'newPassword', reason: 'PASSWORD_COMMON' }],
    });
    await expect(change(PASSWORD, PASSWORD)).rejects.toMatchObject({
      fields: [{ field: 'newPassword', reason: 'PASSWORD_SAME' }],
    });
    await change(PASSWORD, NEXT);
    expect(await reasonOf(identity.as(here))).toBe('ok');
    expect(await reasonOf(identity.as(elsewhere))).toBe('SESSION_ENDED');
    expect(await reasonOf(identity.signIn(login, PASSWORD))).toBe('WRONG_CREDENTIALS');
    expect(await reasonOf(identity.signIn(login, NEXT))).toBe('ok');
  });

  it('is hashed with argon2id, 19 MiB and two passes at least', async () => {
    const { rows } = await sql<{ password_hash: string }>`select password_hash from credential`.execute(
      identity.database.sql,
    );
    for (const { password_hash: hash } of rows) {
      const [, memory, passes] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$/.exec(hash)!;
      expect(Number(memory)).toBeGreaterThanOrEqual(19_456);
      expect(Number(passes)).toBeGreaterThanOrEqual(2);
    }
  });

  it('is set by a link that is good once, of two at the same moment one', async () => {
    const { id, login } = await newPerson();
    const open = await identity.signIn(login);
    const { url } = await identity.employees.createResetLink({ id }, await identity.as(admin));
    expect(url).toMatch(/^http:\/\/crm\.test\/link#[\w-]{43}$/);
    const redeem = (newPassword: string) =>
      identity.sessions.redeemLink({ token: tokenOf(url), newPassword, bootstrap: undefined });
    expect(await identity.sessions.getLink({ token: tokenOf(url) })).toEqual({ purpose: 'reset', login });
    await expect(redeem('password1234')).rejects.toMatchObject({ fields: [{ field: 'newPassword' }] });
    const answers = await Promise.all([reasonOf(redeem(NEXT)), reasonOf(redeem(`${NEXT} too`))]);
    expect(answers.toSorted()).toEqual(['LINK_GONE', 'ok']);
    expect(await reasonOf(redeem(NEXT))).toBe('LINK_GONE');
    expect(await reasonOf(identity.as(open))).toBe('SESSION_ENDED');
  });

  it('leaves one entry of the audit trail for each use of a link, with its address and how it ended', async () => {
    const { employee } = await identity.employees.createEmployee(
      { employee: anEmployee({ name: '新来', login: 'newcomer', departmentId: rootId }), fromDate: '', requestId: '' },
      await identity.as(admin),
    );
    const { url } = await identity.employees.createResetLink({ id: employee!.id }, await identity.as(admin));
    const redeem = () =>
      runIn({ caller: publicCaller('192.0.2.44'), deadline: Date.now() + 5_000 }, () =>
        identity.sessions.redeemLink({ token: tokenOf(url), newPassword: NEXT, bootstrap: undefined }),
      );
    await redeem();
    await expect(redeem()).rejects.toMatchObject({ reason: 'LINK_GONE' });
    const entries = async () =>
      (
        await sql<Record<string, string>>`
          select outcome, remote_address, actor_id from audit_entry where action = 'redeem_link' and (record_id = ${employee!.id} or remote_address = '192.0.2.44') order by time`.execute(
          identity.database.sql,
        )
      ).rows;
    await expect.poll(entries, { timeout: 10_000 }).toEqual([
      { outcome: 'ok', remote_address: '192.0.2.44', actor_id: employee!.id },
      { outcome: 'LINK_GONE', remote_address: '192.0.2.44', actor_id: null },
    ]);
  });

  it('cannot be set by a link that a newer one replaced, or that is a day old', async () => {
    const { id } = await newPerson();
    const link = async () => tokenOf((await identity.employees.createResetLink({ id }, await identity.as(admin))).url);
    const [first, second] = [await link(), await link()];
    const redeem = (token: string) =>
      reasonOf(identity.sessions.redeemLink({ token, newPassword: NEXT, bootstrap: undefined }));
    expect(await redeem(first)).toBe('LINK_GONE');
    await sql`update one_time_link set expire_time = now()`.execute(identity.database.sql);
    expect(await redeem(second)).toBe('LINK_GONE');
    expect(await redeem('x'.repeat(43))).toBe('LINK_GONE');
  });
});

describe('a job', () => {
  const jobToken = async (employeeId: string, sessionId: string) =>
    reasonOf(identity.callers.issueJobToken({ employeeId, sessionId }, await identity.service('customer')));

  it('goes on after its person signed out, and ends when the session is revoked, the password changed or the person suspended', async () => {
    const { id, login } = await newPerson();
    const [out, revoked, other, changed] = await Promise.all([1, 2, 3, 4].map(() => identity.signIn(login)));
    const idOf = async (token: string) => (await identity.sessions.getSession({}, await identity.as(token))).sessionId;
    const ids = {
      out: await idOf(out!),
      revoked: await idOf(revoked!),
      other: await idOf(other!),
      changed: await idOf(changed!),
    };
    expect(await jobToken(id, ids.revoked)).toBe('ok');
    await identity.sessions.signOut({}, await identity.as(out!));
    expect(await jobToken(id, ids.out)).toBe('ok');
    await identity.sessions.revokeSession({ id: ids.revoked }, await identity.as(admin));
    expect(await jobToken(id, ids.revoked)).toBe('CALLER_GONE');
    await identity.sessions.changePassword(
      { currentPassword: PASSWORD, newPassword: 'violet kettle snow 41' },
      await identity.as(changed!),
    );
    expect(await jobToken(id, ids.other)).toBe('CALLER_GONE');
    expect(await jobToken(id, ids.changed)).toBe('ok');
    expect(await jobToken(id, '')).toBe('ok');
    await identity.employees.suspendEmployee({ id, reason: '', version: 0 }, await identity.as(admin));
    expect(await jobToken(id, ids.changed)).toBe('CALLER_GONE');
    expect(await jobToken(id, '')).toBe('CALLER_GONE');
  });

  it('is nothing that another person’s session could start, nor anybody but a service', async () => {
    const { id } = await newPerson();
    const { sessionId } = await identity.sessions.getSession({}, await identity.as(admin));
    expect(await jobToken(id, sessionId)).toBe('CALLER_GONE');
    await expect(
      identity.callers.issueJobToken({ employeeId: id, sessionId: '' }, await identity.as(admin)),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});

describe('a service', () => {
  it('proves itself with its secret', async () => {
    await expect(identity.callers.issueServiceToken({ service: 'customer', secret: 'guess' })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      reason: 'SERVICE_REFUSED',
    });
    await expect(identity.callers.issueServiceToken({ service: 'ghost', secret: 'guess' })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      reason: 'SERVICE_REFUSED',
    });
    await expect(identity.service('customer')).resolves.toBeDefined();
  });

  it('learns the grants of a version, and nobody’s who may not sign in', async () => {
    const { id } = await newPerson();
    const ask = async (grantsVersion: string) =>
      identity.callers.getGrants({ employeeId: id, grantsVersion, apiKeyId: '' }, await identity.service('customer'));
    expect(await ask('1:2026-01-01')).toMatchObject({
      grantsVersion: '1:2026-01-01',
      departmentId: rootId,
      departmentIds: [rootId],
      subordinateIds: [],
      timeZone: 'Asia/Shanghai',
    });
    await expect(ask('yesterday')).rejects.toMatchObject({ fields: [{ field: 'grantsVersion' }] });
    await identity.employees.suspendEmployee({ id, reason: '', version: 0 }, await identity.as(admin));
    await expect(ask('1:2026-01-01')).rejects.toMatchObject({ code: 'UNAUTHENTICATED', reason: 'CALLER_GONE' });
  });
});
