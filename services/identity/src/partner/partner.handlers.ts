import { choosable, errorsOfChoice, isPersonal, OPENABLE } from '@pelagic/capabilities/disclosure/policy';
import { previewOf } from '@pelagic/capabilities/disclosure/preview';
import type { Allowed } from '@pelagic/capabilities/disclosure/receiver';
import { newFields, writablePaths, writeFields } from '@pelagic/capabilities/record/fields';
import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { changeRecord, getRecord, insertRecord } from '@pelagic/capabilities/record/records';
import type { Tx } from '@pelagic/chassis/database';
import { invalid, invalidField, refused } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { PartnerNoun, PartnerServiceService } from '@pelagic/proto/crm/identity/v1/partner';
import { sql } from 'kysely';
import { administer } from '../audit/audit.ts';
import type { IdentityService } from '../identity-service.ts';
import { oldSecretUntil, webhookSecret } from '../webhook/secret.ts';
import { findReport, keepReport, listDeliveries, listPartners } from './partner.queries.ts';
import {
  checkHistory,
  checkReceiver,
  newBusUser,
  newPassword,
  partner,
  partnerMessage,
  renewGeneration,
  tidyPartner,
  type PartnerRow,
} from './partner.ts';

const refuseTakenName = async (tx: Tx, { id, name }: PartnerRow): Promise<void> => {
  const { rows } = await sql`
    select 1 from partner where lower(name) = lower(${name}) and id is distinct from ${id ?? null}::uuid`.execute(
    tx.sql,
  );
  if (rows.length) throw invalidField('partner.name', 'TAKEN', `There is a partner ${name} already.`, { value: name });
};

const NOUNS: PartnerNoun[] = [...OPENABLE].map(([noun, known]) => ({
  noun,
  fields: choosable(known).map((field) => ({ name: field.json, personal: isPersonal(field) })),
  custom: known.custom,
}));

/** `changed` cuts off at once who came in before; what it cannot reach, the next round of the sweep does. */
type Options = { service: IdentityService; changed: () => void; webhooks: Webhooks };

/** What is signed with and who may be posted to. Without a key nothing is posted. */
export type Webhooks = { key: string; allowed: Allowed };

export const partnerHandlers = ({
  service: { database },
  changed,
  webhooks,
}: Options): Handlers<PartnerServiceService> => {
  const change = async (action: string, work: (tx: Tx) => Promise<PartnerRow>): Promise<PartnerRow> => {
    const row = await administer(database, action, work);
    changed();
    return row;
  };
  const checkUrl = (row: PartnerRow, before?: PartnerRow): void => {
    if (row.webhook_url && !webhooks.key)
      throw refused('WEBHOOKS_OFF', 'This installation has no key to sign webhooks with (WEBHOOK_KEY).');
    checkReceiver(row, webhooks.allowed, before);
  };
  /** What the other system proves itself by or checks what it is sent with, this once. */
  const shown = (row: PartnerRow, password: string) =>
    row.webhook_url
      ? { user: '', password: '', webhookSecret: webhookSecret(webhooks.key, row.id, row.secret_count) }
      : { user: row.bus_user, password, webhookSecret: '' };
  return {
    createPartner: async ({ partner: message }, caller) => {
      const { password, columns } = newPassword();
      const row = await administer(database, 'create_partner', async (tx) => {
        const { subscriptions } = message!;
        const written = await newFields(tx, partner, message as unknown as Message, caller);
        const fields = { ...written, subscriptions } as unknown as PartnerRow;
        tidyPartner(fields);
        checkHistory(fields);
        checkUrl(fields);
        await refuseTakenName(tx, fields);
        const values = { ...fields, ...columns, generation: 1, secret_count: 1, bus_user: newBusUser() };
        return insertRecord<PartnerRow>(tx, partner, values as unknown as Row, caller);
      });
      return { partner: partnerMessage(row), ...shown(row, password) };
    },
    updatePartner: async ({ id, partner: message, updateMask }, caller) => {
      const asked = { action: 'manage', verb: 'updated', version: message!.version };
      const row = await change('update_partner', (tx) =>
        changeRecord<PartnerRow>(tx, partner, id, caller, asked, async (draft) => {
          const before = structuredClone(draft);
          const paths = writablePaths(partner, caller, message as unknown as Message, updateMask ?? []);
          const plain = paths.filter((path) => path !== 'subscriptions');
          if (plain.length)
            await writeFields(tx, partner, draft as unknown as Row, message as unknown as Message, caller, plain);
          if (paths.includes('subscriptions')) draft.subscriptions = message!.subscriptions;
          tidyPartner(draft);
          checkHistory(draft, before);
          checkUrl(draft, before);
          await refuseTakenName(tx, draft);
          renewGeneration(draft, before);
        }),
      );
      return { partner: partnerMessage(row) };
    },
    getPartner: async ({ id }, caller) => ({
      partner: partnerMessage(await getRecord<PartnerRow>(database.sql, partner, id, caller)),
      delivery: await findReport(database.sql, id),
    }),
    listPartners: async () => ({ partners: (await listPartners(database.sql)).map(partnerMessage) }),
    rotatePartnerSecret: async ({ id }, caller) => {
      const { password, columns } = newPassword();
      const row = await change('rotate_partner_secret', (tx) =>
        changeRecord<PartnerRow>(tx, partner, id, caller, { action: 'manage', verb: 'secret_rotated' }, (draft) => {
          Object.assign(draft, columns, { secret_count: draft.secret_count + 1 });
          if (draft.webhook_url) draft.old_secret_until = oldSecretUntil();
        }),
      );
      return { partner: partnerMessage(row), ...shown(row, password) };
    },
    listPartnerNouns: async () => ({ nouns: NOUNS }),
    previewPartnerEvent: async ({ subscription }) => {
      const errors = errorsOfChoice(subscription!, 'subscription');
      if (errors.length) throw invalid(...errors);
      return previewOf(subscription!);
    },
    listDeliveries: async () => ({ deliveries: await listDeliveries(database.sql) }),
    reportDelivery: async ({ partnerId, delivery }) => {
      await keepReport(database.sql, partnerId, delivery!);
      return {};
    },
  };
};
