import { openBroker } from '@pelagic/chassis/broker';
import { printable, readConfig } from '@pelagic/chassis/config';
import { createLog } from '@pelagic/chassis/log';
import { runService, type Part } from '@pelagic/chassis/service';
import { addressesIn, SETTINGS, SPEAKERS, type GatewayConfig } from './config.ts';
import { buildGateway } from './gateway.ts';
import { listenToBus } from './live/bus.ts';
import { openLive } from './live/live.ts';
import { openAuthenticator } from './session/authenticator.ts';
import { openUpstreams, upstreamConnections } from './upstreams.ts';

/** Longest that running requests are waited for at the end. */
const GRACE_MS = 15_000;

const config = readConfig(SETTINGS) as unknown as GatewayConfig;
const log = createLog('gateway', config.LOG_LEVEL);
log.info({ config: printable(SETTINGS, config) }, 'gateway starts');
if (process.argv.includes('--check')) process.exit(0);

const broker = openBroker({ url: config.NATS_URL, user: config.NATS_USER, password: config.NATS_PASSWORD, log });
const upstreams = openUpstreams(addressesIn(config));
const authenticator = openAuthenticator(upstreams);
const live = openLive({ upstreams, authenticator });
const bus = listenToBus({ broker, services: SPEAKERS, log, changed: live.changed, missed: live.missed });
const app = await buildGateway({ config, log, upstreams, authenticator, live });

const http: Part = {
  name: 'http',
  start: () => app.listen({ host: config.HOST, port: config.PORT }),
  drain: live.close,
  stop: () => {
    live.close();
    return app.close();
  },
};

await runService('gateway', [upstreamConnections, broker, bus, http], {
  log,
  adminPort: config.ADMIN_PORT,
  drainMs: config.DRAIN_MS,
  graceMs: GRACE_MS,
});
