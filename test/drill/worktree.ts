import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../deploy/local/paths.ts';

const git = (...args: string[]): string => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();

export type Worktree = { root: string; commit: string; remove: () => void };

const workspacesIn = (root: string): string[] => {
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { workspaces: string[] };
  return workspaces.flatMap((pattern) =>
    pattern.endsWith('/*')
      ? readdirSync(join(root, pattern.slice(0, -2))).map((name) => join(pattern.slice(0, -2), name))
      : [pattern],
  );
};

/** The packages of this checkout, but with its own workspaces: those of the registry would lead back to ours. */
const linkPackages = (root: string): void => {
  mkdirSync(join(root, 'node_modules/@pelagic'), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (name !== '@pelagic' && name !== '.cache')
      symlinkSync(join(ROOT, 'node_modules', name), join(root, 'node_modules', name));
  for (const workspace of workspacesIn(root)) {
    const manifest = join(root, workspace, 'package.json');
    if (!existsSync(manifest)) continue;
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name: string };
    symlinkSync(join(root, workspace), join(root, 'node_modules', name));
    const nested = join(ROOT, workspace, 'node_modules');
    if (existsSync(nested)) symlinkSync(nested, join(root, workspace, 'node_modules'));
  }
};

/** Another commit of this repository, ready to run, in a folder that must not exist yet. */
export const checkOut = (revision: string, root: string): Worktree => {
  const commit = git('rev-parse', '--short', revision);
  git('worktree', 'add', '--detach', '--quiet', root, revision);
  linkPackages(root);
  return {
    root,
    commit,
    remove: () => {
      rmSync(root, { recursive: true, force: true });
      git('worktree', 'prune');
    },
  };
};
