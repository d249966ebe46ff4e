import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Why the installed packages are not those of the committed lockfile, undefined when they are. Compares with the record
 * that npm leaves in node_modules as the last step of an install, so that one cut short counts as missing.
 * @param {string} root
 * @returns {string | undefined}
 */
export function reasonToInstall(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return 'they are not installed yet';
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const installed = packagesIn(record);
  for (const [path, entry] of Object.entries(wanted)) {
    const isRootOrWorkspace = !path.includes('node_modules/');
    if (isRootOrWorkspace) continue;
    const found = installed[path];
    if (!found && entry.optional) continue; // for another platform
    if (!found) return `${nameOf(path)} is missing`;
    if (found.version !== entry.version) return `${nameOf(path)} changed from ${found.version} to ${entry.version}`;
  }
  return undefined;
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packagesIn(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

/** @param {string} path */
function nameOf(path) {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
