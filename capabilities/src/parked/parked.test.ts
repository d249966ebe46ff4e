import type { Consumer } from '@pelagic/chassis/consumer';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { encodeCursor } from '@pelagic/chassis/page';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Host, HostPerson } from '../testing/host.ts';
import { openSetting } from '../testing/setting.ts';

let setting: Awaited<ReturnType<typeof openSetting>>;
let host: Host;
let someone: HostPerson;
let broken = true;
const handled: string[] = [];

const consumer: Consumer = {
  name: 'customer_test',
  from: 'sales',
  subjects: ['crm.sales.opportunity.>'],
  react: async (_tx, event) => {
    if (broken) throw new Error('still broken');
    handled.push(event.id);
  },
};

beforeAll(async () => {
  setting = await openSetting('parked', [consumer]);
  host = setting.host;
});

beforeEach(async () => {
  for (const table of ['parked_message', 'inbox', 'audit_waiting']) await host.database.sql.deleteFrom(table).execute();
  host.audited.length = 0;
  handled.length = 0;
  broken = true;
  someone = await host.person();
});

afterAll(() => setting.close());

const park = async (values: object = {}): Promise<string> => {
  const event = {
    id: uuidv7(),
    type: 'crm.sales.opportunity.won.v1',
    subject: uuidv7(),
    time: new Date().toISOString(),
    sequence: '1',
    data: {},
  };
  const row = {
    id: uuidv7(),
    consumer: consumer.name,
    event_id: event.id,
    subject: event.type,
    reason: 'broken',
    event: JSON.stringify(event),
    attempts: 5,
    ...values,
  };
  await host.database.sql.insertInto('parked_message').values(row).execute();
  return row.id;
};

describe('parked messages', () => {
  it('are listed, newest first', async () => {
    const ids = [
      await park({ park_time: '2026-01-01' }),
      await park({ park_time: '2026-01-02' }),
      await park({ park_time: '2026-01-03' }),
    ];
    const first = await someone.parked.listParkedMessages({ pageSize: 2 });
    const second = await someone.parked.listParkedMessages({ pageSize: 2, pageToken: first.nextPageToken });
    expect([...first.parkedMessages, ...second.parkedMessages].map(({ id }) => id)).toEqual(ids.toReversed());
    expect(first.parkedMessages[0]).toMatchObject({
      service: 'customer',
      consumer: consumer.name,
      reason: 'broken',
      attempts: 5,
    });
  });

  it('are driven again; what fails stays with its new reason', async () => {
    const [id, lost, unread] = [
      await park(),
      await park({ consumer: 'customer_gone' }),
      await park({ event: 'not json', event_id: null }),
    ];
    expect(await someone.parked.redriveParkedMessages({ ids: [id] })).toEqual({ done: 0, failed: 1 });
    expect(
      (await someone.parked.listParkedMessages({})).parkedMessages.find((message) => message.id === id),
    ).toMatchObject({ reason: 'still broken', attempts: 6 });
    broken = false;
    expect(await someone.parked.redriveParkedMessages({})).toEqual({ done: 1, failed: 2 });
    expect(handled).toHaveLength(1);
    expect(
      (await someone.parked.listParkedMessages({})).parkedMessages.map((message) => message.id).toSorted(),
    ).toEqual([lost, unread].toSorted());
  });

  it('have their effect once', async () => {
    broken = false;
    const id = await park();
    const results = await Promise.all([1, 2, 3].map(() => someone.parked.redriveParkedMessages({ ids: [id] })));
    expect(results.every(({ failed }) => failed === 0)).toBe(true);
    expect(handled).toHaveLength(1);
  });

  it('are discarded with a reason that is kept', async () => {
    const id = await park();
    await expect(someone.parked.discardParkedMessages({ ids: [id] })).rejects.toMatchObject({
      fields: [{ field: 'reason', reason: 'REQUIRED' }],
    });
    expect(await someone.parked.discardParkedMessages({ ids: [id, uuidv7()], reason: 'a test event' })).toEqual({
      discarded: 1,
    });
    await host.audit.part.stop();
    expect(host.audited.filter(({ actorId, outcome }) => actorId === someone.id && outcome === 'ok')).toMatchObject([
      { action: 'discard_parked_message', recordId: id, reason: 'a test event' },
    ]);
  });

  it('are asked for by what can be asked for: an id that is none, or a page token that somebody made up, is a bad request', async () => {
    await expect(someone.parked.redriveParkedMessages({ ids: ['all'] })).rejects.toMatchObject({
      fields: [{ field: 'ids[0]', reason: 'BAD_FORMAT' }],
    });
    const pageToken = encodeCursor('park_time desc', ['yesterday', 'nobody']);
    await expect(someone.parked.listParkedMessages({ pageToken })).rejects.toMatchObject({
      fields: [{ field: 'pageToken', reason: 'BAD_PAGE_TOKEN' }],
    });
  });

  it('are for who manages them', async () => {
    const guest = await host.person({ permissions: {} });
    await expect(guest.parked.listParkedMessages({})).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});
