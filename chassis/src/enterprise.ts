import { dateIn } from './clock.ts';

/** What every service must know of the enterprise; identity owns it, the directory keeps it current here. */
export type EnterpriseSettings = {
  name: string;
  locale: string;
  timeZone: string;
  baseCurrency: string;
  fiscalYearStartMonth: number;
  /** ISO 3166, for phone numbers without a prefix. */
  region: string;
};

/** Until the directory knows better. */
export const UNKNOWN_ENTERPRISE: Readonly<EnterpriseSettings> = {
  name: '',
  locale: 'zh-CN',
  timeZone: 'Asia/Shanghai',
  baseCurrency: 'CNY',
  fiscalYearStartMonth: 1,
  region: 'CN',
};

let settings = UNKNOWN_ENTERPRISE;

export const enterprise = (): Readonly<EnterpriseSettings> => settings;

/** Business dates are dates in this zone. */
export const enterpriseTimeZone = (): string => settings.timeZone;

/** The business date that it is now, YYYY-MM-DD. */
export const today = (): string => dateIn(settings.timeZone);

export const setEnterprise = (next: EnterpriseSettings): void => {
  settings = next;
};
