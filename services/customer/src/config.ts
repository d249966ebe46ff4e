import { text, type Settings } from '@pelagic/chassis/config';

/** What customer needs from outside beyond what every service needs. */
export const SETTINGS = {
  SALES_ADDRESS: text('sales, host:port'),
  MARKETING_ADDRESS: text('marketing, host:port'),
  TICKET_ADDRESS: text('ticket, host:port'),
  FILES_DIR: text('folder for uploads and results, shared by all instances'),
} satisfies Settings;
