import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from '../local/paths.ts';
import { copyOf, environmentIn, lineageOf, reaches, stagesOf, type Stage } from './steps.ts';

const FOLDER = import.meta.dirname;
const ignore = readFileSync(join(FOLDER, 'Dockerfile.dockerignore'), 'utf8');

export const stages = stagesOf(readFileSync(join(FOLDER, 'Dockerfile'), 'utf8'));

/** What the builder is given: the files that git knows, or would, and that exist, without those left out. */
export const contextFiles = (): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
    .split('\n')
    .filter((file) => file && reaches(ignore, file) && existsSync(join(ROOT, file)));

const execute = async (command: string, cwd: string, env: Record<string, string>): Promise<void> => {
  const child = spawn('sh', ['-ec', command], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-4_000)));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${command}\n${said}`);
};

const copyInto = (folder: string, stage: Stage, rest: string, stageFolder: (name: string) => string): void => {
  const { from, sources, target } = copyOf({ verb: 'COPY', rest });
  for (const source of sources) {
    const into = join(folder, target);
    if (from) {
      cpSync(join(stageFolder(from), source.replace(/^\/app\/?/, '')), into, {
        recursive: true,
        verbatimSymlinks: true,
      });
      continue;
    }
    const files = contextFiles().filter((file) => source === '.' || file === source || file.startsWith(`${source}/`));
    if (files.length === 0) throw new Error(`${stage.name}: there is nothing to copy at ${source}.`);
    for (const file of files) {
      const place = source === '.' ? file : file === source ? '' : file.slice(source.length + 1);
      const isFolder = target.endsWith('/') || statSync(join(ROOT, source)).isDirectory();
      const destination = place ? join(into, place) : isFolder ? join(into, basename(file)) : into;
      mkdirSync(join(destination, '..'), { recursive: true });
      cpSync(join(ROOT, file), destination);
    }
  }
};

/**
 * Does the steps of the Dockerfile for each of the targets in plain folders: the same files, the same commands, the Node
 * that runs this. Answers the folder that is /app of a target. What only a container has (users, mounts) is left out.
 */
export const rehearse = async (targets: string[], scratch: string): Promise<(target: string) => string> => {
  const folderOf = (name: string): string => join(scratch, name, 'app');
  const done = new Set<string>();
  const make = async (name: string): Promise<void> => {
    const stage = stages.find((each) => each.name === name);
    if (!stage || done.has(name)) return;
    done.add(name);
    const folder = folderOf(name);
    mkdirSync(folder, { recursive: true });
    if (stages.some((each) => each.name === stage.from)) {
      await make(stage.from);
      cpSync(folderOf(stage.from), folder, { recursive: true, verbatimSymlinks: true });
    }
    for (const { verb, rest } of stage.steps) {
      const { from } = copyOf({ verb, rest });
      if (verb === 'COPY' && from) await make(from);
      if (verb === 'COPY') copyInto(folder, stage, rest, folderOf);
      if (verb === 'RUN')
        await execute(rest.replaceAll(/--mount=\S+\s+/g, ''), folder, environmentIn(lineageOf(stages, name)));
    }
  };
  for (const target of targets) await make(target);
  return folderOf;
};
