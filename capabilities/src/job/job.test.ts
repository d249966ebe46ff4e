import { JobServiceService, type Job } from '@pelagic/proto/crm/capability/v1/job';
import { connect } from '@pelagic/chassis/client';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { onStep } from '@pelagic/chassis/steps';
import { testDatabase, type TestDatabase } from '@pelagic/chassis/testing/engines';
import pg from 'pg';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fileClient } from '../testing/files.ts';
import { everything, startHost, type Host, type HostPerson } from '../testing/host.ts';
import { spawnWorker } from '../testing/spawn-worker.ts';

let engine: TestDatabase;
let dir: string;
let host: Host;
let someone: HostPerson;

beforeAll(async () => {
  engine = await testDatabase('job');
  dir = await mkdtemp(join(tmpdir(), 'pelagic-files-'));
  host = await startHost({ url: engine.url, dir, works: false });
});

beforeEach(async () => {
  for (const table of ['lead', 'history', 'outbox', 'job', 'import_identity', 'lease'])
    await host.database.sql.deleteFrom(table).execute();
  host.state.away = false;
  someone = await host.person();
});

afterAll(async () => {
  await host.stop();
  await engine.drop();
  await rm(dir, { recursive: true, force: true });
});

const table = (count: number, first = 0): string =>
  [
    'Name,Phone',
    ...Array.from({ length: count }, (_, index) => `n${first + index},${13_800_000_000 + first + index}`),
  ].join('\n');

const startImport = async (count: number, { first = 0, person = someone } = {}): Promise<string> => {
  const client = fileClient(host.address(), person.token);
  const { id: fileId } = await client.upload('a.csv', Buffer.from(table(count, first)));
  client.close();
  const { mapping } = await person.jobs.inspectImport({ noun: 'lead', fileId });
  return (await person.jobs.startImport({ noun: 'lead', settings: { fileId, mapping } })).job!.id;
};

const read = async (id: string): Promise<Job> => (await someone.jobs.getJob({ id })).job!;

/** As the queue does: again and again, until the job is over. */
const runUntilOver = async (id: string): Promise<Job> => {
  for (let tries = 0; tries < 60; tries += 1) {
    await host.runJob(id).catch(() => {});
    const job = await read(id);
    if (job.endTime) return job;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('The job is not over.');
};

const expectEachOnce = async (job: Pick<Job, 'id'>, count: number, first = 0, at = host): Promise<void> => {
  const db = at.database.sql;
  expect(await db.selectFrom('job').selectAll().where('id', '=', job.id).executeTakeFirst()).toMatchObject({
    state: 'JOB_STATE_DONE',
    processed: count,
    created: count,
    skipped: 0,
    failed: 0,
  });
  const leads = (await db.selectFrom('lead').select(['id', 'name']).execute()) as { id: string; name: string }[];
  const own = leads.filter(({ name }) => Number(name.slice(1)) >= first && Number(name.slice(1)) < first + count);
  expect(own).toHaveLength(count);
  expect(new Set(own.map(({ name }) => name)).size).toBe(count);
  expect(
    await db
      .selectFrom('outbox')
      .select('id')
      .where(
        'record_id',
        'in',
        own.map(({ id }) => id),
      )
      .execute(),
  ).toHaveLength(count);
  expect(await db.selectFrom('job_row').select('row').where('job_id', '=', job.id).execute()).toHaveLength(count);
};

describe('a worker that dies by kill -9', () => {
  it('at any step is followed by one that does every row once', async () => {
    const dieAt = async (step: string, first: number, committed: boolean) => {
      const id = await startImport(250, { first });
      const worker = spawnWorker({
        FILES_DIR: dir,
        DATABASE_URL: engine.url,
        JOB_ID: id,
        PERSON: JSON.stringify({ id: someone.id, permissions: everything() }),
        PELAGIC_CRASH_AT: step,
      });
      expect(await worker.gone).toBe('SIGKILL');
      expect((await read(id)).processed > 0).toBe(committed);
      await expectEachOnce(await runUntilOver(id), 250, first);
    };
    await Promise.all([dieAt('import.taken', 0, false), dieAt('import.committed', 1_000, true)]);
  }, 180_000);

  it('is noticed by the queue, and another process goes on where it was', async () => {
    const other = await testDatabase('job_queue');
    const worker = spawnWorker({ FILES_DIR: dir, DATABASE_URL: other.url, FILE: table(1_500) });
    let at: Host | undefined;
    try {
      const client = new pg.Client({ connectionString: other.url });
      await client.connect();
      const job = async () =>
        (
          await client
            .query<{ id: string; state: string; processed: number; creator_id: string }>('select * from job')
            .catch(() => ({ rows: [] }))
        ).rows[0];
      while (!(await job())?.processed) await new Promise((resolve) => setTimeout(resolve, 50));
      worker.kill();
      await worker.gone;
      const left = (await job())!;
      expect(left.state).toBe('JOB_STATE_RUNNING');
      expect(left.processed).toBeLessThan(1_500);
      at = await startHost({ url: other.url, dir });
      at.people.set(left.creator_id, { permissions: everything() });
      while ((await job())!.state === 'JOB_STATE_RUNNING') await new Promise((resolve) => setTimeout(resolve, 200));
      await expectEachOnce(left, 1_500, 0, at);
      await client.end();
    } finally {
      worker.kill();
      await at?.stop();
      await other.drop();
    }
  }, 180_000);
});

describe('two workers', () => {
  it('never run one job at the same time', async () => {
    const id = await startImport(250);
    const results = await Promise.allSettled([host.runJob(id), host.runJob(id)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await expectEachOnce(await read(id), 250);
  }, 60_000);

  it('find a job that is over, over', async () => {
    const id = await startImport(3);
    await host.runJob(id);
    await host.runJob(id);
    await expectEachOnce(await read(id), 3);
  });
});

describe('a person who is out', () => {
  it('fails the job within five seconds, and what was done stays', async () => {
    const id = await startImport(1_000);
    let since = 0;
    const forget = onStep('import.committed', async () => {
      if (since) return;
      since = performance.now();
      host.state.gone.add(someone.id);
      // A batch that takes its time: the answer must not wait for it to come round.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    });
    await host.runJob(id).finally(forget);
    expect(performance.now() - since).toBeLessThan(5_000);
    const job = await read(id);
    expect(job).toMatchObject({ state: 'JOB_STATE_FAILED', problemReason: 'CALLER_GONE' });
    expect(job.processed).toBeLessThan(1_000);
    expect(await host.database.sql.selectFrom('lead').select('id').execute()).toHaveLength(job.processed);
  }, 60_000);

  it('who loses the right alone loses the job too', async () => {
    const id = await startImport(1_000);
    const { ['lead.import']: _, ...less } = everything();
    const forget = onStep('import.committed', async () => {
      someone.allow({ permissions: less });
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    });
    await host.runJob(id).finally(forget);
    expect(await read(id)).toMatchObject({ state: 'JOB_STATE_FAILED', problemReason: 'PERMISSION_DENIED' });
  }, 60_000);
});

describe('identity that cannot be asked', () => {
  it('makes a job wait, not go on and not fail', async () => {
    const id = await startImport(250);
    const forget = onStep('import.committed', async () => {
      host.state.away = true;
      await new Promise((resolve) => setTimeout(resolve, 5_500));
    });
    await expect(host.runJob(id).finally(forget)).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'JOB_WAITS' });
    const waiting = await read(id);
    expect(waiting.state).toBe('JOB_STATE_RUNNING');
    expect(waiting.processed).toBeLessThan(250);
    host.state.away = false;
    await expectEachOnce(await runUntilOver(id), 250);
  }, 60_000);
});

describe('an error that is nobody’s decision', () => {
  it('ends the job only when it keeps coming', async () => {
    const id = await startImport(3);
    const forget = onStep('import.taken', () => {
      throw new Error('a bug');
    });
    for (let tries = 1; tries <= 5; tries += 1) {
      expect(await read(id)).not.toMatchObject({ state: 'JOB_STATE_FAILED' });
      await expect(host.runJob(id)).rejects.toThrow('a bug');
    }
    forget();
    expect(await read(id)).toMatchObject({ state: 'JOB_STATE_FAILED', problemReason: 'INTERNAL' });
    expect(await host.database.sql.selectFrom('lead').select('id').execute()).toHaveLength(0);
  }, 60_000);
});

describe('the list of jobs', () => {
  it('holds one’s own, and with the right those of all', async () => {
    const other = await host.person();
    const auditor = await host.person({ permissions: { 'job.read': 'ALL' } });
    const [one, two] = [await startImport(1), await startImport(2)];
    const foreign = await startImport(1, { person: other });
    expect((await someone.jobs.listJobs({})).jobs.map(({ id }) => id)).toEqual([two, one]);
    const first = await someone.jobs.listJobs({ pageSize: 1 });
    expect(
      (await someone.jobs.listJobs({ pageSize: 1, pageToken: first.nextPageToken })).jobs.map(({ id }) => id),
    ).toEqual([one]);
    expect((await auditor.jobs.listJobs({ everyone: true })).jobs.map(({ id }) => id)).toEqual([foreign, two, one]);
    const { token } = await host.callers.token(
      { ...host.people.get(someone.id)!, id: someone.id },
      { apiKeyId: uuidv7() },
    );
    const byKey = connect(JobServiceService, host.address());
    const all = { service: 'customer', pageSize: 0, pageToken: '', everyone: false };
    expect((await byKey.listJobs(all, { token })).jobs).toEqual([]);
    await expect(byKey.getJob({ service: 'customer', id: one }, { token })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(someone.jobs.listJobs({ everyone: true })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(other.jobs.cancelJob({ id: one })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(auditor.jobs.cancelJob({ id: one })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      params: { permission: 'job.cancel' },
    });
    expect((await someone.jobs.getJob({ id: one })).job).toMatchObject({ state: 'JOB_STATE_QUEUED' });
    const operator = await host.person({ permissions: { 'job.read': 'ALL', 'job.cancel': 'ALL' } });
    expect((await operator.jobs.cancelJob({ id: one })).job).toMatchObject({ state: 'JOB_STATE_CANCELLED' });
    for (const person of [other, auditor])
      await expect(person.jobs.listJobResults({ id: one })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
