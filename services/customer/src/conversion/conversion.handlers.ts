import type { Conversion, ConversionServiceService } from '@pelagic/proto/crm/customer/v1/conversion';
import { isoTime } from '@pelagic/capabilities/record/mapping';
import { getRecord } from '@pelagic/capabilities/record/records';
import type { Identity } from '@pelagic/chassis/identify';
import { runIn } from '@pelagic/chassis/context';
import { notFound } from '@pelagic/chassis/problem';
import type { Queue, Work } from '@pelagic/chassis/queue';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { CustomerService } from '../customer-service.ts';
import { lead } from '../lead/lead.ts';
import { continueConversion, convertLead, type Sales } from './convert.ts';
import { CONVERSION_QUEUE, readConversion } from './reserve.ts';
import type { ConversionRow } from './conversion.ts';
import { findDuplicates } from './duplicates.ts';

const conversionMessage = (row: ConversionRow): Conversion => ({
  leadId: row.lead_id,
  state: row.state,
  customerId: row.customer_id,
  contactId: row.contact_id,
  ...(row.opportunity_id && { opportunityId: row.opportunity_id }),
  step: row.step,
  problem: row.problem,
  createTime: isoTime(row.create_time),
});

export const conversionHandlers = (
  service: CustomerService,
  queue: Queue,
  sales: Sales,
): Handlers<ConversionServiceService> => ({
  convertLead: async (request, caller) => ({
    conversion: conversionMessage(await convertLead(service, queue, sales, request, caller)),
  }),
  getConversion: async ({ id }, caller) => {
    await getRecord(service.database.sql, lead, id, caller);
    const row = await readConversion(service.database.sql, id);
    if (!row) throw notFound('conversion');
    return { conversion: conversionMessage(row) };
  },
  findDuplicates: async (request, caller) => ({
    duplicates: await findDuplicates(service.database.sql, request, caller),
  }),
});

/** Finishes what a crash or an absent neighbour left half-way, on behalf of the person who began it. */
export const conversionWork = (
  service: CustomerService,
  sales: Sales,
  identity: Pick<Identity, 'identify' | 'jobToken'>,
): Work<{ leadId: string }> => ({
  queue: CONVERSION_QUEUE,
  // A neighbour may be away for days; a conversion that began comes to its end all the same.
  options: { retryLimit: 100_000, retryDelay: 2, retryBackoff: true, retryDelayMax: 300 },
  run: async ({ leadId }) => {
    const process = await readConversion(service.database.sql, leadId);
    if (process?.state !== 'CONVERSION_STATE_RUNNING') return;
    const caller = await identity.identify(await identity.jobToken(process.caller_id, process.session_id));
    await runIn({ caller, deadline: Date.now() + 30_000 }, () => continueConversion(service, sales, process, caller));
  },
});
