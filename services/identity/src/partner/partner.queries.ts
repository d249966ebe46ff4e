import { PartnerDelivery, type Delivery } from '@pelagic/proto/crm/identity/v1/partner';
import { startOfDate } from '@pelagic/chassis/clock';
import { sql, type Kysely } from 'kysely';
import type { PartnerRow } from './partner.ts';

/** More than an administrator will ever let in. */
const PARTNERS_MAX = 500;

export const listPartners = async (db: Kysely<any>): Promise<PartnerRow[]> => {
  const { rows } = await sql<PartnerRow>`
    select * from partner order by active desc, lower(name) limit ${PARTNERS_MAX}`.execute(db);
  return rows;
};

/** What is delivered: to active partners, by the policy that holds now. */
export const listDeliveries = async (db: Kysely<any>): Promise<Delivery[]> => {
  const { rows } = await sql<PartnerRow & { time_zone: string }>`
    select partner.*, enterprise.time_zone from partner cross join enterprise where active order by partner.id`.execute(
    db,
  );
  return rows.map((row) => ({
    partnerId: row.id,
    user: row.bus_user,
    generation: row.generation,
    subscriptions: row.subscriptions,
    fromTime: row.history_from
      ? startOfDate(row.time_zone, row.history_from).toISOString()
      : new Date(row.create_time).toISOString(),
    timeZone: row.time_zone,
    webhook: row.webhook_url !== '',
    webhookStopped: row.webhook_stop !== 'WEBHOOK_STOP_UNSPECIFIED',
  }));
};

export const keepReport = async (db: Kysely<any>, partnerId: string, delivery: PartnerDelivery): Promise<void> => {
  await sql`
    insert into partner_delivery (partner_id, delivery, report_time)
    select id, ${JSON.stringify(PartnerDelivery.toJSON(delivery))}::jsonb, now() from partner where id = ${partnerId}
    on conflict (partner_id) do update set delivery = excluded.delivery, report_time = excluded.report_time`.execute(
    db,
  );
};

export const findReport = async (db: Kysely<any>, partnerId: string): Promise<PartnerDelivery | undefined> => {
  const { rows } = await sql<{ delivery: object; report_time: string }>`
    select delivery, report_time from partner_delivery where partner_id = ${partnerId}`.execute(db);
  const [row] = rows;
  return row && { ...PartnerDelivery.fromJSON(row.delivery), reportTime: new Date(row.report_time).toISOString() };
};

/** Whom the bus may let in: by user, with what tells a connection of today from one of before. */
export type Admission = Pick<PartnerRow, 'bus_user' | 'generation' | 'secret_count' | 'password_hash'>;

export const findAdmission = async (db: Kysely<any>, user: string): Promise<Admission | undefined> => {
  const { rows } = await sql<Admission>`
    select bus_user, generation, secret_count, password_hash from partner where bus_user = ${user} and active and webhook_url = ''`.execute(
    db,
  );
  return rows[0];
};

export const listAdmissions = async (db: Kysely<any>): Promise<Admission[]> => {
  const { rows } = await sql<Admission>`
    select bus_user, generation, secret_count, password_hash from partner where active and webhook_url = ''`.execute(
    db,
  );
  return rows;
};
