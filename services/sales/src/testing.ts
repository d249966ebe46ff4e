import { CAPABILITY_MIGRATIONS } from '@pelagic/capabilities/migrations';
import { numbering } from '@pelagic/capabilities/numbering/numbering';
import { connect, type Connected } from '@pelagic/chassis/client';
import { openDatabase } from '@pelagic/chassis/database';
import { openDirectory } from '@pelagic/chassis/directory';
import { createLog } from '@pelagic/chassis/log';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { implement, type Handlers } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { testCallers, type TestPerson } from '@pelagic/chassis/testing/callers';
import { testDatabase } from '@pelagic/chassis/testing/engines';
import { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { Lead, LeadServiceService } from '@pelagic/proto/crm/customer/v1/lead';
import { ContractServiceService } from '@pelagic/proto/crm/sales/v1/contract';
import { Opportunity, OpportunityServiceService } from '@pelagic/proto/crm/sales/v1/opportunity';
import { PipelineServiceService, type Pipeline } from '@pelagic/proto/crm/sales/v1/pipeline';
import { ProductServiceService } from '@pelagic/proto/crm/sales/v1/product';
import { ProductCategoryServiceService } from '@pelagic/proto/crm/sales/v1/product_category';
import { ReceiptServiceService } from '@pelagic/proto/crm/sales/v1/receipt';
import { TargetServiceService } from '@pelagic/proto/crm/sales/v1/target';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { contractHandlers } from './contract/contract.handlers.ts';
import { openCustomers } from './customer/customer.ts';
import { opportunityHandlers } from './opportunity/opportunity.handlers.ts';
import { pipelineHandlers } from './pipeline/pipeline.handlers.ts';
import { standardPipeline } from './pipeline/default-pipeline.ts';
import { productCategoryHandlers } from './product-category/product-category.handlers.ts';
import { productHandlers } from './product/product.handlers.ts';
import { receiptHandlers } from './receipt/receipt.handlers.ts';
import { NUMBER_PREFIXES } from './sales-service.ts';
import { targetHandlers } from './target/target.handlers.ts';

export const SALES_MIGRATIONS = [
  CAPABILITY_MIGRATIONS,
  { name: '9-sales', url: new URL('../migrations/', import.meta.url) },
];

type CustomerState = {
  id: string;
  version: number;
  name: string;
  shortName?: string;
  number?: string;
  ownerId?: string;
  departmentId?: string;
  deleteTime?: string;
};

/** The customer service as far as its contract goes: records with their states, and for each person those that they may see. */
const neighbour = () => {
  const states = new Map<string, CustomerState>();
  const seenBy = new Map<string, Set<string>>();
  const recordOf = ({ version, ...state }: CustomerState) => ({
    noun: 'customer',
    id: state.id,
    version,
    state: JSON.stringify({ ...state, version }),
  });
  const handlers = {
    filterVisible: async ({ ids }, caller) => ({ ids: ids.filter((id) => seenBy.get(caller.id)?.has(id)) }),
    getState: async ({ id }) => ({ record: states.has(id) ? recordOf(states.get(id)!) : undefined }),
    exportSnapshot: async function* () {
      yield { records: [...states.values()].map(recordOf) };
    },
  } as Partial<Handlers<RecordServiceService>> as Handlers<RecordServiceService>;
  const leads = {
    listLeads: async ({ filter }, caller) => ({
      leads: [...states.values()]
        .filter(({ id }) => filter.includes(`id = "${id}"`) && seenBy.get(caller.id)?.has(id))
        .map(({ id, name }) => Lead.fromJSON({ id, name })),
      nextPageToken: '',
    }),
  } as Partial<Handlers<LeadServiceService>> as Handlers<LeadServiceService>;
  const show = (personId: string, id: string) => seenBy.set(personId, (seenBy.get(personId) ?? new Set()).add(id));
  return { states, show, handlers, leads };
};

/** The service on a database of its own with people whose rights a test decides: real gRPC, and a customer service of the test's. */
export const startSalesService = async () => {
  const { url, drop } = await testDatabase('sales');
  const database = await openDatabase({ url, entities: [], migrations: SALES_MIGRATIONS });
  await database.start();
  const callers = await testCallers();
  const seam = { log: createLog('test', 'fatal'), identify: callers.identify };
  const host = '127.0.0.1';
  const { states, show, handlers, leads } = neighbour();
  const customerServer = grpcServer({
    host,
    port: 0,
    implementations: () => [
      implement(seam, RecordServiceService, handlers),
      implement(seam, LeadServiceService, leads),
    ],
  });
  await customerServer.start();
  const token = () => callers.serviceToken('sales');
  const directory = openDirectory({ service: 'sales', database, identityAddress: `${host}:1`, token });
  const customers = openCustomers({ service: 'sales', database, address: `${host}:${customerServer.port()}`, token });
  const service = { database, directory, customers, number: numbering(() => database.aside, NUMBER_PREFIXES) };
  const server = grpcServer({
    host,
    port: 0,
    implementations: () => [
      implement(seam, OpportunityServiceService, opportunityHandlers(service)),
      implement(seam, PipelineServiceService, pipelineHandlers(service)),
      implement(seam, ContractServiceService, contractHandlers(service)),
      implement(seam, ReceiptServiceService, receiptHandlers(service)),
      implement(seam, TargetServiceService, targetHandlers(service)),
      implement(seam, ProductServiceService, productHandlers(service)),
      implement(seam, ProductCategoryServiceService, productCategoryHandlers(service)),
    ],
  });
  await server.start();

  const clients = (bearer: string) => {
    const as = <S extends ServiceDefinition>(definition: S): Connected<S> => {
      const calls = connect(definition, `${host}:${server.port()}`) as Record<
        string,
        (request: unknown, options?: object) => unknown
      >;
      return Object.fromEntries(
        Object.entries(calls).map(([name, call]) => [
          name,
          (request: unknown, options: object = {}) => call(request, { token: bearer, timeoutMs: 60_000, ...options }),
        ]),
      ) as Connected<S>;
    };
    return {
      token: bearer,
      deals: as(OpportunityServiceService),
      pipelines: as(PipelineServiceService),
      contracts: as(ContractServiceService),
      receipts: as(ReceiptServiceService),
      targets: as(TargetServiceService),
      products: as(ProductServiceService),
      categories: as(ProductCategoryServiceService),
    };
  };

  /** Somebody who works here, with these rights; known to the directory as the projection would know them. */
  const person = async (rights: TestPerson, options: { clock?: Date } = {}) => {
    const departmentId = rights.departmentId ?? uuidv7();
    const { id, token: bearer } = await callers.token({ ...rights, departmentId }, options);
    await database.sql
      .insertInto('directory_employee')
      .values({
        id,
        name: `person ${id.slice(-4)}`,
        department_id: departmentId,
        state: 'EMPLOYEE_STATE_ACTIVE',
        placements: '[]',
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    return { id, departmentId, ...clients(bearer) };
  };

  /** A customer of the customer service, unknown here until somebody asks; these people may see it. */
  const customer = (state: Partial<CustomerState>, ...people: { id: string }[]): string => {
    const id = uuidv7();
    states.set(id, { id, version: 1, name: 'Customer', ...state });
    for (const { id: personId } of people) show(personId, id);
    return id;
  };

  const events = async (recordId: string): Promise<{ subject: string; version: number; event: any }[]> =>
    (await database.sql
      .selectFrom('outbox')
      .select(['subject', 'version', 'event'])
      .where('record_id', '=', recordId)
      .orderBy('seq')
      .execute()) as never;

  return {
    url,
    service,
    database,
    callers,
    seam,
    customerStates: states,
    person,
    clients,
    customer,
    show,
    events,
    stop: async () => {
      await server.stop();
      await customerServer.stop();
      await database.stop();
      await drop();
    },
  };
};

export const LIST = { pageSize: 0, pageToken: '', filter: '', orderBy: '', query: '', deleted: false, count: false };

const NOUNS = ['opportunity', 'contract', 'receipt', 'product'];
const ACTIONS = [
  'create',
  'read',
  'update',
  'assign',
  'share',
  'delete',
  'reopen',
  'void',
  'allocate',
  'refund',
  'reverse',
  'export',
  'import',
  'import_history',
];

/** Every permission on what sales keeps with one scope. */
export const everything = (scope: TestPerson['permissions'][string]): TestPerson['permissions'] =>
  Object.fromEntries(
    [
      ...NOUNS.flatMap((noun) => ACTIONS.map((action) => `${noun}.${action}`)),
      'pipeline.manage',
      'product_category.manage',
      'customer.read',
    ].map((permission) => [permission, scope]),
  );

export const english = (changes: Partial<Pipeline> = {}): Pipeline => ({ ...standardPipeline('en'), ...changes });

/** The request that enters a deal. */
export const newDeal = (
  fields: object = {},
  more: { id?: string; leadId?: string; requestId?: string; validateOnly?: boolean } = {},
) => ({
  opportunity: Opportunity.fromJSON({ name: 'Deal', ...fields }),
  requestId: '',
  validateOnly: false,
  id: '',
  leadId: '',
  ...more,
});

export type Along = {
  version?: number;
  reason?: string;
  fields?: object;
  lostReason?: string;
  closeNote?: string;
  validateOnly?: boolean;
};

/** The request that moves a deal, with fields that come along. */
export const moveOf = (id: string, stageId: string, { fields, ...along }: Along = {}) => ({
  id,
  stageId,
  version: 0,
  reason: '',
  lostReason: '',
  closeNote: '',
  validateOnly: false,
  opportunity: fields && Opportunity.fromJSON(fields),
  updateMask: fields && Object.keys(fields),
  ...along,
});
