import { text, type Settings } from '@pelagic/chassis/config';

/** What marketing needs from outside beyond what every service needs. */
export const SETTINGS = {
  FILES_DIR: text('folder for uploads and results, shared by all instances'),
} satisfies Settings;
