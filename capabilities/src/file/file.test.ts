import { createHash } from 'node:crypto';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fileClient } from '../testing/files.ts';
import type { Host, HostPerson } from '../testing/host.ts';
import { openSetting } from '../testing/setting.ts';
import { spawnWorker } from '../testing/spawn-worker.ts';
import { checkTableName } from './file-name.ts';

let setting: Awaited<ReturnType<typeof openSetting>>;
let host: Host;
let someone: HostPerson;

beforeAll(async () => {
  setting = await openSetting('file');
  host = setting.host;
});

beforeEach(async () => {
  someone = await host.person();
});

afterAll(() => setting.close());

const upload = (name: string, bytes: Buffer | Iterable<Buffer>, person = someone) => {
  const client = fileClient(host.address(), person.token);
  return client.upload(name, bytes).finally(client.close);
};

const download = (id: string, person = someone) => {
  const client = fileClient(host.address(), person.token);
  return client.download(id).finally(client.close);
};

const onDisk = () => readdir(join(setting.dir, 'customer')).catch((): string[] => []);

describe('a file', () => {
  it('comes back as it was', async () => {
    const bytes = Buffer.from(`Name\n${'王小明\n'.repeat(200_000)}`);
    const { id, size, sha256 } = await upload('客户 2026.csv', [
      bytes.subarray(0, 1_000_001),
      bytes.subarray(1_000_001),
    ]);
    expect(size).toBe(String(bytes.length));
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    const back = await download(id);
    expect(back.name).toBe('客户 2026.csv');
    expect(back.bytes.equals(bytes)).toBe(true);
  });

  it('is nobody else’s', async () => {
    const { id } = await upload('a.csv', Buffer.from('a'));
    const other = await host.person();
    await expect(download(id, other)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('leaves nothing behind when it is refused', async () => {
    const before = (await onDisk()).length;
    const large = function* () {
      const piece = Buffer.alloc(1024 * 1024, 'a');
      for (let count = 0; count < 51; count += 1) yield piece;
    };
    await expect(upload('a.csv', large())).rejects.toMatchObject({
      fields: [{ field: 'file', reason: 'FILE_TOO_LARGE' }],
    });
    await expect(upload('a.csv', Buffer.alloc(10))).rejects.toMatchObject({
      fields: [{ field: 'file', reason: 'NOT_A_TABLE' }],
    });
    await expect(upload('a.csv', Buffer.from('PK\x03\x04'))).rejects.toMatchObject({
      fields: [{ field: 'file', reason: 'WRONG_FILE_TYPE' }],
    });
    expect(await onDisk()).toHaveLength(before);
    expect(
      await host.database.sql.selectFrom('file').select('id').where('owner_id', '=', someone.id).execute(),
    ).toEqual([]);
  }, 60_000);

  it('is forgotten in time, and so are bytes without a file', async () => {
    const [old, fresh] = [await upload('old.csv', Buffer.from('a')), await upload('fresh.csv', Buffer.from('a'))];
    await host.database.sql
      .updateTable('file')
      .set({ expire_time: new Date(0) })
      .where('id', '=', old.id)
      .execute();
    const [orphan, young] = ['0195', '0196'].map((name) => join(setting.dir, 'customer', name));
    await writeFile(orphan!, 'x');
    await writeFile(young!, 'x');
    await utimes(orphan!, 0, 0);
    await host.files.clean();
    expect(await onDisk()).toEqual(expect.arrayContaining([fresh.id, '0196']));
    expect(await onDisk()).not.toEqual(expect.arrayContaining([old.id]));
    expect(await onDisk()).not.toContain('0195');
    await expect(download(old.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await download(fresh.id)).bytes.toString()).toBe('a');
  });
});

describe('a process that dies', () => {
  const dieAt = (step: string, environment: NodeJS.ProcessEnv) =>
    spawnWorker({ FILES_DIR: setting.dir, DATABASE_URL: setting.url, PELAGIC_CRASH_AT: step, ...environment }).gone;

  it('between bytes and row leaves bytes that nobody finds, and the cleaning after a day', async () => {
    const before = await onDisk();
    expect(await dieAt('file.written', { FILE: 'Name\na' })).toBe('SIGKILL');
    const [left] = (await onDisk()).filter((name) => !before.includes(name)) as [string];
    await expect(download(left)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await host.files.clean();
    expect(await onDisk()).toContain(left);
    await utimes(join(setting.dir, 'customer', left), 0, 0);
    await host.files.clean();
    expect(await onDisk()).not.toContain(left);
  }, 60_000);

  it('while it cleans leaves a row that no longer counts, and the next cleaning deletes', async () => {
    const { id } = await upload('old.csv', Buffer.from('a'));
    const rows = () => host.database.sql.selectFrom('file').select('id').where('id', '=', id).execute();
    await host.database.sql
      .updateTable('file')
      .set({ expire_time: new Date(0) })
      .where('id', '=', id)
      .execute();
    expect(await dieAt('file.deleted', { CLEAN: '1' })).toBe('SIGKILL');
    expect([await onDisk(), await rows()]).toEqual([expect.not.arrayContaining([id]), [{ id }]]);
    await host.files.clean();
    expect(await rows()).toEqual([]);
  }, 60_000);
});

describe('the name of a table', () => {
  it.each([
    ['../../etc/passwd.csv', 'BAD_FILE_NAME'],
    ['a\\b.csv', 'BAD_FILE_NAME'],
    ['a\u0000.csv', 'BAD_FILE_NAME'],
    ['a\n.csv', 'BAD_FILE_NAME'],
    ['vsc\u202e.csv', 'BAD_FILE_NAME'],
    ['CON.csv', 'BAD_FILE_NAME'],
    ['..', 'REQUIRED'],
    ['  ', 'REQUIRED'],
    [`${'深'.repeat(100)}.csv`, 'TOO_LONG'],
    ['a.exe', 'UNSUPPORTED_FILE_TYPE'],
    ['a.csv.xls', 'UNSUPPORTED_FILE_TYPE'],
  ])('%j is refused', (name, reason) => {
    expect(() => checkTableName(name)).toThrow(
      expect.objectContaining({ fields: [expect.objectContaining({ reason })] }),
    );
  });

  it('is trimmed and composed', () => {
    expect(checkTableName('  Kunden Mu\u0308ller.XLSX ')).toBe('Kunden Müller.XLSX');
  });
});
