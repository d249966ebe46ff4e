import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import S3rver from 's3rver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseBucket } from './bucket.ts';
import { openBytes, type Bytes } from './bytes.ts';

let dir: string;
let server: S3rver;
let bucketUrl: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pelagic-bytes-'));
  server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: join(dir, 's3'),
    configureBuckets: [{ name: 'pelagic', configs: [] }],
  });
  const { port } = await server.run();
  bucketUrl = `s3://S3RVER:S3RVER@127.0.0.1:${port}/pelagic?tls=false&path_style=true`;
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

const listed = async (bytes: Bytes, folder: string) => {
  const names: string[] = [];
  for await (const { name, since } of bytes.list(folder)) {
    expect(Math.abs(Date.now() - since.getTime())).toBeLessThan(60_000);
    names.push(name);
  }
  return names.toSorted();
};

describe.each([
  ['a folder', () => openBytes({ FILES_DIR: join(dir, 'folder') })],
  ['a bucket', () => openBytes({ FILES_DIR: '', FILES_URL: bucketUrl })],
])('bytes in %s', (_, open) => {
  it('come back as they were, lie where they were put, and go', async () => {
    const bytes = open();
    expect(await listed(bytes, 'customer')).toEqual([]);
    const large = Buffer.alloc(6_000_000, '客户');
    const pieces = Array.from({ length: 60 }, (_none, at) => large.subarray(at * 100_000, (at + 1) * 100_000));
    await bytes.put('customer/a', Readable.from(pieces));
    await bytes.put('customer-of-others/b', Readable.from([Buffer.from('b')]));
    await bytes.put('sales/b', Readable.from([Buffer.from('b')]));
    expect((await buffer(await bytes.open('customer/a'))).equals(large)).toBe(true);
    expect(await listed(bytes, 'customer')).toEqual(['a']);
    await bytes.move('sales/b', 'sales/c');
    expect(await listed(bytes, 'sales')).toEqual(['c']);
    await bytes.delete('customer/a');
    await bytes.delete('customer/a');
    expect(await listed(bytes, 'customer')).toEqual([]);
    await expect(bytes.open('customer/a').then(buffer)).rejects.toThrow();
  });
});

describe('bytes for a bucket', () => {
  it('that break off are not there, and leave no spool', async () => {
    const bytes = openBytes({ FILES_DIR: '', FILES_URL: bucketUrl });
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        throw new Error('the line is dead');
      })(),
    );
    await expect(bytes.put('broken/a', broken)).rejects.toThrow('the line is dead');
    expect(await listed(bytes, 'broken')).toEqual([]);
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('pelagic-spool-'))).toEqual([]);
  });
});

describe('the URL of a bucket', () => {
  it('says all that is needed', () => {
    expect(parseBucket('s3://key:se%2Fcret@s3.example.com/files?region=cn-north-1')).toEqual({
      bucket: 'files',
      endpoint: 'https://s3.example.com',
      region: 'cn-north-1',
      forcePathStyle: false,
      credentials: { accessKeyId: 'key', secretAccessKey: 'se/cret' },
    });
    expect(parseBucket('s3://minio:9000/files?tls=false&path_style=true')).toEqual({
      bucket: 'files',
      endpoint: 'http://minio:9000',
      region: 'us-east-1',
      forcePathStyle: true,
    });
  });

  it.each([
    'nonsense',
    'https://key:hidden@s3.example.com/files',
    's3://s3.example.com',
    's3://s3.example.com/a/b',
    's3://hidden@s3.example.com/files',
    's3://key:hidden@s3.example.com/files?tls=yes',
  ])('%s is refused, and its secret not said again', (url) => {
    expect(() => parseBucket(url)).toThrow(/^FILES_URL/);
    expect(() => parseBucket(url)).not.toThrow(/hidden/);
  });
});
