import type { PhoneNumber } from 'libphonenumber-js/min';

type Parse = (phone: string) => PhoneNumber | undefined;

/**
 * `+8613800138000` → `138 0013 8000` at home in CN. Other numbers are grouped as their country does by `parse`; without
 * it they stay as they are, as masked ones do.
 */
export function groupPhone(phone: string, region: string, parse?: Parse): string {
  const mobile = /^\+86(1\d{2})(\d{4})(\d{4})$/.exec(phone);
  if (mobile) {
    const national = mobile.slice(1).join(' ');
    return region === 'CN' ? national : `+86 ${national}`;
  }
  const number = /^\+\d+$/.test(phone) ? parse?.(phone) : undefined;
  if (!number) return phone;
  return number.country === region ? number.formatNational() : number.formatInternational();
}

/** What was typed, as E.164 when it is a number that the region knows; else as typed, for the service to refuse. */
export async function normalizePhone(typed: string, region: string): Promise<string> {
  const text = typed.normalize('NFKC').trim();
  if (text === '') return '';
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/min');
  const number = parsePhoneNumberFromString(text, (region || 'CN') as 'CN');
  return number?.isPossible() ? number.number : text;
}
