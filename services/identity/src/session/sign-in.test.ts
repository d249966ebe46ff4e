import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { anEmployee, PASSWORD, startIdentity, tokenOf, type TestIdentity } from '../testing/start-identity.ts';
import { LIMITS, lockMs } from './sign-in-guard.ts';

let identity: TestIdentity;
let admin: string;
let rootId: string;

beforeAll(async () => {
  identity = await startIdentity('sign_in');
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
const from = (address: string) => (login: string, password: string) =>
  identity.sessions.signIn({ login, password, remoteAddress: address, userAgent: 'test' });
const reasonOf = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    ({ reason }: { reason: string }) => reason,
  );

describe('signing in', () => {
  it('answers the same to a wrong login and a wrong password, and takes as long', async () => {
    const { login } = await newPerson();
    const time = async (name: string, address: string) => {
      const began = performance.now();
      await expect(from(address)(name, 'wrong wrong wrong')).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
        reason: 'WRONG_CREDENTIALS',
        message: 'Login or password is wrong.',
      });
      return performance.now() - began;
    };
    const median = (times: number[]) => times.toSorted((a, b) => a - b)[times.length >> 1]!;
    const [known, unknown]: number[][] = [[], []];
    for (let round = 0; round < 9; round += 1) {
      known!.push(await time(login, `192.0.2.${20 + round}`));
      unknown!.push(await time('nobody', `192.0.2.${40 + round}`));
    }
    const ratio = median(unknown!) / median(known!);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it('takes the login as people type it', async () => {
    const { login } = await newPerson();
    await expect(from('192.0.2.3')(`  ${login.toUpperCase()} `, PASSWORD)).resolves.toMatchObject({
      sessionToken: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  it('locks after five failures, however many come at once; other addresses and other people are free', async () => {
    const { login, id } = await newPerson();
    const attempts = await Promise.all(
      Array.from({ length: 100 }, () => reasonOf(from('198.51.100.9')(login, 'wrong wrong wrong'))),
    );
    expect(attempts.filter((reason) => reason === 'WRONG_CREDENTIALS')).toHaveLength(5);
    expect(attempts.filter((reason) => reason === 'SIGN_IN_LOCKED')).toHaveLength(95);
    await expect(from('198.51.100.9')(login, PASSWORD)).rejects.toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      reason: 'SIGN_IN_LOCKED',
      params: { retryAfterSeconds: expect.stringMatching(/^\d+$/) },
    });
    await expect(from('198.51.100.10')(login, PASSWORD)).resolves.toBeDefined();
    await expect(from('198.51.100.9')((await newPerson()).login, PASSWORD)).resolves.toBeDefined();
    await sql`update sign_in_failure set locked_until = now()`.execute(identity.database.sql);
    await expect(from('198.51.100.9')(login, PASSWORD)).resolves.toBeDefined();
    const { rows } = await sql<{
      outcome: string;
      n: string;
    }>`select outcome, count(*) as n from audit_entry where action = 'sign_in' and actor_id = ${id} group by outcome`.execute(
      identity.database.sql,
    );
    expect(Object.fromEntries(rows.map(({ outcome, n }) => [outcome, Number(n)]))).toEqual({
      WRONG_CREDENTIALS: 4,
      SIGN_IN_LOCKED: 1,
      ok: 2,
    });
  });

  it('from many addresses locks the login, but not where its person is at home', async () => {
    const { login } = await newPerson();
    await from('192.0.2.77')(login, PASSWORD);
    for (let index = 0; index < LIMITS.login.free; index += 1)
      await identity.identity.service.guard.failed(login, `203.0.113.${index}`);
    expect(await reasonOf(from('203.0.113.200')(login, PASSWORD))).toBe('SIGN_IN_LOCKED');
    expect(await reasonOf(from('192.0.2.77')(login, PASSWORD))).toBe('ok');
  });

  it('while the person is being suspended leaves no session that would come back with them', async () => {
    const { login, id } = await newPerson();
    const options = await identity.as(admin);
    const suspend = () => identity.employees.suspendEmployee({ id, reason: '', version: 0 }, options);
    const attempts = await Promise.allSettled([
      ...[1, 2, 3].map((index) => from(`192.0.2.9${index}`)(login, PASSWORD)),
      suspend().then(() => ({ sessionToken: '' })),
      ...[4, 5, 6].map((index) => from(`192.0.2.9${index}`)(login, PASSWORD)),
    ]);
    await identity.employees.reactivateEmployee({ id, version: 0 }, await identity.as(admin));
    for (const attempt of attempts) {
      const token = attempt.status === 'fulfilled' && attempt.value.sessionToken;
      if (token) expect(await reasonOf(identity.as(token))).toBe('SESSION_ENDED');
    }
  });

  it('is locked for longer each time, up to a limit', () => {
    expect([4, 5, 6, 7, 50].map((failures) => lockMs(failures, LIMITS.pair))).toEqual([
      0, 30_000, 60_000, 120_000, 900_000,
    ]);
  });

  it('tells a suspended person so, once they have shown their password', async () => {
    const { login, id } = await newPerson();
    await identity.employees.suspendEmployee({ id, reason: 'leave', version: 0 }, await identity.as(admin));
    expect(await reasonOf(from('192.0.2.5')(login, PASSWORD))).toBe('ACCOUNT_SUSPENDED');
    expect(await reasonOf(from('192.0.2.5')(login, 'wrong wrong wrong'))).toBe('WRONG_CREDENTIALS');
  });
});

describe('employment that is yet to begin', () => {
  const nextMonth = Temporal.Now.plainDateISO('Asia/Shanghai').add({ months: 1 }).toString();
  const notBegun = { code: 'UNAUTHENTICATED', reason: 'EMPLOYMENT_NOT_BEGUN', params: { date: nextMonth } };
  const hire = async (login: string, fields: { roleIds?: string[] } = {}) => {
    const { employee } = await identity.employees.createEmployee(
      {
        employee: anEmployee({ name: login, login, departmentId: rootId, ...fields }),
        fromDate: nextMonth,
        requestId: '',
      },
      await identity.as(admin),
    );
    const { url } = await identity.employees.createResetLink({ id: employee!.id }, await identity.as(admin));
    await identity.sessions.redeemLink({ token: tokenOf(url), newPassword: PASSWORD, bootstrap: undefined });
    return employee!.id;
  };
  /** The day has come: the first placement begins today. */
  const begin = (id: string) =>
    identity.as(admin).then((options) =>
      identity.employees.moveEmployee(
        {
          id,
          departmentId: rootId,
          fromDate: Temporal.Now.plainDateISO('Asia/Shanghai').toString(),
          recordsFollow: false,
          version: 0,
        },
        options,
      ),
    );

  it('takes the password of the invitation, and lets in on its day', async () => {
    const id = await hire('tomorrow');
    await expect(from('192.0.2.6')('tomorrow', PASSWORD)).rejects.toMatchObject(notBegun);
    expect(await reasonOf(from('192.0.2.6')('tomorrow', 'wrong wrong wrong'))).toBe('WRONG_CREDENTIALS');
    const { rows } = await sql<{ outcome: string }>`
      select outcome from audit_entry where action = 'sign_in' and actor_id = ${id} order by time`.execute(
      identity.database.sql,
    );
    expect(rows.map(({ outcome }) => outcome)).toEqual(['EMPLOYMENT_NOT_BEGUN', 'WRONG_CREDENTIALS']);
    await begin(id);
    expect(await reasonOf(from('192.0.2.6')('tomorrow', PASSWORD))).toBe('ok');
  });

  it('lets nothing act as the person by a key', async () => {
    const employeeId = await hire('keyholder');
    const key = { id: '', version: 0, name: '对接', employeeId, permissions: [], allowedAddresses: [], prefix: '' };
    const { secret } = await identity.keys.createApiKey(
      { apiKey: { ...key, rateLimitPerMinute: 0, createTime: undefined } },
      await identity.as(admin),
    );
    const authenticate = () =>
      identity.callers.authenticate({ credential: { $case: 'apiKey', value: secret }, remoteAddress: '10.1.2.3' });
    await expect(authenticate()).rejects.toMatchObject(notBegun);
    await begin(employeeId);
    await expect(authenticate()).resolves.toBeDefined();
  });

  it('leaves no enterprise to an administrator who has not come yet', async () => {
    const { roles } = await identity.roles.listRoles({}, await identity.as(admin));
    const { employeeId, name } = await identity.sessions.getSession({}, await identity.as(admin));
    expect(name).toBe('管理员甲');
    const id = await hire('successor', { roleIds: [roles.find(({ builtIn }) => builtIn)!.id] });
    const leave = async () =>
      identity.employees.suspendEmployee({ id: employeeId, reason: '', version: 0 }, await identity.as(admin));
    await expect(leave()).rejects.toMatchObject({ reason: 'LAST_ADMINISTRATOR' });
    await begin(id);
    await expect(leave()).resolves.toBeDefined();
  });
});
