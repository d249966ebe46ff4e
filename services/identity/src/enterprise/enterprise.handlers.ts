import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { newFields, writeFields } from '@pelagic/capabilities/record/fields';
import { changeRecord, insertRecord } from '@pelagic/capabilities/record/records';
import { notFound } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { EnterpriseServiceService } from '@pelagic/proto/crm/identity/v1/enterprise';
import { sql } from 'kysely';
import { administer } from '../audit/audit.ts';
import type { IdentityService } from '../identity-service.ts';
import {
  enterprise,
  enterpriseMessage,
  exchangeRate,
  exchangeRateMessage,
  knowEnterprise,
  normalizeEnterprise,
  normalizeRate,
  readEnterprise,
  refuseNewBaseCurrency,
  type EnterpriseRow,
  type ExchangeRateRow,
} from './enterprise.ts';

export const enterpriseHandlers = ({ database }: IdentityService): Handlers<EnterpriseServiceService> => {
  const current = async (): Promise<EnterpriseRow> => {
    const row = await readEnterprise(database.sql);
    if (!row) throw notFound('enterprise');
    return row;
  };
  return {
    getEnterprise: async () => ({ enterprise: enterpriseMessage(await current()) }),
    updateEnterprise: async ({ enterprise: message, updateMask }, caller) => {
      const { id } = await current();
      const row = await administer(database, 'update_enterprise', (tx) =>
        changeRecord<EnterpriseRow>(
          tx,
          enterprise,
          id,
          caller,
          { action: 'manage', verb: 'updated', version: message!.version },
          async (draft) => {
            const { base_currency: before } = draft;
            await writeFields(tx, enterprise, draft as Row, message as unknown as Message, caller, updateMask ?? []);
            normalizeEnterprise(draft);
            if (draft.base_currency !== before) await refuseNewBaseCurrency(tx.sql);
          },
        ),
      );
      knowEnterprise(row);
      return { enterprise: enterpriseMessage(row) };
    },
    setExchangeRate: async ({ exchangeRate: message }, caller) => {
      const { base_currency: base } = await current();
      const row = await administer(database, 'set_exchange_rate', async (tx) => {
        const values = (await newFields(
          tx,
          exchangeRate,
          message as unknown as Message,
          caller,
        )) as unknown as ExchangeRateRow;
        normalizeRate(values, base);
        const known = await sql<{
          id: string;
        }>`select id from exchange_rate where currency = ${values.currency} and from_date = ${values.from_date}`.execute(
          tx.sql,
        );
        const [same] = known.rows;
        if (!same) return insertRecord<ExchangeRateRow>(tx, exchangeRate, values as unknown as Row, caller, 'set');
        return changeRecord<ExchangeRateRow>(
          tx,
          exchangeRate,
          same.id,
          caller,
          { action: 'manage', verb: 'set', version: message!.version },
          (draft) => {
            draft.rate = values.rate;
          },
        );
      });
      return { exchangeRate: exchangeRateMessage(row) };
    },
    listExchangeRates: async ({ currency }) => {
      const { rows } =
        await sql<ExchangeRateRow>`select * from exchange_rate where ${currency} = '' or currency = ${currency} order by currency, from_date desc limit 5000`.execute(
          database.sql,
        );
      return { exchangeRates: rows.map(exchangeRateMessage) };
    },
  };
};
