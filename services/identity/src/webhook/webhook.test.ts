import { randomUUID } from 'node:crypto';
import { Partner } from '@pelagic/proto/crm/identity/v1/partner';
import type { Permission } from '@pelagic/proto/crm/identity/v1/role';
import type { KeepWebhookRequest, WebhookResult } from '@pelagic/proto/crm/identity/v1/webhook';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAdmission } from '../partner/partner.queries.ts';
import { aRole, startIdentity, type TestIdentity } from '../testing/start-identity.ts';

let identity: TestIdentity;
let admin: string;
beforeAll(async () => {
  identity = await startIdentity('webhook');
  await identity.bootstrap();
  admin = await identity.signIn('admin');
});
afterAll(() => identity.stop());

const as = () => identity.as(admin);
const create = async (fields: object) =>
  identity.partners.createPartner({ partner: Partner.fromJSON({ active: true, ...fields }) }, await as());
const keep = async (fields: Partial<KeepWebhookRequest> & { partnerId: string }) =>
  identity.webhooks.keepWebhook(
    { generation: 1, holder: randomUUID(), results: [], takenSequence: '0', release: false, ...fields },
    await identity.service('customer'),
  );
const taken = (sequence: number): WebhookResult => ({
  ...{
    id: randomUUID(),
    sequence: String(sequence),
    type: 'crm.customer.lead.created.v1',
    recordId: 'r',
    retryAfter: 0,
  },
  outcome: 'WEBHOOK_OUTCOME_TAKEN',
  attempt: { time: new Date().toISOString(), status: 204, durationMs: 5, answer: '', problem: '' },
});
const URL = 'https://receiver.example/crm';

describe('a partner that is posted to', () => {
  it('has a secret that is shown once and kept nowhere, and no way onto the bus', async () => {
    const { partner, user, password, webhookSecret } = await create({ name: 'Secret', webhookUrl: URL });
    expect({ user, password }).toEqual({ user: '', password: '' });
    expect(webhookSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { rows } = await sql<{ everything: string; bus_user: string }>`
      select (select bus_user from partner where id = ${partner!.id}) as bus_user, string_agg(t, '') as everything from (
        select event::text as t from outbox union all select audit_entry::text from audit_entry union all select partner::text from partner
        union all select (to_jsonb(history))::text from history) all_of_it`.execute(identity.database.sql);
    expect(rows[0]!.everything).not.toContain(webhookSecret.slice(6));
    expect(await findAdmission(identity.database.sql, rows[0]!.bus_user)).toBeUndefined();
    const { secrets, url } = await keep({ partnerId: partner!.id });
    expect({ secrets, url }).toEqual({ secrets: [webhookSecret], url: URL });
  });

  it('lies where it may lie, and stays what it was made as', async () => {
    const faults = {
      'http://receiver.example/': 'HTTPS_REQUIRED',
      'https://10.0.0.1/': 'ADDRESS_REFUSED',
      'receiver.example': 'BAD_FORMAT',
    };
    for (const [webhookUrl, reason] of Object.entries(faults))
      await expect(create({ name: reason, webhookUrl })).rejects.toMatchObject({
        fields: [{ field: 'partner.webhookUrl', reason }],
      });
    const update = async (partner: Partner) =>
      identity.partners.updatePartner({ id: partner.id, partner, updateMask: ['webhook_url'] }, await as());
    const { partner: posted } = await create({ name: 'Moved', webhookUrl: URL });
    const moved = (await update({ ...posted!, webhookUrl: 'https://elsewhere.example/' })).partner!;
    expect(moved).toMatchObject({ generation: 1, webhookUrl: 'https://elsewhere.example/' });
    await expect(update({ ...moved, webhookUrl: '' })).rejects.toMatchObject({ fields: [{ reason: 'IMMUTABLE' }] });
    const { partner: reading } = await create({ name: 'Reading' });
    await expect(update({ ...reading!, webhookUrl: URL })).rejects.toMatchObject({ fields: [{ reason: 'IMMUTABLE' }] });
    await expect(identity.webhooks.stopWebhook({ partnerId: reading!.id }, await as())).rejects.toMatchObject({
      reason: 'NO_WEBHOOK',
    });
  });

  it('is nobody’s to see without the permission', async () => {
    const { partner } = await create({ name: 'Hidden', webhookUrl: URL });
    const { departmentId } = await identity.sessions.getSession({}, await as());
    await identity.invite(admin, { name: '文员', login: 'clerk', departmentId });
    const clerk = await identity.as(await identity.signIn('clerk'));
    const partnerId = partner!.id;
    const turn = { generation: 1, holder: partnerId, results: [], takenSequence: '0', release: false };
    for (const refused of [
      () =>
        identity.webhooks.listWebhookEvents(
          { partnerId, state: 'WEBHOOK_EVENT_STATE_UNSPECIFIED', pageSize: 0, pageToken: '' },
          clerk,
        ),
      () => identity.webhooks.resendWebhookEvents({ partnerId, ids: [partnerId], failedSince: undefined }, clerk),
      () => identity.webhooks.sendTestWebhook({ partnerId }, clerk),
      () => identity.webhooks.stopWebhook({ partnerId }, clerk),
      () => identity.webhooks.startWebhook({ partnerId }, clerk),
      () => identity.webhooks.keepWebhook({ partnerId, ...turn }, clerk),
    ])
      await expect(refused()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});

describe('the right to post', () => {
  it('is one process’s of twenty that ask at once, and the next one’s when it lets go', async () => {
    const partnerId = (await create({ name: 'Race', webhookUrl: URL })).partner!.id;
    const holders = Array.from({ length: 20 }, () => randomUUID());
    const answers = await Promise.all(holders.map((holder) => keep({ partnerId, holder })));
    expect(answers.filter(({ held }) => held)).toHaveLength(1);
    const winner = holders[answers.findIndex(({ held }) => held)]!;
    expect((await keep({ partnerId, holder: winner })).pending).toMatchObject([
      { type: 'pelagic.webhook.begun.v1', due: true },
    ]);
    // What others say of it is not believed.
    expect(await keep({ partnerId, takenSequence: '9', results: [taken(9)] })).toMatchObject({ held: false });
    expect(await keep({ partnerId, holder: winner, takenSequence: '3', results: [taken(3)] })).toMatchObject({
      takenSequence: '3',
    });
    await keep({ partnerId, holder: winner, release: true });
    expect(await keep({ partnerId })).toMatchObject({ held: true, takenSequence: '3' });
  });

  it('ends with the policy, and what waited of it is dropped', async () => {
    const { partner } = await create({ name: 'Policy', webhookUrl: URL });
    const [partnerId, holder] = [partner!.id, randomUUID()];
    await keep({ partnerId, holder });
    const late: WebhookResult = { ...taken(4), outcome: 'WEBHOOK_OUTCOME_BEHIND', attempt: undefined };
    await keep({ partnerId, holder, results: [late] });
    const subscriptions = [{ noun: 'lead', fields: ['name'], filter: '' }];
    await identity.partners.updatePartner(
      { id: partnerId, partner: { ...partner!, subscriptions }, updateMask: ['subscriptions'] },
      await as(),
    );
    expect(await keep({ partnerId, holder, results: [taken(5)] })).toMatchObject({ held: false });
    const { pending, takenSequence } = await keep({ partnerId, holder, generation: 2 });
    expect(takenSequence).toBe('0');
    expect(pending.map(({ type }) => type)).toEqual(['pelagic.webhook.begun.v1']);
    const { events } = await identity.webhooks.listWebhookEvents(
      { partnerId, state: 'WEBHOOK_EVENT_STATE_DROPPED', pageSize: 1, pageToken: '' },
      await as(),
    );
    expect(events).toHaveLength(1);
  });

  it('ends with a 410, and those who manage partners are named to be told of it', async () => {
    const partnerId = (await create({ name: 'Gone', webhookUrl: URL })).partner!.id;
    const holder = randomUUID();
    const { departmentId, employeeId } = await identity.sessions.getSession({}, await as());
    const role = async (name: string, permissions: Permission[]) =>
      (await identity.roles.createRole({ role: aRole({ name, permissions }), requestId: '' }, await as())).role!.id;
    const manages: Permission = { permission: 'partner.manage', scope: 'SCOPE_ALL', deny: false };
    const [gives, denies] = [await role('Gives', [manages]), await role('Denies', [{ ...manages, deny: true }])];
    const hire = (login: string, roleIds: string[]) =>
      identity.invite(admin, { name: login, login, departmentId, roleIds });
    const partnerManager = await hire('told', [gives]);
    await hire('denied', [gives, denies]);
    await hire('nobody', []);
    await keep({ partnerId, holder });
    const gone: WebhookResult = { ...taken(1), outcome: 'WEBHOOK_OUTCOME_GONE' };
    await keep({ partnerId, holder, results: [gone] });
    const stopped = async () => (await identity.events(partnerId)).at(-1)!;
    expect((await stopped()).data).toMatchObject({
      partner: { webhookStop: 'WEBHOOK_STOP_GONE' },
      managerIds: [employeeId, partnerManager.id],
    });
    await identity.webhooks.startWebhook({ partnerId }, await as());
    await identity.webhooks.stopWebhook({ partnerId }, await as());
    expect((await stopped()).data).toMatchObject({ partner: { webhookStop: 'WEBHOOK_STOP_BY_HAND' } });
    expect((await stopped()).data.managerIds).toBeUndefined();
  });

  it('keeps no more of what was delivered than it says', async () => {
    const partnerId = (await create({ name: 'Bounded', webhookUrl: URL })).partner!.id;
    const holder = randomUUID();
    await keep({ partnerId, holder });
    await keep({ partnerId, holder, results: [taken(1), taken(2)] });
    await sql`
      insert into webhook_event (partner_id, generation, id, sequence, type, state, update_time)
      select ${partnerId}, 1, gen_random_uuid(), n, 't', 'WEBHOOK_EVENT_STATE_DELIVERED', now() - n * interval '1 second' from generate_series(3, 10100) n`.execute(
      identity.database.sql,
    );
    await sql`update webhook_endpoint set tidy_time = now() - interval '2 hours' where partner_id = ${partnerId}`.execute(
      identity.database.sql,
    );
    await keep({ partnerId, holder });
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from webhook_event where partner_id = ${partnerId}`.execute(identity.database.sql);
    // And what waits.
    expect(rows[0]!.count).toBe(10_001);
  });
});
