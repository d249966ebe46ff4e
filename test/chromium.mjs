import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** Debian's place of the fonts without which Chinese is boxes on screenshots. */
const CHINESE_FONTS = '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc';

/** Path of a Chromium: CHROMIUM when it is set, else the first on the PATH. */
export function findChromium() {
  if (process.env['CHROMIUM']) return process.env['CHROMIUM'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path));
}

/**
 * Has a browser for the browser tests, which read its path from CHROMIUM: on Debian root installs what is missing.
 * Throws with what to do otherwise.
 * @returns {Promise<Record<string, string>>} what the tests need in their environment
 */
export async function settleChromium() {
  const isDebianRoot = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (isDebianRoot && !(findChromium() && existsSync(CHINESE_FONTS))) install();
  const path = findChromium();
  if (path) return { CHROMIUM: path };
  throw new Error(
    'There is no Chromium for the browser tests. Install it (Debian: apt-get install chromium fonts-noto-cjk), or say where ' +
      'it is: CHROMIUM=/path/to/chromium npm test. The other stages run by name: npm test -- lint types unit',
  );
}

function install() {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const packages = ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'];
  for (const args of [['update'], packages]) {
    const { status, stdout, stderr } = spawnSync('apt-get', ['-q', ...args], { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed:\n${stdout}${stderr}`);
  }
}
