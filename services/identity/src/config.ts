import { json, text, type Settings } from '@pelagic/chassis/config';
import type { JWK } from 'jose';

/** What identity needs from outside beyond what every service needs. */
export const SETTINGS = {
  SIGNING_KEY: json<JWK>('Ed25519 private key that caller tokens are signed with, JWK', { secret: true }),
  SERVICE_SECRETS: json<Record<string, string>>('SHA-256 in hex of the secret of each service, by service', {
    secret: true,
  }),
  PUBLIC_URL: text('where people reach the product, for one-time links'),
  FILES_DIR: text('folder for uploads and results, shared by all instances'),
  CUSTOMER_ADDRESS: text('customer, host:port: where leads and customers are handed over', ''),
  SALES_ADDRESS: text('sales, host:port: where deals are handed over', ''),
  PELAGIC_DEMO: text('1 lets the demo generator act on a simulated clock', ''),
} satisfies Settings;
