import { FILE_SETTINGS } from '@pelagic/capabilities/file/settings';
import { text, type Settings } from '@pelagic/chassis/config';

/** What sales needs from outside beyond what every service needs. */
export const SETTINGS = {
  CUSTOMER_ADDRESS: text('customer, host:port'),
  ...FILE_SETTINGS,
} satisfies Settings;
