import { m } from '#lib/paraglide/messages.js';
import { getLocale, locales } from '#lib/paraglide/runtime.js';
import type { Choice, Field } from '#lib/noun/field.ts';
import { LANGUAGES } from '#lib/shell/language.ts';
import { currencies } from './currencies.ts';

/** What a person or an enterprise says about where it is: language, time zone, currency, fiscal year, region. */
export function languageField(label: () => string): Field {
  const options = () => locales.map((value) => ({ value, label: LANGUAGES[value] }));
  return { key: 'locale', kind: 'choice', label, required: true, options };
}

export function timeZoneField(): Field {
  const options = () => plain(Intl.supportedValuesOf('timeZone'));
  return { key: 'timeZone', kind: 'choice', label: m.time_zone, required: true, options };
}

export function baseCurrencyField(chosen = ''): Field {
  const options = () => plain(currencies(chosen));
  return { key: 'baseCurrency', kind: 'choice', label: m.base_currency, required: true, options };
}

export function fiscalYearField(): Field {
  const name = new Intl.DateTimeFormat(getLocale(), { month: 'long', timeZone: 'UTC' });
  const options = () =>
    Array.from({ length: 12 }, (_, month) => ({
      value: String(month + 1),
      label: name.format(Date.UTC(2024, month, 1)),
    }));
  return { key: 'fiscalYearStartMonth', kind: 'choice', label: m.fiscal_year_start, required: true, options };
}

export function regionField(): Field {
  return { key: 'region', kind: 'text', label: m.home_region, help: m.home_region_help, required: true, maxLength: 2 };
}

function plain(values: readonly string[]): Choice[] {
  return values.map((value) => ({ value, label: value }));
}
