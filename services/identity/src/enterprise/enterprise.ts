import { defineNoun } from '@pelagic/capabilities/record/noun';
import type { Row } from '@pelagic/capabilities/record/mapping';
import type { RecordRow } from '@pelagic/capabilities/record/records';
import { enterprise as settings, setEnterprise } from '@pelagic/chassis/enterprise';
import { invalidField, refused } from '@pelagic/chassis/problem';
import type { Enterprise, ExchangeRate } from '@pelagic/proto/crm/identity/v1/enterprise';
import Big from 'big.js';
import { sql, type Kysely } from 'kysely';

export type EnterpriseRow = RecordRow & {
  name: string;
  locale: string;
  time_zone: string;
  base_currency: string;
  fiscal_year_start_month: number;
  region: string;
};
export type ExchangeRateRow = RecordRow & { currency: string; from_date: string; rate: string };

/** Everybody signed in may read these; who may write them was asked at the seam. */
const everyone = () => sql<boolean>`true`;

export const enterprise = defineNoun({ noun: 'enterprise', search: { open: [], guarded: [] }, reach: everyone });
export const exchangeRate = defineNoun({ noun: 'exchange_rate', search: { open: [], guarded: [] }, reach: everyone });

export const enterpriseMessage = (row: EnterpriseRow): Enterprise =>
  enterprise.mapping.toMessage(row as Row) as unknown as Enterprise;
export const exchangeRateMessage = (row: ExchangeRateRow): ExchangeRate =>
  exchangeRate.mapping.toMessage(row as Row) as unknown as ExchangeRate;

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

const checkCurrency = (currency: string, field: string): void => {
  if (!CURRENCIES.has(currency))
    throw invalidField(field, 'UNKNOWN_CURRENCY', `${currency} is no currency of ISO 4217.`, { currency });
};

const isRegion = (region: string): boolean =>
  /^[A-Z]{2}$/.test(region) &&
  new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(region) !== undefined;

/** Trims, and refuses a currency or country that does not exist. `prefix` is the path of the message in the request. */
export const normalizeEnterprise = (row: EnterpriseRow, prefix = 'enterprise'): void => {
  row.name = row.name.trim();
  row.locale = Intl.getCanonicalLocales(row.locale)[0] ?? row.locale;
  row.region = row.region.toUpperCase();
  checkCurrency(row.base_currency, `${prefix}.baseCurrency`);
  if (!isRegion(row.region))
    throw invalidField(`${prefix}.region`, 'UNKNOWN_REGION', `${row.region} is no country of ISO 3166.`);
};

/**
 * Amounts are kept in the base currency all over the house, and identity cannot see them. So it may change only while
 * the enterprise is still being set up: nobody but the first administrator is there, and no rate refers to it.
 */
export const refuseNewBaseCurrency = async (db: Kysely<any>): Promise<void> => {
  const { rows } = await sql<{
    used: boolean;
  }>`select (select count(*) from employee) > 1 or exists (select from exchange_rate) as used`.execute(db);
  if (rows[0]?.used)
    throw refused(
      'BASE_CURRENCY_FIXED',
      'The base currency cannot change once people work with it: amounts are kept in it.',
    );
};

/** A positive decimal, of a currency other than the base one. */
export const normalizeRate = (row: ExchangeRateRow, baseCurrency: string): void => {
  checkCurrency(row.currency, 'exchangeRate.currency');
  if (row.currency === baseCurrency)
    throw invalidField('exchangeRate.currency', 'IS_BASE_CURRENCY', 'The base currency has the rate 1 by itself.');
  if (!/^\d{1,12}(\.\d{1,10})?$/.test(row.rate) || new Big(row.rate).lte(0)) {
    throw invalidField('exchangeRate.rate', 'BAD_RATE', 'A rate is a positive decimal, like 7.1234.');
  }
  row.rate = new Big(row.rate).toFixed();
};

export const readEnterprise = async (db: Kysely<any>): Promise<EnterpriseRow | undefined> =>
  (await sql<EnterpriseRow>`select * from enterprise`.execute(db)).rows[0];

/** Makes the settings known to this process: business dates of events are dates in its zone. */
export const knowEnterprise = (row: EnterpriseRow | undefined): void => {
  if (!row) return;
  const known = settings();
  const next = {
    name: row.name,
    locale: row.locale,
    timeZone: row.time_zone,
    baseCurrency: row.base_currency,
    fiscalYearStartMonth: row.fiscal_year_start_month,
    region: row.region,
  };
  if (JSON.stringify(known) !== JSON.stringify(next)) setEnterprise(next);
};
