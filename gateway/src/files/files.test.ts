import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Problem } from '@pelagic/chassis/problem';
import { FileHead, FileServiceService } from '@pelagic/proto/crm/capability/v1/file';
import { UPLOAD_MAX } from '../limits.ts';
import { quietLog, startGateway, type TestGateway } from '../testing/gateway.ts';
import { startTestIdentity, type TestIdentity } from '../testing/identity.ts';
import { partly, startService, type TestService } from '../testing/services.ts';
import { contentDisposition } from './download.ts';

const ID = '019d433a-b8c0-7abc-8def-0123456789ab';

let identity: TestIdentity;
let customer: TestService;
let gateway: TestGateway;
let session: string;
let uploaded: { head: FileHead; size: number; sha256: string }[] = [];
let refusal: Problem | undefined;
let file: { head: FileHead; chunks: () => AsyncIterable<Buffer> };

beforeAll(async () => {
  identity = await startTestIdentity(quietLog);
  customer = await startService([
    partly(identity.seam, FileServiceService, {
      uploadFile: async (requests) => {
        let head: FileHead | undefined;
        let size = 0;
        const hash = createHash('sha256');
        for await (const { part } of requests) {
          if (part?.$case === 'head') head = part.value;
          if (refusal) throw refusal;
          if (part?.$case !== 'chunk') continue;
          hash.update(part.value);
          size += part.value.length;
        }
        uploaded.push({ head: head!, size, sha256: hash.digest('hex') });
        return { id: ID, name: head!.name, size: String(size), sha256: uploaded.at(-1)!.sha256 };
      },
      downloadFile: async function* ({ id }) {
        if (id !== ID) throw new Problem('NOT_FOUND', 'NOT_FOUND', 'There is no such file, or it is not yours to see.');
        yield { part: { $case: 'head', value: file.head } };
        for await (const value of file.chunks()) yield { part: { $case: 'chunk', value } };
      },
    }),
  ]);
  gateway = await startGateway({ identity: identity.address, customer: customer.address });
});
afterAll(async () => {
  await gateway.stop();
  await customer.stop();
  await identity.stop();
});
beforeEach(() => {
  session = identity.signIn({ permissions: {} });
  uploaded = [];
  refusal = undefined;
});

const head = (fields: Partial<FileHead>) => FileHead.fromPartial({ service: 'customer', ...fields });

const upload = (body: Buffer | string, headers: Record<string, string>, as: string | undefined = session) =>
  gateway.ask('POST', '/v1/customer/files', { ...(as && { as }), body: body as string, headers });

const part = (name: string, rest: string): string =>
  `--x\r\ncontent-disposition: form-data; name="${name}"; filename="a.csv"\r\n\r\n${rest}`;

describe('an upload', () => {
  const bytes = randomBytes(3_000_000);
  const sha256 = createHash('sha256').update(bytes).digest('hex');

  test('as bare bytes', async () => {
    const { status, json } = await upload(bytes, {
      'content-type': 'text/csv',
      'x-file-name': encodeURIComponent('线索 2026.csv'),
    });
    expect([status, json]).toEqual([200, { id: ID, name: '线索 2026.csv', size: '3000000', sha256 }]);
    expect(uploaded[0]!.head).toEqual(head({ name: '线索 2026.csv', mediaType: 'text/csv' }));
  });

  test('as a form', async () => {
    const form = new FormData();
    form.set('note', 'ignored');
    form.set('file', new File([bytes], '线索.xlsx', { type: 'application/vnd.ms-excel' }));
    const { status, json } = await gateway.ask('POST', '/v1/customer/files', { as: session, body: form });
    expect([status, json.sha256]).toEqual([200, sha256]);
    expect(uploaded[0]!.head).toEqual(head({ name: '线索.xlsx', mediaType: 'application/vnd.ms-excel' }));
  });

  test('to be attached says so', async () => {
    const send = (purpose: string) =>
      gateway.ask('POST', `/v1/customer/files?purpose=${purpose}`, {
        as: session,
        body: 'a',
        headers: { 'content-type': 'text/plain', 'x-file-name': 'a.txt' },
      });
    expect((await send('FILE_PURPOSE_ATTACHMENT')).status).toBe(200);
    expect(uploaded[0]!.head).toMatchObject({ purpose: 'FILE_PURPOSE_ATTACHMENT' });
    for (const purpose of ['WALLPAPER', 'a&purpose=b'])
      expect((await send(purpose)).json.errors).toMatchObject([{ field: 'purpose' }]);
  });

  test.each([
    ['that is none', 'multipart/form-data; boundary=x', '\0\0'],
    ['without a boundary', 'multipart/form-data', 'a,b'],
    ['that names a prototype', 'multipart/form-data; boundary=x', part('__proto__', 'a,b\r\n--x--')],
    ['that ends within its file', 'multipart/form-data; boundary=x', part('file', 'a,b')],
  ])('as a form %s is refused', async (_, type, body) => {
    const { status, json } = await upload(body, { 'content-type': type });
    expect([status, json.reason, uploaded]).toEqual([400, 'FORM_MALFORMED', []]);
  });

  test('of a byte more than the limit is refused and not kept', async () => {
    const { status, json } = await upload(Buffer.alloc(UPLOAD_MAX + 1), {
      'x-file-name': 'more.bin',
      'content-type': 'application/octet-stream',
    });
    expect([status, json.reason, uploaded]).toEqual([413, 'BODY_TOO_LARGE', []]);
  });

  test('that says it is enormous is refused at once', async () => {
    const sender = httpRequest(`${gateway.url}/v1/customer/files`, {
      method: 'POST',
      headers: {
        cookie: `pelagic-7300=${session}`,
        'x-file-name': 'x',
        'content-type': 'text/csv',
        'content-length': '10000000000',
      },
    });
    sender.on('error', () => {});
    sender.write('a');
    const [response] = await once(sender, 'response');
    expect(response.statusCode).toBe(413);
    sender.destroy();
  });

  test('is somebody’s', async () => {
    const { status } = await gateway.ask('POST', '/v1/customer/files', {
      body: 'a,b',
      headers: { 'content-type': 'text/csv', 'x-file-name': 'x.csv' },
    });
    expect(status).toBe(401);
  });

  test.each([
    ['without a name', {}, 'FILE_NAME_MISSING'],
    ['with a name that is not encoded', { 'x-file-name': '100%.csv' }, 'FILE_NAME_MISSING'],
    ['with a name that is too long', { 'x-file-name': 'x'.repeat(300) }, 'INVALID_FIELDS'],
  ] as [string, Record<string, string>, string][])('%s is refused', async (_, headers, reason) => {
    const { status, json } = await upload('a,b', { 'content-type': 'text/csv', ...headers });
    expect([status, json.reason]).toEqual([400, reason]);
  });

  test('loses the folders in its name', async () => {
    await upload('a,b', {
      'content-type': 'text/csv',
      'x-file-name': encodeURIComponent('C:\\Users\\li\\../leads.csv'),
    });
    expect(uploaded[0]!.head.name).toBe('leads.csv');
  });

  test('that the service refuses ends with its problem', async () => {
    refusal = new Problem('RESOURCE_EXHAUSTED', 'TOO_MANY_UPLOADS', 'Your files take up all their room.');
    const { status, json } = await upload(bytes, { 'content-type': 'text/csv', 'x-file-name': 'x.csv' });
    expect([status, json.reason]).toEqual([429, 'TOO_MANY_UPLOADS']);
  });

  test('to a service without files is nothing', async () => {
    const { status } = await gateway.ask('POST', '/v1/weather/files', {
      as: session,
      body: 'a',
      headers: { 'content-type': 'text/csv', 'x-file-name': 'x.csv' },
    });
    expect(status).toBe(404);
  });
});

describe('a download', () => {
  const path = `/v1/customer/files/${ID}`;
  const get = () => fetch(gateway.url + path, { headers: { cookie: `pelagic-7300=${session}` } });

  test('is saved under its name and not shown', async () => {
    const pieces = Array.from({ length: 20 }, () => randomBytes(100_000));
    file = {
      head: head({ name: '失败的行 "1".csv', mediaType: 'text/csv; charset=utf-8', size: '2000000' }),
      chunks: async function* () {
        yield* pieces;
      },
    };
    const response = await get();
    expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.concat(pieces))).toBe(true);
    expect(
      Object.fromEntries(
        ['content-type', 'content-length', 'content-disposition', 'x-content-type-options', 'cache-control'].map(
          (name) => [name, response.headers.get(name)],
        ),
      ),
    ).toEqual({
      'content-type': 'text/csv; charset=utf-8',
      'content-length': '2000000',
      'content-disposition': `attachment; filename="____ _1_.csv"; filename*=UTF-8''${encodeURIComponent('失败的行 "1".csv')}`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
  });

  test.each(['text/html\r\nset-cookie: a=b', '', 'nonsense'])('with the media type %j is bytes', async (mediaType) => {
    file = {
      head: head({ name: 'x', mediaType }),
      chunks: async function* () {
        yield Buffer.from('x');
      },
    };
    expect((await get()).headers.get('content-type')).toBe('application/octet-stream');
  });

  test('from a service that keeps no files is of nothing, and so is an upload to it', async () => {
    const headers = { 'x-file-name': 'a.csv', 'content-type': 'text/csv' };
    for (const { status, json } of [
      await gateway.ask('GET', `/v1/identity/files/${ID}`, { as: session }),
      await gateway.ask('POST', '/v1/identity/files', { as: session, body: 'a', headers }),
    ])
      expect([status, json.reason, json.params]).toEqual([404, 'NO_SUCH_SERVICE', { service: 'identity' }]);
  });

  test('of nobody’s file is 404, of no id 400', async () => {
    expect(
      (await gateway.ask('GET', '/v1/customer/files/019d433a-b8c0-7abc-8def-000000000000', { as: session })).status,
    ).toBe(404);
    expect((await gateway.ask('GET', '/v1/customer/files/passwd', { as: session })).json.errors[0]).toMatchObject({
      field: 'id',
      reason: 'BAD_FORMAT',
    });
  });

  test('ends within five seconds when its person is out', { timeout: 15_000 }, async () => {
    file = {
      head: head({ name: 'long.csv', mediaType: 'text/csv', size: '750' }),
      chunks: async function* () {
        for (let each = 0; each < 150; each += 1) {
          await sleep(100);
          yield Buffer.from('line\n');
        }
      },
    };
    const response = await get();
    identity.revoke(session);
    const revokedMs = Date.now();
    await expect(response.text()).rejects.toThrow();
    expect(Date.now() - revokedMs).toBeLessThan(5_000);
  });
});

test.each([
  ['plain.csv', `attachment; filename="plain.csv"; filename*=UTF-8''plain.csv`],
  ['a"b\\c%.csv', `attachment; filename="a_b_c_.csv"; filename*=UTF-8''a%22b%5Cc%25.csv`],
  ["it's (1)*.csv", `attachment; filename="it's (1)*.csv"; filename*=UTF-8''it%27s%20%281%29%2A.csv`],
  ['x\r\nset-cookie: a=b', `attachment; filename="x__set-cookie: a=b"; filename*=UTF-8''x%0D%0Aset-cookie%3A%20a%3Db`],
])('the name %j', (name, expected) => expect(contentDisposition(name)).toBe(expected));
