import type { Rates } from '@pelagic/capabilities/money/money';
import type { Numbering } from '@pelagic/capabilities/numbering/numbering';
import type { Database } from '@pelagic/chassis/database';
import { ratesOf, type Directory } from '@pelagic/chassis/directory';
import type { Customers } from './customer/customer.ts';

/** What the nouns of this service work with; made once in main.ts. */
export type SalesService = {
  database: Database;
  directory: Directory;
  customers: Customers;
  number: Numbering;
};

export const ratesFor =
  ({ database }: SalesService): Rates =>
  (currency) =>
    ratesOf(database.aside, currency);

export const NUMBER_PREFIXES = { opportunity: 'OPP', product: 'PROD' };
