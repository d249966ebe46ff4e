import type { Partner } from '@pelagic/proto/crm/identity/v1/partner';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startIdentity, type TestIdentity } from '../testing/start-identity.ts';
import { isPasswordOf, markOf } from './admission.ts';
import { findAdmission } from './partner.queries.ts';

let identity: TestIdentity;
let admin: string;
beforeAll(async () => {
  identity = await startIdentity('partner');
  await identity.bootstrap();
  admin = await identity.signIn('admin');
});
afterAll(() => identity.stop());

const as = () => identity.as(admin);
const LEADS = { noun: 'lead', fields: ['name', 'state'], filter: 'source = "web"' };

const aPartner = (fields: Partial<Partner>): Partner => ({
  id: '',
  version: 0,
  name: '',
  contact: '',
  note: '',
  active: true,
  subscriptions: [LEADS],
  historyFrom: '',
  generation: 0,
  secretTime: undefined,
  createTime: undefined,
  updateTime: undefined,
  webhookUrl: '',
  webhookStop: 'WEBHOOK_STOP_UNSPECIFIED',
  ...fields,
});
/** The date so many days ago, by UTC. */
const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
const create = async (fields: Partial<Partner>) =>
  identity.partners.createPartner({ partner: aPartner(fields) }, await as());
const update = async (partner: Partner, updateMask: string[]) =>
  (await identity.partners.updatePartner({ id: partner.id, partner, updateMask }, await as())).partner!;
const admissionOf = (user: string) => findAdmission(identity.database.sql, user);

describe('a partner', () => {
  it('gets a user and a password that are shown once and kept nowhere', async () => {
    const { partner, user, password } = await create({ name: ' 仓储系统 ' });
    expect(partner).toMatchObject({ name: '仓储系统', generation: 1, subscriptions: [LEADS], active: true });
    expect(user).toMatch(/^ptn_[0-9a-f]{32}$/);
    expect(password).toMatch(/^[\w-]{43}$/);
    const { rows } = await sql<{ everything: string }>`
      select string_agg(t, '') as everything from (
        select event::text as t from outbox union all select audit_entry::text from audit_entry
        union all select (to_jsonb(history))::text from history) all_of_it`.execute(identity.database.sql);
    for (const hidden of [user, password]) expect(rows[0]!.everything).not.toContain(hidden);
    const shown = await identity.partners.getPartner({ id: partner!.id }, await as());
    expect(JSON.stringify([shown, await identity.partners.listPartners({}, await as())])).not.toContain(user);
    const admission = await admissionOf(user);
    expect(isPasswordOf(admission, password)).toBe(true);
    expect(isPasswordOf(admission, `${password}x`)).toBe(false);
    expect(isPasswordOf(undefined, password)).toBe(false);
  });

  it('begins another generation with another policy, and not with another name', async () => {
    const { partner } = await create({ name: 'Generations' });
    const renamed = await update({ ...partner!, name: 'Renamed' }, ['name']);
    expect(renamed).toMatchObject({ generation: 1, version: 2 });
    const other = await update({ ...renamed, subscriptions: [{ ...LEADS, fields: ['name'] }] }, ['subscriptions']);
    expect(other.generation).toBe(2);
    expect((await update({ ...other, historyFrom: daysAgo(30) }, ['history_from'])).generation).toBe(3);
    expect(await identity.events(partner!.id)).toMatchObject([
      { type: 'crm.identity.partner.created.v1' },
      { type: 'crm.identity.partner.updated.v1', data: { before: { name: 'Generations' } } },
      { type: 'crm.identity.partner.updated.v1', data: { before: { generation: 1, subscriptions: [LEADS] } } },
      { type: 'crm.identity.partner.updated.v1', data: { before: { generation: 2 } } },
    ]);
  });

  it('is known by its newest password only, and not at all when it is put out', async () => {
    const { partner, user, password } = await create({ name: 'Rotating' });
    const first = await admissionOf(user);
    const rotated = await identity.partners.rotatePartnerSecret({ id: partner!.id }, await as());
    expect(rotated.user).toBe(user);
    const second = await admissionOf(user);
    expect([isPasswordOf(second, password), isPasswordOf(second, rotated.password)]).toEqual([false, true]);
    expect(markOf(first!)).not.toBe(markOf(second!));
    const out = await update({ ...rotated.partner!, active: false }, ['active']);
    expect(await admissionOf(user)).toBeUndefined();
    const again = await update({ ...out, active: true }, ['active']);
    expect(again.generation).toBe(3);
  });

  it('is refused with what is wrong about it', async () => {
    await create({ name: 'Taken' });
    await expect(create({ name: 'taken' })).rejects.toMatchObject({
      fields: [{ field: 'partner.name', reason: 'TAKEN' }],
    });
    const subscriptions = [
      { noun: 'role', fields: [], filter: '' },
      { noun: 'lead', fields: ['nose'], filter: 'a=' },
    ];
    await expect(create({ name: 'Wrong', subscriptions })).rejects.toMatchObject({
      fields: [
        { field: 'partner.subscriptions[0].noun', reason: 'UNKNOWN_NOUN' },
        { field: 'partner.subscriptions[1].fields[0]', reason: 'UNKNOWN_FIELD' },
        { field: 'partner.subscriptions[1].filter', reason: 'BAD_FILTER' },
      ],
    });
    for (const historyFrom of [daysAgo(403), daysAgo(-3)])
      await expect(create({ name: 'When', historyFrom })).rejects.toMatchObject({
        fields: [{ field: 'partner.historyFrom', reason: 'OUT_OF_RANGE' }],
      });
    const { partner } = await create({ name: 'Stale' });
    await update({ ...partner!, name: 'Newer' }, ['name']);
    await expect(update({ ...partner!, name: 'Older' }, ['name'])).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('is nobody’s to see without the permission', async () => {
    const { departmentId } = await identity.sessions.getSession({}, await as());
    await identity.invite(admin, { name: '文员', login: 'clerk', departmentId });
    const clerk = await identity.as(await identity.signIn('clerk'));
    for (const refused of [
      () => identity.partners.listPartners({}, clerk),
      () => identity.partners.createPartner({ partner: aPartner({ name: 'Mine' }) }, clerk),
      () => identity.partners.listDeliveries({}, clerk),
    ])
      await expect(refused()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('is delivered to while it is active, and what the delivery says is shown', async () => {
    const from = daysAgo(30);
    const { partner, user } = await create({ name: 'Delivered', historyFrom: from });
    const { deliveries } = await identity.partners.listDeliveries({}, await identity.service('customer'));
    expect(deliveries.find(({ partnerId }) => partnerId === partner!.id)).toEqual({
      partnerId: partner!.id,
      user,
      generation: 1,
      subscriptions: [LEADS],
      fromTime: new Date(`${from}T00:00:00+08:00`).toISOString(),
      timeZone: 'Asia/Shanghai',
      webhook: false,
      webhookStopped: false,
    });
    const delivery = { generation: 1, filling: true, kept: '12', unread: '3', problem: '' };
    await identity.partners.reportDelivery(
      {
        partnerId: partner!.id,
        delivery: { ...delivery, lookedTime: undefined, readTime: undefined, reportTime: undefined },
      },
      await identity.service('customer'),
    );
    expect((await identity.partners.getPartner({ id: partner!.id }, await as())).delivery).toMatchObject(delivery);
  });

  it('is shown what a choice tells, and at once what is wrong with it', async () => {
    const { change, gone } = await identity.partners.previewPartnerEvent({ subscription: LEADS }, await as());
    expect(Object.keys(change!['data'].lead).toSorted()).toEqual(['id', 'name', 'state', 'version']);
    expect(gone).toMatchObject({ type: 'crm.customer.lead.gone.v1', data: { gone: true } });
    await expect(
      identity.partners.previewPartnerEvent({ subscription: { ...LEADS, filter: 'today = 1' } }, await as()),
    ).rejects.toMatchObject({ fields: [{ field: 'subscription.filter' }] });
  });

  it('can be told of what people keep', async () => {
    const { nouns } = await identity.partners.listPartnerNouns({}, await as());
    const lead = nouns.find(({ noun }) => noun === 'lead')!;
    expect(lead.custom).toBe(true);
    expect(lead.fields.find(({ name }) => name === 'phones')).toEqual({ name: 'phones', personal: true });
    expect(lead.fields.map(({ name }) => name)).not.toContain('shares');
    expect(nouns.map(({ noun }) => noun)).not.toContain('employee');
  });
});
