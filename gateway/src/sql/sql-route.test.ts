import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Problem } from '@pelagic/chassis/problem';
import {
  SqlServiceService,
  type RunStatementRequest,
  type RunStatementResponse,
} from '@pelagic/proto/crm/analytics/v1/sql';
import { quietLog, startGateway, type TestGateway } from '../testing/gateway.ts';
import { startTestIdentity, type TestIdentity } from '../testing/identity.ts';
import { partly, startService, type TestService } from '../testing/services.ts';

const PATH = '/v1/analytics/sql';

let identity: TestIdentity;
let analytics: TestService;
let gateway: TestGateway;
let key: string;
let asked: RunStatementRequest[];
let ended = 0;

/** Speaks as analytics does: says that it goes on, then answers, refuses, or never ends. */
async function* runStatement(request: RunStatementRequest): AsyncGenerator<RunStatementResponse> {
  asked.push(request);
  try {
    yield { part: { $case: 'progress', value: {} } };
    if (request.statement === 'wrong')
      throw new Problem('INVALID_ARGUMENT', 'SQL_TABLE', 'There is no view x that you may read. (line 1, column 2)', {
        params: { line: '1', column: '2', what: 'x' },
      });
    while (request.statement === 'endless') {
      await sleep(20);
      yield { part: { $case: 'progress', value: {} } };
    }
    yield {
      part: {
        $case: 'head',
        value: { queryId: 'q', format: 'CSV', mediaType: 'text/csv; charset=UTF-8', rows: 1, elapsedMs: 5 },
      },
    };
    yield { part: { $case: 'chunk', value: Buffer.from('1,') } };
    yield { part: { $case: 'chunk', value: Buffer.from('2\n') } };
  } finally {
    ended += 1;
  }
}

beforeAll(async () => {
  asked = [];
  identity = await startTestIdentity(quietLog);
  analytics = await startService([partly(identity.seam, SqlServiceService, { runStatement })]);
  gateway = await startGateway({ identity: identity.address, analytics: analytics.address });
  key = identity.makeKey({ permissions: { 'analytics.query': 'ALL' } });
});
afterAll(async () => {
  await gateway?.stop();
  await analytics?.stop();
  await identity?.stop();
});

const basic = (secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`default:${secret}`).toString('base64')}`,
});

it('passes statements on and answers as ClickHouse does', async () => {
  for (const path of [PATH, `${PATH}/`]) {
    const answer = await gateway.ask('POST', path, { body: 'select 1, 2', headers: basic(key) });
    expect([answer.status, answer.text]).toEqual([200, '1,2\n']);
    expect(answer.headers.get('x-clickhouse-format')).toBe('CSV');
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=UTF-8');
  }
  expect((await gateway.ask('GET', `${PATH}?query=select%203&param_a=1`, { as: key })).status).toBe(200);
  expect(asked.at(-1)).toMatchObject({ statement: 'select 3', parameters: { a: '1' } });
});

it('lets in whoever sends a key as a client of ClickHouse does, here and nowhere else', async () => {
  expect((await gateway.ask('POST', PATH, { body: 'select 1', headers: { 'x-clickhouse-key': key } })).status).toBe(
    200,
  );
  const nobody = await gateway.ask('POST', PATH, { body: 'select 1' });
  expect([nobody.status, nobody.headers.get('x-clickhouse-exception-code')]).toEqual([401, '516']);
  const elsewhere = await gateway.ask('GET', '/v1/analytics/sql/views', { headers: basic(key) });
  expect(elsewhere.json).toMatchObject({ reason: 'CREDENTIAL_MALFORMED' });
});

it('says what is wrong in the form of ClickHouse and in the caller’s language', async () => {
  const english = await gateway.ask('POST', PATH, { as: key, body: 'wrong' });
  expect(english.status).toBe(400);
  expect(english.headers.get('x-clickhouse-exception-code')).toBe('60');
  expect(english.headers.get('x-pelagic-reason')).toBe('SQL_TABLE');
  expect(english.text).toMatch(/^Code: 60\. DB::Exception: There is no view x/);
  const chinese = await gateway.ask('POST', PATH, { as: key, body: 'wrong', headers: { 'accept-language': 'zh-CN' } });
  expect(chinese.text).toContain('第 1 行第 2 列：没有名为“x”的视图');
});

it.each([
  [`${PATH}?max_execution_time=0`, 'select 1', {}, 'SQL_SETTING'],
  [PATH, '', {}, 'INVALID_FIELDS'],
  [PATH, 'x'.repeat(200_000), {}, 'INVALID_FIELDS'],
  [PATH, 'x'.repeat(2_000_000), {}, 'BODY_TOO_LARGE'],
  [PATH, 'select 1', { 'content-encoding': 'lz4' }, 'MEDIA_TYPE_UNSUPPORTED'],
])('refuses %s', async (path, body, headers, reason) => {
  const before = asked.length;
  const answer = await gateway.ask('POST', path, { as: key, body, headers });
  expect(answer.headers.get('x-pelagic-reason')).toBe(reason);
  expect(asked).toHaveLength(before);
});

it('ends the query when its caller goes away', async () => {
  const before = ended;
  const going = new AbortController();
  const gone = fetch(gateway.url + PATH, {
    method: 'POST',
    body: 'endless',
    headers: basic(key),
    signal: going.signal,
  });
  await sleep(300);
  going.abort();
  await expect(gone).rejects.toThrow();
  await expect.poll(() => ended, { timeout: 5_000 }).toBe(before + 1);
});

it('ends the query of a key that is taken back', async () => {
  const own = identity.makeKey({ permissions: { 'analytics.query': 'ALL' } });
  const before = ended;
  const gone = fetch(gateway.url + PATH, { method: 'POST', body: 'endless', headers: basic(own) });
  await sleep(300);
  identity.revoke(own);
  expect((await gone).headers.get('x-pelagic-reason')).toBe('CANCELLED');
  await expect.poll(() => ended, { timeout: 5_000 }).toBe(before + 1);
});
