import { FILE_SETTINGS } from '@pelagic/capabilities/file/settings';
import { readAllowed, WEBHOOK_ALLOW } from '@pelagic/capabilities/disclosure/receiver';
import { json, secret, text, type Settings } from '@pelagic/chassis/config';
import { contract } from '@pelagic/proto/contract';
import type { JWK } from 'jose';
import type { DoorOptions } from './partner/door.ts';
import type { Webhooks } from './partner/partner.handlers.ts';

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
  CALLOUT_ISSUER_SEED: secret('seed of the account nkey that the bus believes about partners; empty lets none in', ''),
  CALLOUT_CURVE_SEED: secret('seed of the curve nkey that the bus encrypts its questions for', ''),
  CALLOUT_PASSWORD: secret('password of the user partner_callout of the bus', ''),
  SWEEP_PASSWORD: secret('password of the user partner_sweep of the bus', ''),
  WEBHOOK_KEY: secret('what the secrets of webhooks are made from; empty lets nothing be posted', ''),
  WEBHOOK_ALLOW: text(WEBHOOK_ALLOW, ''),
  PELAGIC_DEMO: text('1 lets the demo generator act on a simulated clock', ''),
} satisfies Settings;

type DoorConfig = Record<
  `CALLOUT_${'ISSUER_SEED' | 'CURVE_SEED' | 'PASSWORD'}` | 'SWEEP_PASSWORD' | 'NATS_URL',
  string
>;

/** How identity stands at the door of the bus. */
export const doorIn = (config: DoorConfig): DoorOptions => ({
  url: config.NATS_URL,
  keys: { issuerSeed: config.CALLOUT_ISSUER_SEED, curveSeed: config.CALLOUT_CURVE_SEED },
  calloutPassword: config.CALLOUT_PASSWORD,
  sweepPassword: config.SWEEP_PASSWORD,
});

/** With what is signed what is posted, and who of the own network may be posted to. */
export const webhooksIn = (config: Record<'WEBHOOK_KEY' | 'WEBHOOK_ALLOW', string>): Webhooks => ({
  key: config.WEBHOOK_KEY,
  allowed: readAllowed(config.WEBHOOK_ALLOW),
});
