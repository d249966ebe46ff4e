import { FILE_SETTINGS } from '@pelagic/capabilities/file/settings';
import { text, type Settings } from '@pelagic/chassis/config';

/** What customer needs from outside beyond what every service needs. */
export const SETTINGS = {
  SALES_ADDRESS: text('sales, host:port'),
  MARKETING_ADDRESS: text('marketing, host:port'),
  TICKET_ADDRESS: text('ticket, host:port'),
  ...FILE_SETTINGS,
} satisfies Settings;
