import { connect } from '@pelagic/chassis/client';
import { Problem } from '@pelagic/chassis/problem';
import { openQueue } from '@pelagic/chassis/queue';
import { implement, type Handlers } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { ConversionServiceService, ConvertLeadRequest } from '@pelagic/proto/crm/customer/v1/conversion';
import { Opportunity, OpportunityServiceService } from '@pelagic/proto/crm/sales/v1/opportunity';
import type { startCustomerService } from '../testing.ts';
import { conversionHandlers, conversionWork } from './conversion.handlers.ts';

type Started = Awaited<ReturnType<typeof startCustomerService>>;
type SignedIn = { id: string; token: string };

/** The sales service as far as its contract goes: deals by the id they were given. */
export const salesNeighbour = () => {
  const deals = new Map<string, Opportunity>();
  const state = { before: () => {}, after: () => {} };
  const handlers = {
    createOpportunity: async ({ opportunity, id, validateOnly }) => {
      if (validateOnly) return { opportunity };
      state.before();
      deals.set(id, { ...opportunity!, id });
      state.after();
      return { opportunity: deals.get(id) };
    },
  } as Partial<Handlers<OpportunityServiceService>> as Handlers<OpportunityServiceService>;
  const records = {
    getState: async ({ id }) => {
      const deal = deals.get(id);
      return deal ? { record: { id, version: 1, state: JSON.stringify(Opportunity.toJSON(deal)) } } : {};
    },
  } as Partial<Handlers<RecordServiceService>> as Handlers<RecordServiceService>;
  return { deals, state, handlers, records };
};

/** The conversion with its queue beside the service, and a sales service of the test's; `leaves` is what a suspension does. */
export const startConversion = async (
  { service, seam, callers, url }: Started,
  { handlers, records }: ReturnType<typeof salesNeighbour>,
) => {
  const gone = new Set<string>();
  const tokens = new Map<string, string>();
  const host = '127.0.0.1';
  const salesServer = grpcServer({
    host,
    port: 0,
    implementations: () => [
      implement(seam, OpportunityServiceService, handlers),
      implement(seam, RecordServiceService, records),
    ],
  });
  await salesServer.start();
  const neighbours = {
    sales: connect(OpportunityServiceService, `${host}:${salesServer.port()}`),
    salesRecords: connect(RecordServiceService, `${host}:${salesServer.port()}`),
    serviceToken: () => callers.serviceToken('customer'),
  };
  const jobToken = async (employeeId: string) => {
    if (gone.has(employeeId)) throw new Problem('UNAUTHENTICATED', 'CALLER_GONE', 'The caller may no longer sign in.');
    return tokens.get(employeeId)!;
  };
  const work = conversionWork(service, neighbours, { identify: callers.identify, jobToken });
  const queue = openQueue({
    url,
    log: seam.log,
    works: () => [{ ...work, options: { ...work.options!, retryDelayMax: 2 } }],
  });
  await queue.start();
  const server = grpcServer({
    host,
    port: 0,
    implementations: () => [implement(seam, ConversionServiceService, conversionHandlers(service, queue, neighbours))],
  });
  await server.start();
  const conversions = connect(ConversionServiceService, `${host}:${server.port()}`);
  return {
    knowsToken: ({ id, token }: SignedIn) => void tokens.set(id, token),
    leaves: ({ id }: SignedIn) => void gone.add(id),
    convert: ({ token }: SignedIn, request: object) =>
      conversions.convertLead(ConvertLeadRequest.fromJSON({ createOpportunity: true, ...request }), {
        token,
        timeoutMs: 10_000,
      }),
    stop: async () => {
      await server.stop();
      await queue.stop();
      await salesServer.stop();
    },
  };
};
