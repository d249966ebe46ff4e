import { publicCaller, type Caller } from '@pelagic/chassis/caller';
import { createLog } from '@pelagic/chassis/log';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { Problem } from '@pelagic/chassis/problem';
import { implement, type Handlers } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { Job, JobServiceService, type RowResult } from '@pelagic/proto/crm/capability/v1/job';
import type { Employee } from '@pelagic/proto/crm/identity/v1/employee';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everything } from '../role/built-in.ts';
import { openOffice, type Office } from '../testing/office.ts';

/** Who may do everything: what a person may hand over there is for those services to say. */
const anybody = async (token: string): Promise<Caller> => ({
  ...publicCaller(),
  kind: 'employee',
  id: uuidv7(),
  token,
  grants: {
    version: 'test',
    departmentId: uuidv7(),
    subordinateIds: [],
    departmentIds: [],
    departmentAndBelowIds: [],
    permissions: new Map(
      [...everything().map(({ permission }) => permission), 'forecast.assign'].map((name) => [name, ['ALL']]),
    ),
    fields: new Map(),
    locale: 'en',
    timeZone: 'Asia/Shanghai',
  },
});

/** A service whose records have owners, as far as its contract goes: a job of each noun, which ends when the test says so. */
const owner = () => {
  const owned = new Map<string, number>();
  const jobs = new Map<string, Job>();
  const rows = new Map<string, RowResult[]>();
  const refused = new Set<string>();
  const started: string[] = [];
  const handlers = {
    countOwned: async () => ({ owned: [...owned].map(([noun, count]) => ({ noun, count })) }),
    startTransfer: async ({ noun, requestId }) => {
      if (refused.has(noun)) throw new Problem('PERMISSION_DENIED', 'PERMISSION_DENIED', `This needs ${noun}.assign.`);
      const known = jobs.get(requestId);
      if (known) return { job: known };
      if (!owned.get(noun)) throw new Problem('FAILED_PRECONDITION', 'NOTHING_SELECTED', 'There is no record.');
      const job = Job.fromJSON({ id: uuidv7(), noun, state: 'JOB_STATE_RUNNING', total: owned.get(noun) });
      jobs.set(requestId, job).set(job.id, job);
      started.push(noun);
      return { job };
    },
    getJob: async ({ id }) => ({ job: jobs.get(id) }),
    cancelJob: async ({ id }) => ({ job: Object.assign(jobs.get(id)!, { state: 'JOB_STATE_CANCELLED' }) }),
    listJobResults: async ({ id }) => ({ results: rows.get(id) ?? [], nextPageToken: '' }),
  } as Partial<Handlers<JobServiceService>> as Handlers<JobServiceService>;
  const seam = { log: createLog('test', 'silent'), identify: anybody };
  const server = grpcServer({
    host: '127.0.0.1',
    port: 0,
    implementations: () => [implement(seam, JobServiceService, handlers)],
  });
  const running = (noun: string) => [...jobs.values()].findLast((job) => job.noun === noun);
  const end = (noun: string, how: Partial<Job>, failures: RowResult[] = []) => {
    const job = running(noun)!;
    rows.set(job.id, failures);
    Object.assign(job, { processed: job.total, state: 'JOB_STATE_DONE', ...how });
  };
  const empty = () => {
    for (const each of [owned, jobs, rows, refused]) each.clear();
    started.length = 0;
  };
  return { owned, refused, started, running, end, empty, server };
};

const [customer, sales] = [owner(), owner()];
let office: Office;
let leaver: Employee;
let successor: Employee;

beforeAll(async () => {
  for (const { server } of [customer, sales]) await server.start();
  const address = ({ server }: typeof customer) => `127.0.0.1:${server.port()}`;
  office = await openOffice('hand_over', { customer: address(customer), sales: address(sales) });
});
afterAll(async () => {
  await office.identity.stop();
  for (const { server } of [customer, sales]) await server.stop();
});

const people = async () => {
  for (const each of [customer, sales]) each.empty();
  [leaver, successor] = [await office.create({ name: '离职' }), await office.create({ name: '接手' })];
};
const suspend = async (successorId?: string) =>
  office.identity.employees.suspendEmployee(
    { id: leaver.id, reason: '离职', version: 0, ...(successorId && { successorId }) },
    await office.as(),
  );
const jobOf = async (id: string) =>
  (await office.identity.jobs.getJob({ service: 'identity', id }, await office.as())).job!;
const ends = (id: string, fields: object) =>
  expect.poll(() => jobOf(id), { timeout: 20_000, interval: 100 }).toMatchObject(fields);

describe('what somebody owns who is suspended', () => {
  it('goes to the successor by one job over all services', async () => {
    await people();
    customer.owned.set('lead', 3).set('customer', 2);
    sales.owned.set('opportunity', 4).set('forecast', 0);
    const { employee, job } = await suspend(successor.id);
    expect(employee).toMatchObject({ state: 'EMPLOYEE_STATE_SUSPENDED' });
    expect(job).toMatchObject({ kind: 'JOB_KIND_HAND_OVER', noun: 'employee' });
    await ends(job!.id, { state: 'JOB_STATE_RUNNING', total: 9 });
    const failure = {
      row: 7,
      recordId: uuidv7(),
      outcome: 'failed',
      errors: [{ field: 'ownerId', reason: 'EMPLOYEE_NOT_ACTIVE', message: 'Not active.' }],
    };
    customer.end('lead', { updated: 3 });
    customer.end('customer', { updated: 1, failed: 1 }, [failure]);
    sales.end('opportunity', { updated: 4 });
    await ends(job!.id, { state: 'JOB_STATE_DONE', total: 9, processed: 9, updated: 8, failed: 1 });
    const { results } = await office.identity.jobs.listJobResults(
      { service: 'identity', id: job!.id, pageSize: 0, pageToken: '', outcome: '' },
      await office.as(),
    );
    expect(results).toMatchObject([
      { row: 1, recordId: failure.recordId, outcome: 'failed', errors: [{ field: 'customer' }] },
    ]);
  });

  it('is counted as not handed over where the administrator may not', async () => {
    await people();
    customer.owned.set('lead', 3).set('customer', 2);
    customer.refused.add('customer');
    const { job } = await suspend(successor.id);
    await ends(job!.id, { total: 5 });
    customer.end('lead', { updated: 3 });
    await ends(job!.id, { state: 'JOB_STATE_DONE', updated: 3, failed: 2 });
  });

  it('stops with the job', async () => {
    await people();
    sales.owned.set('opportunity', 4);
    const { job } = await suspend(successor.id);
    await ends(job!.id, { total: 4 });
    await office.identity.jobs.cancelJob({ service: 'identity', id: job!.id }, await office.as());
    await ends(job!.id, { state: 'JOB_STATE_CANCELLED' });
    expect(sales.running('opportunity')).toMatchObject({ state: 'JOB_STATE_CANCELLED' });
  });

  it('stays, and the person too, when the successor may be given nothing', async () => {
    await people();
    await expect(suspend(leaver.id)).rejects.toMatchObject({ fields: [{ field: 'successorId' }] });
    await expect(suspend(uuidv7())).rejects.toMatchObject({ fields: [{ reason: 'UNKNOWN_EMPLOYEE' }] });
    const { employee } = await office.identity.employees.getEmployee({ id: leaver.id }, await office.as());
    expect(employee?.state).toBe(leaver.state);
  });
});

describe('a hand-over by itself', () => {
  it('is asked for once however often the request comes', async () => {
    await people();
    sales.owned.set('opportunity', 1);
    const request = { id: leaver.id, successorId: successor.id, reason: '调岗', requestId: 'once' };
    const ask = async () => (await office.identity.employees.handOverRecords(request, await office.as())).job!;
    const [one, two] = [await ask(), await ask()];
    expect(two.id).toBe(one.id);
    await ends(one.id, { total: 1 });
    sales.end('opportunity', { updated: 1 });
    await ends(one.id, { state: 'JOB_STATE_DONE', updated: 1 });
    expect(sales.started).toEqual(['opportunity']);
  });
});
