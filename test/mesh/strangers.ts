import { fromFormToLead } from './campaign.ts';
import type { Enterprise } from './enterprise.ts';
import { fromFormToTicket } from './request.ts';

/** What begins with somebody who is not signed in. */
export const fromStrangers = (house: () => Enterprise): void => {
  fromFormToLead(house);
  fromFormToTicket(house);
};
