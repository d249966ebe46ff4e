import type { Conversion, ConversionServiceService } from '@pelagic/proto/crm/customer/v1/conversion';
import { isoTime } from '@pelagic/capabilities/record/mapping';
import { getRecord } from '@pelagic/capabilities/record/records';
import { queryable } from '@pelagic/chassis/access';
import { serviceCaller, type Caller } from '@pelagic/chassis/caller';
import type { Identity } from '@pelagic/chassis/identify';
import { runIn } from '@pelagic/chassis/context';
import { asProblem, notFound, Problem } from '@pelagic/chassis/problem';
import type { Queue, Work } from '@pelagic/chassis/queue';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { CustomerService } from '../customer-service.ts';
import { lead } from '../lead/lead.ts';
import { readConversion, type ConversionRow } from './conversion.ts';
import { continueConversion, convertLead, settleConversion, type Neighbours } from './convert.ts';
import { findDuplicates } from './duplicates.ts';
import { CONVERSION_QUEUE } from './reserve.ts';

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
  neighbours: Neighbours,
): Handlers<ConversionServiceService> => ({
  convertLead: async (request, caller) => ({
    conversion: conversionMessage(await convertLead(service, queue, neighbours, request, caller)),
  }),
  getConversion: async ({ id }, caller) => {
    await getRecord(service.database.sql, lead, id, caller);
    const row = await readConversion(service.database.sql, id);
    if (!row) throw notFound('conversion');
    const conversion = conversionMessage(row);
    // Fields of the lead, which it got by this.
    const shown = <T>(field: string, id: T, none: T): T => (queryable(caller, 'lead', field) ? id : none);
    return {
      conversion: {
        ...conversion,
        customerId: shown('customerId', conversion.customerId, ''),
        contactId: shown('contactId', conversion.contactId, ''),
        opportunityId: shown('opportunityId', conversion.opportunityId, undefined),
      },
    };
  },
  findDuplicates: async (request, caller) => ({
    duplicates: await findDuplicates(service.database.sql, request, caller),
  }),
});

/** Longer than any request: what the first try asked of sales has come to an end, one way or the other. */
const REQUEST_OVER_MS = 60_000;

/** The person who began it, unless they may no longer sign in. */
const starterOf = async (
  { identify, jobToken }: ConversionIdentity,
  { caller_id, session_id }: ConversionRow,
): Promise<Caller | undefined> => {
  try {
    return await identify(await jobToken(caller_id, session_id));
  } catch (error) {
    if (asProblem(error).reason !== 'CALLER_GONE') throw error;
    return undefined;
  }
};

type ConversionIdentity = Pick<Identity, 'identify' | 'jobToken'>;

/** Finishes what a crash or an absent neighbour left half-way, on behalf of the person who began it. */
export const conversionWork = (
  service: CustomerService,
  neighbours: Neighbours,
  identity: ConversionIdentity,
): Work<{ leadId: string }> => ({
  queue: CONVERSION_QUEUE,
  // A neighbour may be away for days; a conversion that began comes to its end all the same, soon after they are back.
  options: { retryLimit: 1_000_000, retryDelay: 2, retryBackoff: true, retryDelayMax: 30 },
  run: async ({ leadId }) => {
    const process = await readConversion(service.database.sql, leadId);
    if (process?.state !== 'CONVERSION_STATE_RUNNING') return;
    const starter = await starterOf(identity, process);
    const caller = starter ?? serviceCaller('customer', await neighbours.serviceToken());
    await runIn({ caller, deadline: Date.now() + 30_000 }, async () => {
      if (starter) return continueConversion(service, neighbours, process, starter);
      if (Date.now() - Date.parse(process.create_time) < REQUEST_OVER_MS)
        throw new Problem('UNAVAILABLE', 'CONVERSION_RUNNING', 'The request that began it may still be under way.');
      await settleConversion(service, neighbours, process, 'The person who began it may no longer sign in.', caller);
    });
  },
});
