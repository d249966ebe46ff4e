import { contract } from '@pelagic/proto/contract';

/** What people work on, and what things here can be about, as far as there is a service that keeps it. */
const LINKED = ['lead', 'customer', 'contact', 'opportunity', 'campaign', 'contract', 'ticket'];

/** The service that keeps the records of a noun; undefined for what nothing can be about. */
export const keeperOf = (noun: string): string | undefined =>
  LINKED.includes(noun) ? contract.nouns.get(noun)?.service : undefined;

/** The services that are asked for records. */
export const KEEPERS: string[] = [...new Set(LINKED.flatMap((noun) => keeperOf(noun) ?? []))].sort();
