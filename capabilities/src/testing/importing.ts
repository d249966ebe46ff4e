import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { ColumnMapping, ImportSettings, Job } from '@pelagic/proto/crm/capability/v1/job';
import { csvBytes } from '../sheet/csv.ts';
import { xlsxBytes } from '../sheet/xlsx.ts';
import { fileClient } from './files.ts';
import type { Host, HostPerson } from './host.ts';
import { openSetting } from './setting.ts';

/** A file of three leads: in Chinese and English, one without a phone, one with a comma and quotes. */
export const TABLE = [
  ['姓名', '公司', '手机号*', '邮箱', '备注'],
  ['王小明', '深蓝科技', '138-0013-8000', 'wang@example.com', '展会'],
  ['李芳', '远洋物流', '13900139000', '', ''],
  ['Ann Lee', 'Blue Ltd', '', 'ANN@example.com', 'a, "b"'],
];

export const text = (rows: string[][]): string =>
  rows
    .map((row) => row.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(','))
    .join('\n');

/** Names and phones, each once, from a number on. */
export const people = (count: number): string[][] => [
  ['Name', 'Phone'],
  ...Array.from({ length: count }, (_, index) => [`n${index}`, String(13_800_000_000 + index)]),
];

async function* inOne(rows: string[][]): AsyncGenerator<string[][]> {
  yield rows;
}

export const book = async (rows: string[][]): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(xlsxBytes(inOne(rows))));
export const csv = async (rows: string[][]): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(csvBytes(inOne(rows))));

export const map = (...pairs: [string, string][]): ColumnMapping[] =>
  pairs.map(([column, field]) => ({ column, field, values: {} }));

/** What tests of imports do again and again, for one person. */
export const importing = (host: Host, someone: HostPerson) => {
  const withFiles = async <T>(work: (client: ReturnType<typeof fileClient>) => Promise<T>): Promise<T> => {
    const client = fileClient(host.address(), someone.token);
    return work(client).finally(client.close);
  };
  const upload = (name: string, bytes: Buffer | string): Promise<string> =>
    withFiles(async (client) => (await client.upload(name, Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes))).id);

  /** Uploads, takes the proposed mapping, and queues the job. */
  const start = async (
    name: string,
    bytes: Buffer | string,
    settings: Partial<ImportSettings> = {},
    noun = 'lead',
  ): Promise<string> => {
    const fileId = await upload(name, bytes);
    const { mapping } = await someone.jobs.inspectImport({ noun, fileId });
    return (await someone.jobs.startImport({ noun, settings: { fileId, mapping, ...settings } })).job!.id;
  };

  /** The same, to its end. */
  const bring = async (...file: Parameters<typeof start>): Promise<Job> => {
    const id = await start(...file);
    await host.runJob(id);
    return (await someone.jobs.getJob({ id })).job!;
  };

  return {
    upload,
    start,
    bring,
    download: (job: Job): Promise<Buffer> =>
      withFiles(async (client) => (await client.download(job.resultFileId!)).bytes),
    leads: async () =>
      (await host.database.sql.selectFrom('lead').selectAll().orderBy('name').execute()) as Record<string, any>[],
  };
};

const TABLES = ['lead', 'department', 'history', 'outbox', 'job', 'import_identity', 'custom_field'];

const emptyTables = async ({ database }: Host): Promise<void> => {
  for (const table of TABLES) await database.sql.deleteFrom(table).execute();
};

export type Importing = { host: Host; someone: HostPerson; tools: ReturnType<typeof importing> };

/** Before each test of a file: empty tables, somebody new who may do everything, and the tools to import with. */
export const beforeEachImport = (name: string, take: (each: Importing) => void): void => {
  let setting: Awaited<ReturnType<typeof openSetting>>;
  beforeAll(async () => {
    setting = await openSetting(name);
  });
  beforeEach(async () => {
    const { host } = setting;
    await emptyTables(host);
    const someone = await host.person();
    take({ host, someone, tools: importing(host, someone) });
  });
  afterAll(() => setting.close());
};
