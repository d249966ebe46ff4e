import { setTimeout as sleep } from 'node:timers/promises';
import { Lead, LeadServiceService, type CreateLeadRequest } from '@pelagic/proto/crm/customer/v1/lead';
import { quietLog, startGateway, type TestGateway } from './gateway.ts';
import { startTestIdentity, type TestIdentity } from './identity.ts';
import { partly, startService, type TestService } from './services.ts';

export const ID = '019d433a-b8c0-7abc-8def-0123456789ab';
export const RIGHTS = { 'lead.create': 'ALL', 'lead.read': 'ALL', 'lead.update': 'ALL' } as const;

/** How long ListLeads takes here. */
const SLOW_MS = 1_500;

export type House = {
  identity: TestIdentity;
  customer: TestService;
  gateway: TestGateway;
  /** What CreateLead was called with. */
  created: CreateLeadRequest[];
  /** What CreateLead does next. */
  answer: () => Promise<void>;
  stop: () => Promise<void>;
};

const leadOf = (fields: Partial<Lead>): Lead => ({ ...Lead.fromPartial({}), ...fields });

/** Identity, a service with leads, and the gateway before them. */
export const openHouse = async (): Promise<House> => {
  const identity = await startTestIdentity(quietLog);
  const created: CreateLeadRequest[] = [];
  const house = { identity, created, answer: async () => {} } as unknown as House;
  const customer = await startService([
    partly(identity.seam, LeadServiceService, {
      createLead: async (request) => {
        created.push(request);
        await house.answer();
        return { lead: leadOf({ id: ID }) };
      },
      getLead: async () => ({ lead: leadOf({ id: ID, name: '李娜' }) }),
      listLeads: async () => {
        await sleep(SLOW_MS);
        return { leads: [], nextPageToken: '', totalSize: undefined };
      },
    }),
  ]);
  const gateway = await startGateway({ identity: identity.address, customer: customer.address });
  const stop = async () => {
    await gateway.stop();
    await customer.stop();
    await identity.stop();
  };
  return Object.assign(house, { customer, gateway, stop });
};
