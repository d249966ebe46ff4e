import { ContractServiceService } from '@pelagic/proto/crm/sales/v1/contract';
import { OpportunityServiceService } from '@pelagic/proto/crm/sales/v1/opportunity';
import { PipelineServiceService } from '@pelagic/proto/crm/sales/v1/pipeline';
import { ProductServiceService } from '@pelagic/proto/crm/sales/v1/product';
import { ProductCategoryServiceService } from '@pelagic/proto/crm/sales/v1/product_category';
import { ReceiptServiceService } from '@pelagic/proto/crm/sales/v1/receipt';
import { TargetServiceService } from '@pelagic/proto/crm/sales/v1/target';
import { openBytes } from '@pelagic/capabilities/file/bytes';
import { CAPABILITY_MIGRATIONS } from '@pelagic/capabilities/migrations';
import { mountCapabilities } from '@pelagic/capabilities/mount';
import { numbering } from '@pelagic/capabilities/numbering/numbering';
import { consume } from '@pelagic/chassis/consumer';
import { openDatabase } from '@pelagic/chassis/database';
import { openDirectory } from '@pelagic/chassis/directory';
import { startProcess } from '@pelagic/chassis/process';
import { openQueue } from '@pelagic/chassis/queue';
import { relay } from '@pelagic/chassis/relay';
import { implement } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { behindSecret, runService } from '@pelagic/chassis/service';
import { SETTINGS } from './config.ts';
import { contractApprovals } from './contract/contract-approvals.ts';
import { contractHandlers } from './contract/contract.handlers.ts';
import { contractBulk, contractImport } from './contract/contract.import.ts';
import { contract, contractNames, isRunning } from './contract/contract.ts';
import { contractWordings } from './contract/contract.wordings.ts';
import { overdueInstalments } from './contract/overdue-instalments.ts';
import { customerNames, openCustomers } from './customer/customer.ts';
import { opportunityBulk } from './opportunity/opportunity.bulk.ts';
import { opportunityHandlers } from './opportunity/opportunity.handlers.ts';
import { opportunityImport } from './opportunity/opportunity.import.ts';
import { isOpenDeal, opportunity, opportunityNames } from './opportunity/opportunity.ts';
import { opportunityWordings } from './opportunity/opportunity.wordings.ts';
import { defaultPipeline } from './pipeline/default-pipeline.ts';
import { pipelineHandlers } from './pipeline/pipeline.handlers.ts';
import { pipeline } from './pipeline/pipeline.ts';
import { productCategoryHandlers } from './product-category/product-category.handlers.ts';
import { productCategory } from './product-category/product-category.ts';
import { productHandlers } from './product/product.handlers.ts';
import { productBulk, productImport } from './product/product.import.ts';
import { product } from './product/product.ts';
import { productWordings } from './product/product.wordings.ts';
import { receiptHandlers } from './receipt/receipt.handlers.ts';
import { receiptBulk, receiptImport } from './receipt/receipt.import.ts';
import { receipt } from './receipt/receipt.ts';
import { receiptWordings } from './receipt/receipt.wordings.ts';
import { NUMBER_PREFIXES } from './sales-service.ts';
import { targetHandlers } from './target/target.handlers.ts';
import { targetImport } from './target/target.import.ts';
import { isToCome, target } from './target/target.ts';
import { targetWordings } from './target/target.wordings.ts';

const SERVICE = 'sales';
const { config, log, broker, identity } = startProcess(SERVICE, SETTINGS);
const database = await openDatabase({
  url: config.DATABASE_URL,
  entities: [],
  migrations: [CAPABILITY_MIGRATIONS, { name: '9-sales', url: new URL('../migrations/', import.meta.url) }],
});
const directory = openDirectory({
  service: SERVICE,
  database,
  identityAddress: config.IDENTITY_ADDRESS,
  token: identity.serviceToken,
});
const customers = openCustomers({
  service: SERVICE,
  database,
  address: config.CUSTOMER_ADDRESS,
  token: identity.serviceToken,
});
const service = { database, directory, customers, number: numbering(() => database.aside, NUMBER_PREFIXES) };
const opportunities = opportunityHandlers(service);
const pipelines = pipelineHandlers(service);
const contracts = contractHandlers(service);
const receipts = receiptHandlers(service);
const targets = targetHandlers(service);
const products = productHandlers(service);
const productCategories = productCategoryHandlers(service);
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
  nouns: [opportunity, pipeline, contract, receipt, target, product, productCategory],
  following: [
    { noun: opportunity, only: () => isOpenDeal },
    { noun: contract, only: () => isRunning },
    { noun: target, only: isToCome, verb: 'moved' },
  ],
  imports: [
    opportunityImport(service),
    contractImport(service),
    receiptImport(service),
    targetImport(service),
    productImport(service),
  ],
  wordings: {
    opportunity: opportunityWordings,
    contract: contractWordings,
    receipt: receiptWordings,
    target: targetWordings,
    product: productWordings,
  },
  bulk: [opportunityBulk(service), contractBulk(service), receiptBulk(), productBulk(service)],
  names: {
    customer: customerNames,
    pipeline: 'pipeline',
    stage: 'stage_name',
    opportunity: opportunityNames,
    contract: contractNames,
    product_category: 'product_category',
    lead: { ask: customers.leadNames },
  },
  projections: [customers.projection],
  consumers: [contractApprovals],
  seeds: {
    'crm.sales.v1.OpportunityService': opportunities,
    'crm.sales.v1.PipelineService': pipelines,
    'crm.sales.v1.ContractService': contracts,
    'crm.sales.v1.ReceiptService': receipts,
    'crm.sales.v1.TargetService': targets,
    'crm.sales.v1.ProductService': products,
    'crm.sales.v1.ProductCategoryService': productCategories,
  },
});
const queue = openQueue({ url: config.DATABASE_URL, log, works: () => capabilities.works });
const { seam } = capabilities;

await runService(
  SERVICE,
  [
    database,
    broker,
    directory.part,
    relay({ service: SERVICE, database, broker, log }),
    ...capabilities.consumers.map((consumer) => consume({ service: SERVICE, database, broker, log }, consumer)),
    defaultPipeline({ database, log }),
    overdueInstalments({ database, log }),
    queue,
    ...capabilities.parts,
    grpcServer({
      host: config.GRPC_HOST,
      port: config.GRPC_PORT,
      implementations: () => [
        implement(seam, OpportunityServiceService, opportunities),
        implement(seam, PipelineServiceService, pipelines),
        implement(seam, ContractServiceService, contracts),
        implement(seam, ReceiptServiceService, receipts),
        implement(seam, TargetServiceService, targets),
        implement(seam, ProductServiceService, products),
        implement(seam, ProductCategoryServiceService, productCategories),
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
