import { OpportunityServiceService } from '@pelagic/proto/crm/sales/v1/opportunity';
import { PipelineServiceService } from '@pelagic/proto/crm/sales/v1/pipeline';
import { CAPABILITY_MIGRATIONS } from '@pelagic/capabilities/migrations';
import { numbering } from '@pelagic/capabilities/numbering/numbering';
import { text } from '@pelagic/chassis/config';
import { consume } from '@pelagic/chassis/consumer';
import { openDatabase } from '@pelagic/chassis/database';
import { openDirectory } from '@pelagic/chassis/directory';
import { startProcess } from '@pelagic/chassis/process';
import { relay } from '@pelagic/chassis/relay';
import { implement } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { runService } from '@pelagic/chassis/service';
import { openCustomers } from './customer/customer.ts';
import { opportunityHandlers } from './opportunity/opportunity.handlers.ts';
import { defaultPipeline } from './pipeline/default-pipeline.ts';
import { pipelineHandlers } from './pipeline/pipeline.handlers.ts';
import { NUMBER_PREFIXES } from './sales-service.ts';

const SERVICE = 'sales';
const { config, log, broker, identity } = startProcess(SERVICE, { CUSTOMER_ADDRESS: text('customer, host:port') });
const database = await openDatabase({ url: config.DATABASE_URL, entities: [], migrations: [CAPABILITY_MIGRATIONS, { name: '9-sales', url: new URL('../migrations/', import.meta.url) }] });
const directory = openDirectory({ service: SERVICE, database, identityAddress: config.IDENTITY_ADDRESS, token: identity.serviceToken });
const customers = openCustomers({ service: SERVICE, database, address: config.CUSTOMER_ADDRESS, token: identity.serviceToken });
const service = { database, directory, customers, number: numbering(() => database.aside, NUMBER_PREFIXES) };
const seam = { log, identify: identity.identify };
const consumers = [...directory.consumers, customers.projection.consumer];

await runService(
  SERVICE,
  [
    database,
    broker,
    directory.part,
    defaultPipeline({ database, log }),
    relay({ service: SERVICE, database, broker, log }),
    ...consumers.map((consumer) => consume({ service: SERVICE, database, broker, log }, consumer)),
    grpcServer({
      host: config.GRPC_HOST,
      port: config.GRPC_PORT,
      implementations: () => [implement(seam, OpportunityServiceService, opportunityHandlers(service)), implement(seam, PipelineServiceService, pipelineHandlers(service))],
    }),
  ],
  { log, adminPort: config.ADMIN_PORT },
);
