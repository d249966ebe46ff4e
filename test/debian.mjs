import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether what is missing can be installed: by root on Debian. */
export const canInstall = () => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

/**
 * Installs packages of Debian. Throws with what apt-get said.
 * @param {string[]} packages
 */
export async function install(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]])
    await run('apt-get', ['-q', ...args], { env, maxBuffer: 64 * 2 ** 20 });
}

/**
 * Whether a command ends well.
 * @param {string} command
 * @param {string[]} args
 */
export const works = (command, args) =>
  run(command, args).then(
    () => true,
    () => false,
  );
