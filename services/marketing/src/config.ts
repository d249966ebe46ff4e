import { FILE_SETTINGS } from '@pelagic/capabilities/file/settings';
import type { Settings } from '@pelagic/chassis/config';

/** What marketing needs from outside beyond what every service needs. */
export const SETTINGS = {
  ...FILE_SETTINGS,
} satisfies Settings;
