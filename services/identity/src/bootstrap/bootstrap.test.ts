import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInRoles } from '../role/built-in.ts';
import { CITY, PASSWORD, SECRETS, startIdentity, tokenOf, type TestIdentity } from '../testing/start-identity.ts';

let identity: TestIdentity;
beforeAll(async () => {
  identity = await startIdentity('bootstrap');
});
afterAll(() => identity.stop());

const link = async () =>
  tokenOf((await identity.command('/bootstrap-link', { 'x-service-secret': SECRETS.identity })).url);
const redeem = (token: string, asked = {}, newPassword = PASSWORD, options = {}) =>
  identity.sessions.redeemLink({ token, newPassword, bootstrap: { ...CITY, ...asked } }, options);

describe('the first administrator', () => {
  it('gets a link from who has identity’s secret', async () => {
    await expect(identity.command('/bootstrap-link', { 'x-service-secret': 'guess' })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    await expect(identity.command('/bootstrap-link', {})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await identity.sessions.getLink({ token: await link() })).toEqual({ purpose: 'bootstrap', login: '' });
  });

  it('is told what is wrong, and the link stays good', async () => {
    const token = await link();
    await expect(
      identity.sessions.redeemLink({ token, newPassword: PASSWORD, bootstrap: undefined }),
    ).rejects.toMatchObject({ fields: [{ field: 'bootstrap', reason: 'REQUIRED' }] });
    await expect(redeem(token, { baseCurrency: 'ABC' })).rejects.toMatchObject({
      fields: [{ field: 'bootstrap.baseCurrency', reason: 'UNKNOWN_CURRENCY' }],
    });
    await expect(redeem(token, { timeZone: 'Nowhere', enterpriseName: '' })).rejects.toMatchObject({
      fields: [{ field: 'bootstrap.timeZone' }, { field: 'bootstrap.enterpriseName' }],
    });
    await expect(redeem(token, {}, 'admin admin admin')).rejects.toMatchObject({
      fields: [{ field: 'newPassword', reason: 'PASSWORD_COMMON' }],
    });
    expect(await identity.sessions.getLink({ token })).toMatchObject({ purpose: 'bootstrap' });
  });

  it('is refused a login that nobody could type', async () => {
    const token = await link();
    await expect(redeem(token, { login: 'a b' })).rejects.toMatchObject({
      fields: [{ field: 'bootstrap.login', reason: 'BAD_LOGIN' }],
    });
  });

  it('makes everything once, however often the link is used, at the simulated time of a seed token', async () => {
    const token = await link();
    const { token: seeding } = await identity.command('/seed-token', {
      'x-service-secret': SECRETS.seed,
      'x-clock': '2024-11-20T01:00:00Z',
    });
    const answers = await Promise.allSettled(
      [1, 2, 3].map(() =>
        redeem(token, { locale: 'en-US', name: 'Ann Lee', login: ' Ann ' }, PASSWORD, { token: seeding }),
      ),
    );
    expect(
      answers
        .filter(({ status }) => status === 'fulfilled')
        .map((answer) => (answer as PromiseFulfilledResult<{ login: string }>).value),
    ).toEqual([{ login: 'ann' }]);
    await expect(link()).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });

    const { rows } = await sql<{
      event: any;
    }>`select event from outbox where noun <> 'audit_entry' order by seq`.execute(identity.database.sql);
    expect(rows.map(({ event }) => event.type.split('.').slice(2, 4).join('.'))).toEqual([
      'enterprise.updated',
      'working_calendar.created',
      ...builtInRoles.map(() => 'role.created'),
      'department.created',
      'employee.created',
    ]);
    const ann = rows.at(-1)!.event;
    for (const { event } of rows)
      expect(event).toMatchObject({
        actorid: ann.subject,
        actorkind: 'employee',
        time: '2024-11-20T01:00:00.000Z',
        businessdate: '2024-11-20',
      });
    expect(ann.data.employee).toMatchObject({
      name: 'Ann Lee',
      state: 'EMPLOYEE_STATE_ACTIVE',
      placements: [{ fromDate: '2024-11-20' }],
    });
    expect(JSON.stringify(rows)).not.toContain('argon2');

    const session = await identity.as(await identity.signIn('ann'));
    const { roles } = await identity.roles.listRoles({}, session);
    expect(roles.map(({ name }) => name)).toEqual([
      'Administrator',
      'Sales manager',
      'Salesperson',
      'Marketing manager',
      'Service manager',
      'Service agent',
      'BI analyst',
      'Read only',
    ]);
  });
});

describe('a seed token', () => {
  const seed = (headers: Record<string, string>) =>
    identity.command('/seed-token', { 'x-service-secret': SECRETS.seed, ...headers });

  it('is only for who has the generator’s secret, and never for the future', async () => {
    await expect(
      seed({ 'x-service-secret': SECRETS.identity, 'x-clock': '2025-01-01T00:00:00Z' }),
    ).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(seed({ 'x-login': 'ann', 'x-clock': '2999-01-01T00:00:00Z' })).rejects.toMatchObject({
      fields: [{ field: 'x-clock' }],
    });
    await expect(seed({ 'x-login': 'nobody', 'x-clock': '2025-01-01T00:00:00Z' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('lets things happen then, and the trail says so', async () => {
    const { token } = await seed({ 'x-login': 'ann', 'x-clock': '2025-02-03T04:05:06Z' });
    const { exchangeRate } = await identity.enterprise.setExchangeRate(
      {
        exchangeRate: {
          id: '',
          version: 0,
          currency: 'USD',
          fromDate: '2025-02-03',
          rate: '7.2',
          createTime: undefined,
        },
      },
      { token },
    );
    const [event] = await identity.events(exchangeRate!.id);
    expect(event).toMatchObject({ time: '2025-02-03T04:05:06.000Z', businessdate: '2025-02-03' });
    expect(exchangeRate!.createTime).toBe('2025-02-03T04:05:06.000Z');
  });

  it('runs a batch of commands, each at its own time, all or none', async () => {
    const { token } = await seed({ 'x-login': 'ann', 'x-clock': 'any', 'x-day': '2025-03-01' });
    const set = (currency: string, rate: string, time: string) => ({
      rpc: 'crm.identity.v1.EnterpriseService/SetExchangeRate',
      request: JSON.stringify({ exchangeRate: { currency, fromDate: '2025-03-01', rate } }),
      token,
      time,
    });
    const { answers } = await identity.seeding.runCommands({
      service: 'identity',
      commands: [set('EUR', '7.7', '2025-03-01T01:00:00Z'), set('GBP', '9.1', '2025-03-02T01:00:00Z')],
    });
    expect(answers.map((answer) => JSON.parse(answer).exchangeRate.createTime)).toEqual([
      '2025-03-01T01:00:00.000Z',
      '2025-03-02T01:00:00.000Z',
    ]);
    const { rows } = await sql<{
      n: string;
    }>`select count(*) as n from audit_entry where action = 'set_exchange_rate'`.execute(identity.database.sql);
    expect(Number(rows[0]!.n)).toBe(3);
    await expect(
      identity.seeding.runCommands({
        service: 'identity',
        commands: [set('JPY', '0.05', '2025-03-03T01:00:00Z'), set('CHF', '-1', '2025-03-03T01:00:00Z')],
      }),
    ).rejects.toBeDefined();
    const session = await identity.as(await identity.signIn('ann'));
    expect((await identity.enterprise.listExchangeRates({ currency: 'JPY' }, session)).exchangeRates).toEqual([]);
    await expect(
      identity.seeding.runCommands({
        service: 'identity',
        commands: [{ ...set('JPY', '1', '2025-03-03T01:00:00Z'), token: session.token }],
      }),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});

describe('identity’s records', () => {
  it('are told to services by snapshot, state, visibility and history', async () => {
    const service = await identity.service('customer');
    const states: { noun: string; version: number; state: string }[] = [];
    for (const noun of ['employee', 'department', 'role', 'enterprise', 'exchange_rate', 'api_key']) {
      for await (const { records } of identity.records.exportSnapshot({ service: 'identity', noun }, service))
        states.push(...records);
    }
    const employee = states.find(({ noun }) => noun === 'employee')!;
    expect(JSON.parse(employee.state)).toMatchObject({ name: 'Ann Lee', placements: [{ fromDate: '2024-11-20' }] });
    expect(employee.state).not.toMatch(/argon2|lastSignInTime":"/);
    const { id } = JSON.parse(employee.state) as { id: string };
    expect((await identity.records.getState({ service: 'identity', noun: 'employee', id }, service)).record).toEqual(
      employee,
    );
    const ann = await identity.as(await identity.signIn('ann'));
    expect(
      (await identity.records.filterVisible({ service: 'identity', noun: 'employee', ids: [id] }, ann)).ids,
    ).toEqual([id]);
    const { entries } = await identity.records.listHistory(
      { service: 'identity', noun: 'employee', recordId: id, pageSize: 0, pageToken: '' },
      ann,
    );
    expect(entries).toHaveLength(1);
    await expect(
      identity.records.exportSnapshot({ service: 'identity', noun: 'employee' }, ann)[Symbol.asyncIterator]().next(),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});
