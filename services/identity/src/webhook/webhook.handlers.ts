import { changeRecord, getRecord } from '@pelagic/capabilities/record/records';
import { serviceCaller, type Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { invalidField, refused } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { Partner, WebhookStop } from '@pelagic/proto/crm/identity/v1/partner';
import type { WebhookServiceService } from '@pelagic/proto/crm/identity/v1/webhook';
import { administer, writeEntry } from '../audit/audit.ts';
import { holdersOf } from '../grants/holders.ts';
import type { IdentityService } from '../identity-service.ts';
import { partner, partnerMessage, type PartnerRow } from '../partner/partner.ts';
import { keepWebhook } from './keep.ts';
import { ownEvent, TEST } from './settle.ts';
import { askAgain, askNow, findStanding, listEvents, write } from './webhook.queries.ts';

type Options = {
  service: IdentityService;
  /** What secrets are made from; empty where nothing can be posted. */ key: string;
};

const POSTED: WebhookStop = 'WEBHOOK_STOP_UNSPECIFIED';

export const webhookHandlers = ({ service: { database }, key }: Options): Handlers<WebhookServiceService> => {
  const find = async (tx: Pick<Tx, 'sql'>, id: string, caller: Caller): Promise<PartnerRow> => {
    const row = await getRecord<PartnerRow>(tx.sql, partner, id, caller);
    if (!row.webhook_url) throw refused('NO_WEBHOOK', 'This partner reads its events on NATS.');
    return row;
  };
  const findPosted = async (tx: Pick<Tx, 'sql'>, id: string, caller: Caller): Promise<PartnerRow> => {
    const row = await find(tx, id, caller);
    if (!row.active || row.webhook_stop !== POSTED)
      throw refused('WEBHOOK_STOPPED', 'Nothing is posted to this partner now.');
    return row;
  };
  const turn = (id: string, caller: Caller, stop: WebhookStop): Promise<Partner> => {
    const isOn = stop === POSTED;
    return administer(database, isOn ? 'start_webhook' : 'stop_webhook', async (tx) => {
      await find(tx, id, caller);
      const besides = caller.kind === 'service' ? { managerIds: await holdersOf(tx.sql, 'partner.manage') } : {};
      const asked = { action: 'manage', verb: isOn ? 'webhook_started' : 'webhook_stopped', besides };
      const row = await changeRecord<PartnerRow>(tx, partner, id, caller, asked, (draft) => {
        // What it said last holds: another reason for the same changes nothing.
        if (isOn || draft.webhook_stop === POSTED) draft.webhook_stop = stop;
      });
      if (isOn) await askNow(tx, id);
      return partnerMessage(row);
    });
  };
  return {
    listWebhookEvents: async ({ partnerId, state, pageSize, pageToken }, caller) => {
      await getRecord<PartnerRow>(database.sql, partner, partnerId, caller);
      const asked = { partnerId, state: state === 'WEBHOOK_EVENT_STATE_UNSPECIFIED' ? '' : state, pageSize, pageToken };
      return { ...(await listEvents(database.sql, asked)), standing: await findStanding(database.sql, partnerId) };
    },
    resendWebhookEvents: async ({ partnerId, ids, failedSince }, caller) => {
      if (!ids.length === !failedSince)
        throw invalidField(
          'failedSince',
          'EITHER_OR',
          'Name events, or the time since when those that failed are meant.',
        );
      const count = await database.transact(async (tx) => {
        const row = await findPosted(tx, partnerId, caller);
        const again = await askAgain(tx, partnerId, { ids, since: failedSince });
        const detail = { count: again, name: row.name, ...(failedSince && { since: failedSince }) };
        await writeEntry(tx, { action: 'resend_webhook_events', noun: 'partner', recordId: partnerId, detail });
        return again;
      });
      return { count };
    },
    sendTestWebhook: async ({ partnerId }, caller) => {
      const event = ownEvent(TEST);
      await database.transact(async (tx) => {
        const { generation, name } = await findPosted(tx, partnerId, caller);
        await write(tx, partnerId, generation, [event]);
        await writeEntry(tx, { action: 'send_test_webhook', noun: 'partner', recordId: partnerId, detail: { name } });
      });
      return { id: event.id };
    },
    stopWebhook: async ({ partnerId }, caller) => ({ partner: await turn(partnerId, caller, 'WEBHOOK_STOP_BY_HAND') }),
    startWebhook: async ({ partnerId }, caller) => ({ partner: await turn(partnerId, caller, POSTED) }),
    keepWebhook: async (request) => {
      const { answer, stop } = await keepWebhook(database, key, request);
      if (stop) await turn(request.partnerId, serviceCaller('identity'), stop);
      return answer;
    },
  };
};
