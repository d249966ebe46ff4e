import { contract } from '@pelagic/proto/contract';

/** Whose streams are read: every service that tells of something. Identity first; see IngestOptions. */
export const SERVICES: string[] = [
  ...new Set(['identity', ...[...contract.events.values()].map(({ service }) => service)]),
];
