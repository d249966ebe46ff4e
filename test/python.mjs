import { canInstall, install, works } from './debian.mjs';

/**
 * Has what environments of Python are made with, for the clients of the guides: on Debian it is a package of its own, which
 * root installs. A test that finds none says what to do.
 * @returns {Promise<Record<string, string>>}
 */
export async function settlePython() {
  if (canInstall() && !(await works('python3', ['-m', 'ensurepip', '--version']))) await install(['python3-venv']);
  return {};
}
