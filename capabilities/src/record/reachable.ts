import { enterprise } from '@pelagic/chassis/enterprise';
import { invalidField } from '@pelagic/chassis/problem';
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import { tidy } from './tidy.ts';

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
