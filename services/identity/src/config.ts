import { FILE_SETTINGS } from '@pelagic/capabilities/file/settings';
import { json, text, type Settings } from '@pelagic/chassis/config';
import { contract } from '@pelagic/proto/contract';
import type { JWK } from 'jose';

/** What is mounted everywhere has no process of its own. */
const NOT_ASKED = ['identity', 'capability'];
/** Services of nouns with owners: what somebody has is handed over there. */
const KEEPERS = [
  ...new Set(
    [...contract.nouns.values()]
      .filter(({ service, fields }) => !NOT_ASKED.includes(service) && fields.includes('ownerId'))
      .map(({ service }) => service),
  ),
];
const addressOf = (service: string): string => `${service.toUpperCase()}_ADDRESS`;
const ADDRESSES = Object.fromEntries(
  KEEPERS.map((service) => [addressOf(service), text(`${service}, host:port: where its records are handed over`, '')]),
);

/** Their addresses by service; empty where one is not part of the installation. */
export const ownersIn = (config: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(KEEPERS.map((service) => [service, String(config[addressOf(service)])]));

/** What identity needs from outside beyond what every service needs. */
export const SETTINGS = {
  SIGNING_KEY: json<JWK>('Ed25519 private key that caller tokens are signed with, JWK', { secret: true }),
  SERVICE_SECRETS: json<Record<string, string>>('SHA-256 in hex of the secret of each service, by service', {
    secret: true,
  }),
  PUBLIC_URL: text('where people reach the product, for one-time links'),
  ...FILE_SETTINGS,
  ...ADDRESSES,
  PELAGIC_DEMO: text('1 lets the demo generator act on a simulated clock', ''),
} satisfies Settings;
