import { FILE_SETTINGS } from '@pelagic/capabilities/file/settings';
import { MAIL_SETTINGS } from '@pelagic/capabilities/mail/settings';
import { text, type Settings } from '@pelagic/chassis/config';

/** What ticket needs from outside beyond what every service needs. */
export const SETTINGS = {
  CUSTOMER_ADDRESS: text('customer, host:port'),
  PELAGIC_DEMO: text('1 while the demo generator tells of the past: no ticket becomes late meanwhile', ''),
  ...MAIL_SETTINGS,
  ...FILE_SETTINGS,
} satisfies Settings;
