import { createLog } from '@pelagic/chassis/log';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Host } from '../testing/host.ts';
import { lead } from '../testing/nouns.ts';
import { addLeads, openSetting } from '../testing/setting.ts';
import { endShares } from './end-shares.ts';
import { replaceShares } from './shares.ts';

let setting: Awaited<ReturnType<typeof openSetting>>;
let host: Host;

beforeAll(async () => {
  setting = await openSetting('end-shares');
  host = setting.host;
});
afterAll(() => setting.close());

it('a share that has ended is told of once, of records in the recycle bin too, and the others stay', async () => {
  const { database } = host;
  const [mate, other] = [await host.person({ permissions: { 'lead.read': 'OWN' } }), await host.person()];
  const past = new Date(Date.now() - 1_000).toISOString();
  const future = new Date(Date.now() + 3_600_000).toISOString();
  const shares = [
    { employeeId: mate.id, access: 'SHARE_ACCESS_READ', endTime: past },
    { employeeId: other.id, access: 'SHARE_ACCESS_READ', endTime: future },
  ];
  const ids = await addLeads(host, 2, (index) => ({
    shares: JSON.stringify(shares),
    ...(index && { delete_time: new Date() }),
  }));
  await database.transact((tx) =>
    replaceShares(
      tx,
      'lead',
      ids.map((id) => ({ id, shares })),
    ),
  );
  const options = { service: 'customer', database, nouns: [lead], log: createLog('test', 'fatal') };
  // As when two processes of the service run.
  const parts = [endShares(options), endShares(options)];
  for (const part of parts) await part.start();
  const told = () => database.sql.selectFrom('outbox').select(['record_id', 'version', 'subject', 'event']).execute();
  await vi.waitFor(async () => expect(await told()).toHaveLength(2), 6_000);
  for (const part of parts) await part.stop();
  expect((await told()).map(({ record_id }) => record_id).toSorted()).toEqual(ids.toSorted());
  for (const event of await told())
    expect(event).toMatchObject({
      subject: 'crm.customer.lead.shared.v1',
      version: 2,
      event: { actorkind: 'service', data: { lead: { shares: [{ employeeId: other.id }] } } },
    });
  expect(await database.sql.selectFrom('share').select('employee_id').execute()).toEqual(
    ids.map(() => ({ employee_id: other.id })),
  );
});
