import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../deploy/local/paths.ts';

const K6 = 'go.k6.io/k6@v1.8.1';
const FOLDER = join(ROOT, 'node_modules/.cache/k6');
const SCRIPT = join(import.meta.dirname, 'load.js');

export type Request = { method: string; url: string; body?: string };

export type Plan = {
  name: string;
  requests: Request[];
  /** Headers of each person who asks, at least one. */
  people: Record<string, string>[];
  seconds: number;
  /** So many ask again as soon as they are answered … */
  clients?: number;
  /** … or so many requests a second come, however long the answers take. */
  perSecond?: number;
  /** Where the numbers for `{n}` begin. */
  first?: number;
};

/** Milliseconds; requests a second. */
export type Loaded = {
  perSecond: number;
  requests: number;
  failed: number;
  p50: number;
  p95: number;
  p99: number;
  dropped: number;
};

const run = async (command: string, args: string[], env: Record<string, string> = {}): Promise<void> => {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr.on('data', (chunk) => (told = `${told}${chunk}`.slice(-4_000)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${told}`);
};

/** k6 on the PATH or built once with Go; says how to get it when there is neither. */
export const findK6 = async (): Promise<string> => {
  for (const folder of [FOLDER, ...(process.env['PATH'] ?? '').split(':')])
    if (existsSync(join(folder, 'k6'))) return join(folder, 'k6');
  process.stdout.write('  building k6, once\n');
  mkdirSync(FOLDER, { recursive: true });
  await run('go', ['install', K6], { GOBIN: FOLDER }).catch((error: Error) => {
    throw new Error(`k6 is not here and could not be built: put it on the PATH, or install Go. ${error.message}`);
  });
  return join(FOLDER, 'k6');
};

const scenario = ({ seconds, clients, perSecond }: Plan): object =>
  perSecond
    ? {
        executor: 'constant-arrival-rate',
        rate: perSecond,
        duration: `${seconds}s`,
        preAllocatedVUs: 50,
        maxVUs: 400,
      }
    : { executor: 'constant-vus', vus: clients ?? 16, duration: `${seconds}s` };

/** Loads with k6 and answers what it saw. */
export const load = async (plan: Plan): Promise<Loaded> => {
  const folder = mkdtempSync(join(tmpdir(), 'pelagic-k6-'));
  try {
    const file = join(folder, 'plan.json');
    const summary = join(folder, 'summary.json');
    const { name, requests, people, first = 0 } = plan;
    writeFileSync(file, JSON.stringify({ name, requests, people, first, scenario: scenario(plan), summary }));
    await run(await findK6(), ['run', '--quiet', '--no-usage-report', SCRIPT], { PLAN: file });
    const { metrics } = JSON.parse(readFileSync(summary, 'utf8'));
    const { values } = metrics.http_req_duration;
    return {
      perSecond: metrics.http_reqs.values.rate,
      requests: metrics.http_reqs.values.count,
      failed: metrics.checks.values.fails,
      p50: values.med,
      p95: values['p(95)'],
      p99: values['p(99)'],
      dropped: metrics.dropped_iterations?.values.count ?? 0,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
};
