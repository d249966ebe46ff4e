import { groupPhone } from './phone.ts';

type Parse = NonNullable<Parameters<typeof groupPhone>[2]>;

let parse = $state.raw<Parse>();
let asked = false;

/** A number as people read it. What knows the countries is fetched with the first that needs it, and then all are grouped. */
export function showPhone(phone: string, region: string): string {
  const text = groupPhone(phone, region, parse);
  if (text === phone && phone.startsWith('+') && !asked) void fetchCountries();
  return text;
}

async function fetchCountries() {
  asked = true;
  try {
    const library = await import('libphonenumber-js/min');
    parse = library.parsePhoneNumberFromString;
  } catch {
    // Ungrouped, a number can be read too.
    asked = false;
  }
}
