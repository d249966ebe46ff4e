import type { Numbering } from '@pelagic/capabilities/numbering/numbering';
import type { Database } from '@pelagic/chassis/database';
import type { Directory } from '@pelagic/chassis/directory';

/** What the nouns of this service work with; made once in main.ts. */
export type MarketingService = {
  database: Database;
  directory: Directory;
  number: Numbering;
};

export const NUMBER_PREFIXES = { campaign: 'CAMP' };
