import { testDatabase } from '@pelagic/chassis/testing/engines';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job } from '@pelagic/proto/crm/capability/v1/job';
import type { Consumer } from '@pelagic/chassis/consumer';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { startHost, type Host, type HostPerson } from './host.ts';

/** A host on a database and a folder of its own, which go away with it. Its queue does nothing: jobs are run by hand. */
export const openSetting = async (name: string, consumers: Consumer[] = []) => {
  const { url, drop } = await testDatabase(name);
  const dir = await mkdtemp(join(tmpdir(), 'pelagic-files-'));
  const host = await startHost({ url, dir, works: false, consumers });
  return {
    host,
    url,
    dir,
    close: async () => {
      await host.stop();
      await drop();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

/** Leads as they stand in the table, without an import. */
export const addLeads = async (
  { database }: Host,
  count: number,
  values: (index: number) => object,
): Promise<string[]> => {
  const time = new Date('2026-03-01T02:00:00Z');
  const rows = Array.from({ length: count }, (_, index) => {
    const row = { name: `lead ${index}`, ...values(index) };
    return {
      id: uuidv7(),
      version: 1,
      number: `L-${index}`,
      state: 'LEAD_STATE_NEW',
      phones: [`1380000${String(index).padStart(4, '0')}`],
      create_time: time,
      update_time: time,
      search_open: row.name.toLowerCase(),
      ...row,
    };
  });
  for (let at = 0; at < rows.length; at += 500)
    await database.sql
      .insertInto('lead')
      .values(rows.slice(at, at + 500))
      .execute();
  return rows.map(({ id }) => id);
};

/** Runs a job to its end and answers it. */
export const finish = async (host: Host, person: HostPerson, { job }: { job?: Job | undefined }): Promise<Job> => {
  await host.runJob(job!.id);
  return (await person.jobs.getJob({ id: job!.id })).job!;
};
