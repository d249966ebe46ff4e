import { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { ActivityServiceService } from '@pelagic/proto/crm/customer/v1/activity';
import { ContactServiceService } from '@pelagic/proto/crm/customer/v1/contact';
import { ConversionServiceService } from '@pelagic/proto/crm/customer/v1/conversion';
import { CustomerServiceService } from '@pelagic/proto/crm/customer/v1/customer';
import { LeadServiceService } from '@pelagic/proto/crm/customer/v1/lead';
import { TimelineServiceService } from '@pelagic/proto/crm/customer/v1/timeline';
import { OpportunityServiceService } from '@pelagic/proto/crm/sales/v1/opportunity';
import { openBytes } from '@pelagic/capabilities/file/bytes';
import { numbering } from '@pelagic/capabilities/numbering/numbering';
import { CAPABILITY_MIGRATIONS } from '@pelagic/capabilities/migrations';
import { connect } from '@pelagic/chassis/client';
import { consume } from '@pelagic/chassis/consumer';
import { openDatabase } from '@pelagic/chassis/database';
import { openDirectory } from '@pelagic/chassis/directory';
import { startProcess } from '@pelagic/chassis/process';
import { projection } from '@pelagic/chassis/projection';
import { openQueue } from '@pelagic/chassis/queue';
import { relay } from '@pelagic/chassis/relay';
import { implement } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { behindSecret, runService } from '@pelagic/chassis/service';
import { mountCapabilities } from '@pelagic/capabilities/mount';
import { activity } from './activity/activity.ts';
import { activityWordings } from './activity/activity.wordings.ts';
import { activityHandlers } from './activity/activity.handlers.ts';
import { applyOpportunities, clearOpportunities } from './activity/opportunity-subject.ts';
import { SETTINGS } from './config.ts';
import { openCampaigns } from './campaign/campaigns.ts';
import { contact } from './contact/contact.ts';
import { contactWordings } from './contact/contact.wordings.ts';
import { contactBulk, contactImport } from './contact/contact.import.ts';
import { contactHandlers } from './contact/contact.handlers.ts';
import { conversionHandlers, conversionWork } from './conversion/conversion.handlers.ts';
import { customer } from './customer/customer.ts';
import { customerBulk, customerImport } from './customer/customer.import.ts';
import { customerHandlers } from './customer/customer.handlers.ts';
import { NUMBER_PREFIXES } from './customer-service.ts';
import { lead } from './lead/lead.ts';
import { leadWordings } from './lead/lead.wordings.ts';
import { leadBulk, leadImport } from './lead/lead.import.ts';
import { leadHandlers } from './lead/lead.handlers.ts';
import { leadIntake } from './lead/lead-intake.ts';
import { recordNames } from './record-names.ts';
import { belongingProjections } from './timeline/belonging.ts';
import { timelineHandlers } from './timeline/timeline.handlers.ts';
import { timelineConsumers } from './timeline/timeline.reactions.ts';

const SERVICE = 'customer';
const { config, log, broker, identity } = startProcess(SERVICE, SETTINGS);
const database = await openDatabase({
  url: config.DATABASE_URL,
  entities: [],
  migrations: [CAPABILITY_MIGRATIONS, { name: '9-customer', url: new URL('../migrations/', import.meta.url) }],
});
const directory = openDirectory({
  service: SERVICE,
  database,
  identityAddress: config.IDENTITY_ADDRESS,
  token: identity.serviceToken,
});
const campaigns = openCampaigns(config.MARKETING_ADDRESS);
const service = { database, directory, number: numbering(() => database.aside, NUMBER_PREFIXES), campaigns };
const salesRecords = connect(RecordServiceService, config.SALES_ADDRESS);
const ticketRecords = connect(RecordServiceService, config.TICKET_ADDRESS);
const neighbours = {
  sales: connect(OpportunityServiceService, config.SALES_ADDRESS),
  salesRecords,
  serviceToken: identity.serviceToken,
};
const opportunities = projection({
  name: 'opportunity-subjects',
  service: SERVICE,
  from: 'sales',
  address: config.SALES_ADDRESS,
  noun: 'opportunity',
  database,
  token: identity.serviceToken,
  apply: applyOpportunities,
  clear: clearOpportunities,
});
const belongings = belongingProjections({
  addresses: { sales: config.SALES_ADDRESS, ticket: config.TICKET_ADDRESS },
  database,
  token: identity.serviceToken,
});
const leads = leadHandlers(service);
const customers = customerHandlers(service);
const contacts = contactHandlers(service);
const activities = activityHandlers(service);
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
  nouns: [lead, customer, contact, activity],
  following: [{ noun: lead }, { noun: customer }, { noun: contact, verb: 'updated' }],
  imports: [leadImport(service), customerImport(service), contactImport(service)],
  wordings: { lead: leadWordings, contact: contactWordings, activity: activityWordings },
  names: { ...recordNames, campaign: { ask: campaigns.names } },
  bulk: [leadBulk(service), customerBulk(service), contactBulk()],
  projections: [opportunities, ...belongings],
  consumers: [...timelineConsumers, leadIntake(service)],
  seeds: {
    'crm.customer.v1.LeadService': leads,
    'crm.customer.v1.CustomerService': customers,
    'crm.customer.v1.ContactService': contacts,
    'crm.customer.v1.ActivityService': activities,
  },
});
const queue = openQueue({
  url: config.DATABASE_URL,
  log,
  works: () => [...capabilities.works, conversionWork(service, neighbours, identity)],
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
        implement(seam, LeadServiceService, leads),
        implement(seam, CustomerServiceService, customers),
        implement(seam, ContactServiceService, contacts),
        implement(seam, ActivityServiceService, activities),
        implement(seam, ConversionServiceService, conversionHandlers(service, queue, neighbours)),
        implement(
          seam,
          TimelineServiceService,
          timelineHandlers(service, { sales: salesRecords, ticket: ticketRecords }),
        ),
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
