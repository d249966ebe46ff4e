import { existsSync, statfsSync } from 'node:fs';
import process from 'node:process';
import { reasonToInstall } from './dependencies.mjs';
import { fail, localNode, NOT_FOUND, root, run, wasInterrupted } from './foreground.mjs';

/** What the packages take on the disk, in bytes. */
const PACKAGES_NEED = 3e9;

/**
 * Has the packages of the lockfile installed, the first thing that every command does. Any Node from 20 on may ask. What
 * stands in the way has been said when it answers `failed`.
 * @returns {Promise<'there' | 'installed' | 'failed'>}
 */
export async function settlePackages() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    fail(
      `This is Node ${process.versions.node}; it takes 20 or newer to begin.`,
      'Get a current one from https://nodejs.org or your package manager.',
    );
    return 'failed';
  }
  const reason = reasonToInstall(root);
  if (reason === undefined) return 'there';
  return (await install(reason)) ? 'installed' : 'failed';
}

/**
 * `npm ci` of the committed lockfile. npm is run by the local Node when there is one: under an older Node it may do this
 * and nothing else, since it would choose older packages wherever it is free to choose.
 * @param {string} reason
 */
async function install(reason) {
  process.stdout.write(`\n  Installing the packages: ${reason}. They take about 2 GB; this may last some minutes.\n\n`);
  const { bavail, bsize } = statfsSync(root);
  if (!existsSync(localNode) && bavail * bsize < PACKAGES_NEED) {
    fail(
      `The disk has ${Math.round((bavail * bsize) / 1e9)} GB left; the packages need ${PACKAGES_NEED / 1e9} GB.`,
      'Make room and start again.',
    );
    return false;
  }
  const npmCli = process.env['npm_execpath'];
  const npmArgs = ['ci', '--no-audit', '--no-fund'];
  const node = existsSync(localNode) ? localNode : process.execPath;
  const code = npmCli ? await run(node, [npmCli, ...npmArgs]) : await run('npm', npmArgs);
  if (code === 0) return true;
  if (wasInterrupted()) return false;
  if (code === NOT_FOUND)
    fail('There is no npm.', 'It comes with Node from https://nodejs.org; Debian has it in the package npm.');
  else
    fail(
      'The packages could not be installed; npm says why above.',
      'Usual reasons: no network, a proxy that npm does not know, a full disk. Mend it and start again.',
    );
  return false;
}
