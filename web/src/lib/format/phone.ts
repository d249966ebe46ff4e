/** `+8613800138000` → `138 0013 8000` at home in CN; numbers from elsewhere and masked ones stay as they are. */
export function showPhone(phone: string, region: string): string {
  const mobile = /^\+86(1\d{2})(\d{4})(\d{4})$/.exec(phone);
  if (!mobile) return phone;
  const national = mobile.slice(1).join(' ');
  return region === 'CN' ? national : `+86 ${national}`;
}

/** What was typed, as E.164 when it is a number that the region knows; else as typed, for the service to refuse. */
export async function normalizePhone(typed: string, region: string): Promise<string> {
  const text = typed.normalize('NFKC').trim();
  if (text === '') return '';
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/min');
  const number = parsePhoneNumberFromString(text, (region || 'CN') as 'CN');
  return number?.isPossible() ? number.number : text;
}
