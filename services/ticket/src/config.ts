import { text, type Settings } from '@pelagic/chassis/config';

/** What ticket needs from outside beyond what every service needs. */
export const SETTINGS = {
  CUSTOMER_ADDRESS: text('customer, host:port'),
  PELAGIC_DEMO: text('1 while the demo generator tells of the past: no ticket becomes late meanwhile', ''),
  FILES_DIR: text('folder for uploads and results, shared by all instances'),
} satisfies Settings;
