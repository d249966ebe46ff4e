import { tidy } from '@pelagic/capabilities/record/tidy';
import { invalidField } from '@pelagic/chassis/problem';
import { enterprise } from '@pelagic/chassis/enterprise';
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import { Converter } from 'opencc-js/t2cn';

/** E.164, with the enterprise's country for numbers without a prefix. Refuses what no telephone could dial. */
export const normalizePhone = (text: string, field: string): string => {
  const number = parsePhoneNumberFromString(tidy(text), enterprise().region as CountryCode);
  if (!number?.isPossible()) throw invalidField(field, 'BAD_PHONE', 'This is not a phone number.', { value: text });
  return number.number;
};

export const normalizeEmail = (text: string, field: string): string => {
  const email = tidy(text).toLowerCase();
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(email))
    throw invalidField(field, 'BAD_EMAIL', 'This is not a mail address.', { value: text });
  return email;
};

const simplify = Converter({ from: 'tw', to: 'cn' });

/** Legal forms and the words around them, which people leave out or write differently. */
const LEGAL_FORMS =
  /(股份有限公司|有限责任公司|有限公司|集团|公司|\b(co|company|corp|corporation|inc|incorporated|ltd|limited|llc|gmbh|ag|plc)\b\.?)/g;

/** What two spellings of a company's name have in common; empty when nothing is left that could tell companies apart. */
export const companyKey = (name: string): string => {
  const plain = simplify(tidy(name).toLowerCase())
    .replace(LEGAL_FORMS, '')
    .replace(/[\s\p{P}\p{S}]/gu, '');
  return plain.length < 2 ? simplify(tidy(name).toLowerCase()).replace(/\s/g, '') : plain;
};

export const normalizeTaxId = (text: string): string => tidy(text).toUpperCase().replace(/[\s-]/g, '');

/** Each once, in the order given. */
export const unique = (values: string[]): string[] => [...new Set(values)];
