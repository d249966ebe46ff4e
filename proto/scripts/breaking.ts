// Do the contracts still keep what they promised? Compares with main, or with the commit before when main is checked out clean.
import { execFileSync } from 'node:child_process';
import { copyFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { buf, buildImage, root, temporaryFolder } from './image.ts';

const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

const commitOf = (name: string): string | undefined => {
  try {
    return git('rev-parse', '--verify', '--quiet', `${name}^{commit}`);
  } catch {
    return undefined;
  }
};

function baseline(): string | undefined {
  const main = commitOf(process.argv[2] ?? 'main');
  const isClean = git('status', '--porcelain', '--', 'proto/contracts') === '';
  const base = main && main === commitOf('HEAD') && isClean ? commitOf('HEAD~1') : main;
  return base && git('ls-tree', '--name-only', base, 'proto/contracts') ? base : undefined;
}

const base = baseline();
if (base === undefined) {
  console.log('No earlier contracts to compare with.');
} else {
  const folder = temporaryFolder();
  const archive = join(folder, 'contracts.tar');
  git('archive', '--output', archive, base, 'proto/contracts');
  execFileSync('tar', ['-xf', archive, '-C', folder]);
  copyFileSync(join(root, 'buf.yaml'), join(folder, 'buf.yaml'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  buildImage(join(folder, 'before.binpb'), folder);
  buf(['breaking', 'proto/contracts', '--against', join(folder, 'before.binpb')]);
  console.log(`The contracts keep what ${base.slice(0, 12)} promised.`);
}
