import type { Numbering } from '@pelagic/capabilities/numbering/numbering';
import type { Database } from '@pelagic/chassis/database';
import type { Directory } from '@pelagic/chassis/directory';
import type { Campaigns } from './campaign/campaigns.ts';

/** What the nouns of this service work with; made once in main.ts. */
export type CustomerService = {
  database: Database;
  directory: Directory;
  number: Numbering;
  campaigns: Campaigns;
};

export const NUMBER_PREFIXES = { lead: 'LEAD', customer: 'CUS', contact: 'CON' };
