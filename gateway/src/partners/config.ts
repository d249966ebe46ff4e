import { WEBHOOK_ALLOW } from '@pelagic/capabilities/disclosure/receiver';
import { integer, secret, text, type Config, type Settings } from '@pelagic/chassis/config';

/** What the delivery to partners needs from outside. */
export const SETTINGS = {
  NATS_URL: text('NATS servers, separated by commas'),
  NATS_USER: text('user of the delivery on the bus inside'),
  NATS_PASSWORD: secret('its password'),
  DELIVERY_PASSWORD: secret('password of the user partner_delivery of the bus outside'),
  NATS_REPLICAS: integer('copies of each stream: 3 on a cluster of three servers', 1),
  IDENTITY_ADDRESS: text('gRPC of identity, host:port'),
  SERVICE_SECRET: secret('proves to identity which process this is'),
  WEBHOOK_ALLOW: text(WEBHOOK_ALLOW, ''),
  ADMIN_PORT: integer('port of /livez, /readyz and /metrics; 0 takes a free one', 0),
  DRAIN_MS: integer('milliseconds between "not ready" and the end', 0),
  LOG_LEVEL: text('trace, debug, info, warn or error', 'info'),
} satisfies Settings;

export type DeliveryConfig = Config<typeof SETTINGS>;
