import { openBroker } from '@pelagic/chassis/broker';
import { connect } from '@pelagic/chassis/client';
import { printable, readConfig } from '@pelagic/chassis/config';
import { connectIdentity } from '@pelagic/chassis/identify';
import { createLog } from '@pelagic/chassis/log';
import { runService } from '@pelagic/chassis/service';
import { readAllowed } from '@pelagic/capabilities/disclosure/receiver';
import { PartnerServiceService } from '@pelagic/proto/crm/identity/v1/partner';
import { WebhookServiceService, type KeepWebhookRequest } from '@pelagic/proto/crm/identity/v1/webhook';
import { openPost } from '../webhooks/post.ts';
import { SETTINGS, type DeliveryConfig } from './config.ts';
import { keepFeeds } from './feeds.ts';

const config = readConfig(SETTINGS) as unknown as DeliveryConfig;
const log = createLog('delivery', config.LOG_LEVEL);
log.info({ config: printable(SETTINGS, config) }, 'delivery starts');
if (process.argv.includes('--check')) process.exit(0);

const { NATS_URL: url, NATS_REPLICAS: replicas } = config;
const broker = openBroker({ url, user: config.NATS_USER, password: config.NATS_PASSWORD, log });
const outside = openBroker({ url, user: 'partner_delivery', password: config.DELIVERY_PASSWORD, log, replicas });
const self = connectIdentity({
  service: 'delivery',
  secret: config.SERVICE_SECRET,
  identityAddress: config.IDENTITY_ADDRESS,
  // Nobody calls here, so there are no tokens to verify.
  tokenKeys: { keys: [] },
});
const partners = connect(PartnerServiceService, config.IDENTITY_ADDRESS);
const keeper = connect(WebhookServiceService, config.IDENTITY_ADDRESS);
const identity = {
  deliveries: async () => (await partners.listDeliveries({}, { token: await self.serviceToken() })).deliveries,
  report: async (...[partnerId, delivery]: Parameters<Parameters<typeof keepFeeds>[0]['identity']['report']>) => {
    await partners.reportDelivery({ partnerId, delivery }, { token: await self.serviceToken() });
  },
};

const webhooks = {
  keep: async (request: KeepWebhookRequest) => keeper.keepWebhook(request, { token: await self.serviceToken() }),
  post: openPost({ allowed: readAllowed(config.WEBHOOK_ALLOW) }).post,
};

await runService('delivery', [broker, outside, keepFeeds({ identity, broker, outside, webhooks, log })], {
  log,
  adminPort: config.ADMIN_PORT,
  drainMs: config.DRAIN_MS,
});
