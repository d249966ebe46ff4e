import { CUSTOMER_VIEWS } from './customers.ts';
import { OFFICE_VIEWS } from './office.ts';
import { ORGANIZATION_VIEWS } from './organization.ts';
import { SALES_VIEWS } from './sales.ts';
import type { View } from './view.ts';

/** Every view by its name. A new noun is an entry in one of the files beside this. */
export const VIEWS: ReadonlyMap<string, View> = new Map(
  [...CUSTOMER_VIEWS, ...SALES_VIEWS, ...OFFICE_VIEWS, ...ORGANIZATION_VIEWS].map((view) => [view.name, view]),
);
