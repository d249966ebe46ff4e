import { handleBatch } from '@pelagic/chassis/inbox';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { Activity } from '@pelagic/proto/crm/customer/v1/activity';
import { Customer } from '@pelagic/proto/crm/customer/v1/customer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { everything, startCustomerService } from '../testing.ts';
import { timelineConsumers } from './timeline.reactions.ts';

let started: Awaited<ReturnType<typeof startCustomerService>>;
beforeAll(async () => {
  started = await startCustomerService();
});
afterAll(() => started.stop());

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

it.each(['together', 'one after the other', 'the correction first'])(
  'a follow-up stands where it happened, also when that is corrected (events %s)',
  async (how) => {
    const seller = await started.person({ permissions: everything('OWN') });
    const customer = Customer.fromJSON({ name: `客户 ${how}` });
    const { id: subjectId } = (await seller.customers.createCustomer({ customer, requestId: '', validateOnly: false }))
      .customer!;
    const [first, corrected] = [daysAgo(3), daysAgo(5)];
    const activity = { kind: 'ACTIVITY_KIND_VISIT', content: '拜访', subjectNoun: 'customer', subjectId };
    const logged = await seller.activities.createActivity({
      activity: Activity.fromJSON({ ...activity, happenTime: first }),
      requestId: '',
    });
    const { id } = logged.activity!;
    const told = async (): Promise<EventEnvelope[]> => (await started.events(id)).map(({ event }) => event);
    const take = (events: EventEnvelope[]) =>
      handleBatch({ service: 'customer', database: started.database }, timelineConsumers[0]!, events);
    const standsAt = async () => {
      const rows = await started.database.sql
        .selectFrom('timeline')
        .select('time')
        .where('record_id', '=', id)
        .where('event', '=', 'crm.customer.activity.created.v1')
        .execute();
      return rows.map(({ time }) => new Date(time).toISOString());
    };
    if (how === 'one after the other') {
      await take(await told());
      expect(await standsAt()).toEqual([first]);
    }
    await seller.activities.updateActivity({
      id,
      activity: Activity.fromJSON({ happenTime: corrected }),
      updateMask: ['happenTime'],
    });
    if (how === 'the correction first') for (const event of (await told()).toReversed()) await take([event]);
    else await take(await told());
    expect(await standsAt()).toEqual([corrected]);
  },
);
