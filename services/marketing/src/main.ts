import { CampaignServiceService } from '@pelagic/proto/crm/marketing/v1/campaign';
import { LeadFormServiceService, PublicFormServiceService } from '@pelagic/proto/crm/marketing/v1/lead_form';
import { openBytes } from '@pelagic/capabilities/file/bytes';
import { CAPABILITY_MIGRATIONS } from '@pelagic/capabilities/migrations';
import { mountCapabilities } from '@pelagic/capabilities/mount';
import { numbering } from '@pelagic/capabilities/numbering/numbering';
import { settleWork } from '@pelagic/capabilities/public-form/settle';
import { consume } from '@pelagic/chassis/consumer';
import { openDatabase } from '@pelagic/chassis/database';
import { openDirectory } from '@pelagic/chassis/directory';
import { startProcess } from '@pelagic/chassis/process';
import { openQueue } from '@pelagic/chassis/queue';
import { relay } from '@pelagic/chassis/relay';
import { implement } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { behindSecret, runService } from '@pelagic/chassis/service';
import { campaignHandlers } from './campaign/campaign.handlers.ts';
import { campaignBulk, campaignImport } from './campaign/campaign.import.ts';
import { campaign, isLive } from './campaign/campaign.ts';
import { campaignWordings } from './campaign/campaign.wordings.ts';
import { SETTINGS } from './config.ts';
import { leadFormHandlers } from './lead-form/lead-form.handlers.ts';
import { leadForm } from './lead-form/lead-form.ts';
import { NUMBER_PREFIXES } from './marketing-service.ts';
import { publicFormHandlers } from './submission/public-form.handlers.ts';
import { submission, submissions } from './submission/submission.ts';

const SERVICE = 'marketing';
const { config, log, broker, identity } = startProcess(SERVICE, SETTINGS);
const database = await openDatabase({
  url: config.DATABASE_URL,
  entities: [],
  migrations: [CAPABILITY_MIGRATIONS, { name: '9-marketing', url: new URL('../migrations/', import.meta.url) }],
});
const directory = openDirectory({
  service: SERVICE,
  database,
  identityAddress: config.IDENTITY_ADDRESS,
  token: identity.serviceToken,
});
const service = { database, directory, number: numbering(() => database.aside, NUMBER_PREFIXES) };
const campaigns = campaignHandlers(service);
const leadForms = leadFormHandlers(service);
const capabilities = mountCapabilities({
  service: SERVICE,
  database,
  broker,
  directory,
  identity,
  identityAddress: config.IDENTITY_ADDRESS,
  bytes: openBytes(config),
  log,
  queue: () => queue,
  nouns: [campaign, leadForm, submission],
  following: [{ noun: campaign, only: () => isLive }],
  imports: [campaignImport(service)],
  wordings: { campaign: campaignWordings },
  bulk: [campaignBulk(service)],
  projections: [],
  consumers: [],
  seeds: { 'crm.marketing.v1.CampaignService': campaigns, 'crm.marketing.v1.LeadFormService': leadForms },
});
const queue = openQueue({
  url: config.DATABASE_URL,
  log,
  works: () => [...capabilities.works, settleWork(SERVICE, database, submissions)],
});
const { seam } = capabilities;

await runService(
  SERVICE,
  [
    database,
    broker,
    directory.part,
    relay({ service: SERVICE, database, broker, log }),
    ...capabilities.consumers.map((consumer) => consume({ service: SERVICE, database, broker, log }, consumer)),
    queue,
    ...capabilities.parts,
    grpcServer({
      host: config.GRPC_HOST,
      port: config.GRPC_PORT,
      implementations: () => [
        implement(seam, CampaignServiceService, campaigns),
        implement(seam, LeadFormServiceService, leadForms),
        implement(seam, PublicFormServiceService, publicFormHandlers(database, queue)),
        ...capabilities.implementations(),
      ],
    }),
  ],
  {
    log,
    adminPort: config.ADMIN_PORT,
    drainMs: config.DRAIN_MS,
    commands: behindSecret(config.SERVICE_SECRET, capabilities.commands),
  },
);
