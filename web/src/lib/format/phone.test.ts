import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { describe, expect, it } from 'vitest';
import { normalizePhone, groupPhone } from './phone.ts';

describe('phone numbers', () => {
  it.each([
    ['138 0013-8000', 'CN', '+8613800138000'],
    ['１３８００１３８０００', 'CN', '+8613800138000'],
    ['010-8888 8888', 'CN', '+861088888888'],
    ['(415) 555-2671', 'US', '+14155552671'],
    ['+44 20 7946 0958', 'CN', '+442079460958'],
    ['12', 'CN', '12'],
    ['call me', 'CN', 'call me'],
    [' ', 'CN', ''],
  ])('%s typed in %s is %s', async (typed, region, phone) => expect(await normalizePhone(typed, region)).toBe(phone));

  it('reads like at home', () => {
    expect(groupPhone('+8613800138000', 'CN')).toBe('138 0013 8000');
    expect(groupPhone('+8613800138000', 'US')).toBe('+86 138 0013 8000');
    expect(groupPhone('138****8000', 'CN')).toBe('138****8000');
  });

  it.each([
    ['+6581002689', 'CN', '+65 8100 2689'],
    ['+14155552671', 'CN', '+1 415 555 2671'],
    ['+14155552671', 'US', '(415) 555-2671'],
    ['+861088888888', 'CN', '010 8888 8888'],
    ['+65****2689', 'CN', '+65****2689'],
    ['+999', 'CN', '+999'],
  ])('%s read in %s is %s', (phone, region, text) =>
    expect(groupPhone(phone, region, parsePhoneNumberFromString)).toBe(text),
  );
});
