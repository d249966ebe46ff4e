import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { canInstall, install } from './debian.mjs';

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
  if (canInstall() && !(findChromium() && existsSync(CHINESE_FONTS))) await install(['chromium', 'fonts-noto-cjk']);
  const path = findChromium();
  if (path) return { CHROMIUM: path };
  throw new Error(
    'There is no Chromium for the browser tests. Install it (Debian: apt-get install chromium fonts-noto-cjk), or say where ' +
      'it is: CHROMIUM=/path/to/chromium npm test. The other stages run by name: npm test -- lint types unit',
  );
}
