import type { Calendars } from '@pelagic/capabilities/calendar/calendars';
import type { Numbering } from '@pelagic/capabilities/numbering/numbering';
import type { Database } from '@pelagic/chassis/database';
import type { Directory } from '@pelagic/chassis/directory';
import type { Links } from './link/links.ts';

/** What the nouns of this service work with; made once in main.ts. */
export type OfficeService = {
  database: Database;
  directory: Directory;
  number: Numbering;
  links: Links;
  calendars: Calendars;
};

export const NUMBER_PREFIXES = { task: 'TASK' };
