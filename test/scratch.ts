import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';

const IN_MEMORY = '/dev/shm';
/** Several times what tests write at once. */
const ROOM = 8 * 2 ** 30;

const isRoomy = (): boolean => {
  if (!existsSync(IN_MEMORY)) return false;
  const { bavail, bsize } = statfsSync(IN_MEMORY);
  return bavail * bsize >= ROOM && freemem() >= ROOM;
};

/**
 * Everything that tests write for themselves lies in one folder that goes away: in memory where there is room, for a database
 * is hundreds of files, and to make and delete those of two hundred databases costs a disk a third of the time of all tests.
 */
const setup = (): (() => void) => {
  const folder = mkdtempSync(join(isRoomy() ? IN_MEMORY : tmpdir(), 'pelagic-test-'));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
};

export default setup;
