import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beginningOf } from '@pelagic/chassis/text';
import { ROOT } from '../../deploy/local/paths.ts';
import { PROCESSES, type ProcessDefinition } from '../../deploy/local/processes.ts';
import { foundEnterprise, PASSWORD, type Enterprise } from '../mesh/enterprise.ts';
import { signIn, until, type Person } from '../mesh/person.ts';
import { openReplicas, type Replicas } from './replicas.ts';
import { checkOut } from './worktree.ts';

/** Between two requests of one of them. */
const PAUSE_MS = 40;
/** Of an answer that is told. */
const ANSWER_MAX = 400;
const SETTLED_MS = 180_000;
/** Until the first request comes through, once everything has started at once. */
const REACHED_MS = 180_000;
/** Of PostgreSQL: two replicas of each process hold twice as many as a copy for one machine is made for, and more while they change. */
const CONNECTIONS = '500';

/** Requests a minute that one of them may make: they work faster than people do. */
const SESSION_RATE = '1000000';

/** What a newer release would add: tables change under the statements of the old one. */
const MIGRATIONS: Record<string, string> = {
  customer: 'alter table lead add column drill_note text;\n',
  sales: 'alter table opportunity add column drill_note text;\n',
};

type Failed = { during: string; request: string; status: number; answer: string };
type Work = {
  requests: number;
  entered: Map<string, number>;
  failed: Failed[];
  during: string;
  wanted: boolean;
  say: (line: string) => void;
};

/** What somebody asks for, one after another. */
const PAGES = ['/v1/leads?pageSize=20', '/v1/opportunities?pageSize=20'];

type Options = {
  /** The commit that everything is replaced from. */
  from: string;
  /** Processes that are replaced; all that keep nothing of their own when there are none. */
  only: string[];
  /** Who work while everything is replaced. */
  people: number;
  say: (line: string) => void;
};

export type RolledOut = {
  from: string;
  to: string;
  requests: number;
  failed: Failed[];
  entered: number;
  lost: number;
  seconds: number;
};

const fail = (work: Work, failed: Failed): void => {
  work.failed.push(failed);
  work.say(`failed: ${JSON.stringify(failed)}`);
};

/** Telephone numbers that were given out: no two leads have one. */
let calls = 0;

/** Enters leads, changes them, looks at them and opens pages, until it is enough. */
const workAs = async (person: Person, base: string, nth: number, work: Work): Promise<void> => {
  const ask = async (method: string, path: string, body?: unknown): Promise<any> => {
    const { during } = work;
    work.requests += 1;
    const outcome = await person
      .ask(method, path, body)
      .catch((error: Error) => ({ status: 0, body: { message: `${error.message} ${String(error.cause ?? '')}` } }));
    if (outcome.status >= 200 && outcome.status < 300) return outcome.body;
    const answer = beginningOf(JSON.stringify(outcome.body ?? ''), ANSWER_MAX);
    fail(work, { during, request: `${method} ${path}`, status: outcome.status, answer });
    return undefined;
  };
  /** A page of the web. */
  const look = async (): Promise<void> => {
    const { during } = work;
    work.requests += 1;
    const page = fetch(`${base}/`, { headers: { cookie: person.cookie } });
    const { status, answer } = await page
      .then(async (response) => ({ status: response.status, answer: await response.text() }))
      .catch((error: Error) => ({ status: 0, answer: `${error.message} ${String(error.cause ?? '')}` }));
    if (status !== 200) fail(work, { during, request: 'GET /', status, answer: beginningOf(answer, ANSWER_MAX) });
  };
  for (let n = 0; work.wanted; n += 1) {
    const phones = [`139${String((calls += 1)).padStart(8, '0')}`];
    const lead = await ask('POST', '/v1/leads', { name: `线索 ${nth}-${n}`, phones });
    if (lead) {
      work.entered.set(lead.id, 1);
      const changed = await ask('PATCH', `/v1/leads/${lead.id}`, { company: '海蓝', version: lead.version });
      if (changed) work.entered.set(lead.id, 2);
      await ask('GET', `/v1/leads/${lead.id}`);
    }
    for (const list of PAGES) await ask('GET', list);
    await look();
    await sleep(PAUSE_MS);
  }
};

/** Acknowledged changes that are not there, or events that are not everywhere. */
const lostOf = async ({ admin }: Enterprise, work: Work, ask: (path: string) => Promise<any>): Promise<number> => {
  let lost = 0;
  for (const [id, changes] of work.entered) {
    const lead = await ask(`/v1/leads/${id}`);
    if (Number(lead.version) < changes) lost += 1;
  }
  await until('the ledger, the streams and the log to be equal', SETTLED_MS, async () => {
    const { services, running } = await admin.get('/v1/reconciliation');
    if (running) return false;
    if (services.every(({ state }: { state: string }) => state === 'RECONCILIATION_STATE_EQUAL')) return true;
    await admin.post('/v1/reconciliation:run');
    return false;
  });
  return lost;
};

const rollOut = async (replicas: Replicas, names: string[], root: string, work: Work, say: (line: string) => void) => {
  for (const name of names) {
    if (!MIGRATIONS[name]) continue;
    work.during = `${name} --migrate`;
    await replicas.migrate(name, root);
  }
  for (const name of names) {
    const before = { requests: work.requests, failed: work.failed.length };
    work.during = name;
    await replicas.replace(name, root);
    await sleep(500);
    say(`${name}: ${work.requests - before.requests} requests, ${work.failed.length - before.failed} failed`);
  }
};

const signedIn = async (base: string): Promise<Person> => {
  let person: Person | undefined;
  await until('somebody to sign in', REACHED_MS, async () => {
    person = await signIn(base, 'admin', PASSWORD).catch(() => undefined);
    return person !== undefined;
  });
  await until('the services to answer', REACHED_MS, async () => {
    const answers = await Promise.all(PAGES.map((page) => person!.ask('GET', page).catch(() => ({ status: 0 }))));
    return answers.every(({ status }) => status === 200);
  });
  return person!;
};

/** The same processes of another folder. */
const codeOf = (definition: ProcessDefinition, root: string): ProcessDefinition =>
  definition.name === 'web' ? definition : { ...definition, entry: relative(ROOT, join(root, definition.entry)) };

/**
 * Two replicas of every process that keeps nothing of its own, replaced one by one under load: by another commit with
 * migrations between, then by the same once more. Analytics runs ClickHouse inside and stays.
 */
export const drillRollout = async ({ from, only, people: count, say }: Options): Promise<RolledOut[]> => {
  const scratch = mkdtempSync(join(tmpdir(), 'pelagic-rollout-'));
  const before = checkOut(from, join(scratch, 'before'));
  const after = checkOut('HEAD', join(scratch, 'after'));
  for (const [service, text] of Object.entries(MIGRATIONS))
    writeFileSync(join(after.root, 'services', service, 'migrations/9999_drill.sql'), text);
  const known = (await import(join(before.root, 'deploy/local/processes.ts'))) as { PROCESSES: ProcessDefinition[] };
  const both = PROCESSES.filter(({ name }) => known.PROCESSES.some((old) => old.name === name));
  const names = both.map(({ name }) => name).filter((name) => name !== 'analytics');
  const house = await foundEnterprise({
    processes: both.map((definition) => codeOf(definition, before.root)),
    env: { gateway: { SESSION_RATE } },
    postgres: { max_connections: CONNECTIONS },
  });
  let replicas: Replicas | undefined;
  try {
    const stateless = both.filter(({ name }) => names.includes(name));
    for (const name of names.toReversed()) await house.mesh.halt(name);
    replicas = await openReplicas(house.mesh, stateless, before.root, join(scratch, 'replicas.log'));
    await house.mesh.restart('analytics', replicas.addresses);
    say('two replicas of each are ready');
    const { base } = replicas;
    const admin = await signedIn(base);
    const rolledOut: RolledOut[] = [];
    for (const [round, [one, other]] of [[before, after] as const, [after, after] as const].entries()) {
      const work: Work = { requests: 0, entered: new Map(), failed: [], during: 'nothing', wanted: true, say };
      say(`from ${one.commit} to ${other.commit}${round === 0 ? ', with migrations between' : ''}`);
      const began = performance.now();
      const people = Array.from({ length: count }, (_, nth) => workAs(admin, base, round * count + nth, work));
      await sleep(2_000);
      const replaced = names.filter((name) => !only.length || only.includes(name));
      await rollOut(replicas, replaced, other.root, work, say);
      work.wanted = false;
      await Promise.all(people);
      const seconds = Math.round((performance.now() - began) / 1_000);
      const lost = await lostOf({ ...house, admin }, work, admin.get);
      const { requests, failed, entered } = work;
      say(`${requests} requests, ${failed.length} failed; ${entered.size} leads, ${lost} lost; ${seconds} s`);
      rolledOut.push({ from: one.commit, to: other.commit, requests, failed, entered: entered.size, lost, seconds });
    }
    return rolledOut;
  } finally {
    await replicas?.stop();
    await house.stop();
    before.remove();
    after.remove();
    rmSync(scratch, { recursive: true, force: true });
  }
};
