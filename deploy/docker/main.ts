// `npm run images`: does the steps of the Dockerfile in plain folders, and runs every process from there in place of the one
// of a local copy. What only a container can show (users, read-only mounts) is not tried.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startMesh, type Mesh } from '../local/mesh.ts';
import { probe } from '../local/probe.ts';
import { PROCESSES, type ProcessDefinition } from '../local/processes.ts';
import { rehearse, stages } from './rehearse.ts';
import { environmentIn, lastWords, lineageOf } from './steps.ts';

const TARGETS = ['service', 'analytics', 'gateway', 'web'];
const BASE_PORT = 24_000;
const READY_MS = 90_000;
const LEAVE_MS = 40_000;

type Tried = { process: string; image: string; readyMs: number; leftMs: number; exit: number | null; wrote: number };

const targetOf = ({ name, entry }: ProcessDefinition): string => (entry.startsWith('services/') ? 'service' : name);

const filesIn = (folder: string): number => readdirSync(folder, { recursive: true }).length;

const readyAt = (mesh: Mesh, { name, hasAdmin }: ProcessDefinition): string =>
  hasAdmin ? `${mesh.adminUrl(name)}/readyz` : `http://${mesh.address(name)}/`;

const begin = (mesh: Mesh, definition: ProcessDefinition, folder: string): ChildProcess => {
  const lineage = lineageOf(stages, targetOf(definition));
  const [, ...entrypoint] = lastWords(lineage, 'ENTRYPOINT');
  const command = lastWords(lineage, 'CMD').filter((word) => word !== 'node');
  const entry = definition.entry.startsWith('services/') ? [definition.entry] : command;
  const { PELAGIC_SUPERVISED: _supervised, ...environment } = mesh.environment(definition.name);
  const env = { ...environmentIn(lineage), ...environment, NODE_COMPILE_CACHE: '' };
  return spawn(process.execPath, [...entrypoint, ...entry], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};

const measured = async (work: Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work;
  return Math.round(performance.now() - began);
};

const ready = async (url: string, child: ChildProcess): Promise<void> => {
  for (const until = Date.now() + READY_MS; Date.now() < until; await sleep(100)) {
    if ((await probe(url)) === 200) return;
    if (child.exitCode !== null) break;
  }
  throw new Error(`${url} did not answer with 200.`);
};

/** From the image's folder in place of the local copy's, with the same environment; then it leaves at SIGTERM. */
const tryOne = async (mesh: Mesh, definition: ProcessDefinition, folder: string): Promise<Tried> => {
  const { name } = definition;
  const before = filesIn(folder);
  await mesh.halt(name);
  const child = begin(mesh, definition, folder);
  try {
    const readyMs = await measured(ready(readyAt(mesh, definition), child));
    const page = await fetch(`${mesh.publicUrl}/`);
    const rpc = await fetch(`${mesh.publicUrl}/v1/openapi.json`);
    if (!page.ok || !rpc.ok) throw new Error(`With ${name} the gateway answers ${page.status} and ${rpc.status}.`);
    const exited = once(child, 'exit', { signal: AbortSignal.timeout(LEAVE_MS) });
    child.kill('SIGTERM');
    const leftMs = await measured(exited);
    return {
      process: name,
      image: targetOf(definition),
      readyMs,
      leftMs,
      exit: child.exitCode,
      wrote: filesIn(folder) - before,
    };
  } finally {
    child.kill('SIGKILL');
    await mesh.restart(name);
  }
};

const scratch = mkdtempSync(join(tmpdir(), 'pelagic-images-'));
let mesh: Mesh | undefined;
try {
  const folderOf = await rehearse(TARGETS, scratch);
  const sizes = TARGETS.map((target) => {
    const megabytes = Number(execFileSync('du', ['-sm', folderOf(target)], { encoding: 'utf8' }).split('\t')[0]);
    return { image: target, 'MB without the base': megabytes };
  });
  console.table(sizes);
  mesh = await startMesh({ dataDir: join(scratch, 'data'), basePort: BASE_PORT });
  const tried: Tried[] = [];
  for (const definition of PROCESSES) tried.push(await tryOne(mesh, definition, folderOf(targetOf(definition))));
  console.table(tried);
  if (tried.some(({ exit, wrote }) => exit !== 0 || wrote !== 0)) process.exitCode = 1;
} finally {
  await mesh?.stop();
  rmSync(scratch, { recursive: true, force: true });
}
