import type { MigrationFolder } from '@pelagic/chassis/database';

/** The tables of all capabilities; small and empty where a service has no use for one. */
export const CAPABILITY_MIGRATIONS: MigrationFolder = {
  name: '1-capabilities',
  url: new URL('../migrations/', import.meta.url),
};
