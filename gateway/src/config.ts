import { integer, secret, text, type Config, type Settings } from '@pelagic/chassis/config';
import { contract } from '@pelagic/proto/contract';

/** The processes that own a part of the contract; each is found by `<OWNER>_ADDRESS`. Capabilities are mounted on these. */
export const OWNERS: string[] = [
  ...new Set([...contract.rpcs.values()].filter((rpc) => !rpc.access.mounted).map((rpc) => rpc.owner)),
].sort();

/** Services with events of their own: one stream each. */
export const SPEAKERS: string[] = [...new Set([...contract.events.values()].map((event) => event.service))].sort();

const OWN_SETTINGS = {
  HOST: text('address that HTTP listens on', '127.0.0.1'),
  PORT: integer('port that HTTP listens on'),
  ADMIN_PORT: integer('port of /livez, /readyz and /metrics; 0 takes a free one', 0),
  PUBLIC_URL: text('address that people type, for example https://crm.example.com'),
  WEB_ADDRESS: text('the web process, host:port; without it there are no pages', ''),
  TRUSTED_PROXIES: text('addresses or CIDR ranges whose X-Forwarded-For is believed, separated by commas', ''),
  NATS_URL: text('NATS servers, separated by commas'),
  NATS_USER: text('user of the gateway on the bus'),
  NATS_PASSWORD: secret('its password'),
  SESSION_RATE: integer('requests a minute that a session may make', 3_000),
  KEY_RATE: integer('requests a minute that an API key may make when identity names no other number', 600),
  ADDRESS_RATE: integer('requests a minute that one address may make without signing in', 600),
  SIGN_IN_RATE: integer('attempts a minute to sign in from one address; one login may fill a tenth of it', 200),
  DRAIN_MS: integer('milliseconds between "not ready" and the first refused connection', 0),
  LOG_LEVEL: text('trace, debug, info, warn or error', 'info'),
} satisfies Settings;

export type GatewayConfig = Config<typeof OWN_SETTINGS>;

/** `<OWNER>_ADDRESS` for each owner of the contract. One that is missing makes its routes answer 503, not the gateway fail. */
const ADDRESS_SETTINGS: Record<string, ReturnType<typeof text>> = Object.fromEntries(
  OWNERS.map((owner) => [`${owner.toUpperCase()}_ADDRESS`, text(`gRPC of ${owner}, host:port`, '')]),
);

/** What the gateway needs from outside. */
export const SETTINGS = { ...OWN_SETTINGS, ...ADDRESS_SETTINGS };

/** Address by owner, of those that have one. */
export const addressesIn = (config: Record<string, unknown>): Map<string, string> =>
  new Map(
    OWNERS.flatMap((owner): [string, string][] => {
      const address = config[`${owner.toUpperCase()}_ADDRESS`];
      return typeof address === 'string' && address ? [[owner, address]] : [];
    }),
  );
