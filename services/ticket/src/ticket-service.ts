import type { Calendars } from '@pelagic/capabilities/calendar/calendars';
import type { Numbering } from '@pelagic/capabilities/numbering/numbering';
import type { Database } from '@pelagic/chassis/database';
import type { Directory } from '@pelagic/chassis/directory';
import type { Customers } from './customer/customer.ts';

/** What the nouns of this service work with; made once in main.ts. */
export type TicketService = {
  database: Database;
  directory: Directory;
  customers: Customers;
  calendars: Calendars;
  number: Numbering;
  /** The links of customers are made with it. */
  linkSecret: string;
};

export const NUMBER_PREFIXES = { ticket: 'TICK' };
