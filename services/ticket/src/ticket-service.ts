import type { Calendars } from '@pelagic/capabilities/calendar/calendars';
import type { FileStore } from '@pelagic/capabilities/file/store';
import type { Numbering } from '@pelagic/capabilities/numbering/numbering';
import type { Caller } from '@pelagic/chassis/caller';
import type { Database, Tx } from '@pelagic/chassis/database';
import type { Directory } from '@pelagic/chassis/directory';
import type { Customers } from './customer/customer.ts';

/** What the nouns of this service work with; made once in main.ts. */
export type TicketService = {
  database: Database;
  directory: Directory;
  customers: Customers;
  calendars: Calendars;
  number: Numbering;
  /** Puts an uploaded file on a ticket that the caller may change. `field` is where the request names it. */
  attach: (tx: Tx, ticketId: string, fileId: string, caller: Caller, field: string) => Promise<unknown>;
  files: Pick<FileStore, 'open'>;
  /** The links of customers are made with it. */
  linkSecret: string;
};

export const NUMBER_PREFIXES = { ticket: 'TICK' };
