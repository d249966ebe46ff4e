import { describe, expect, it } from 'vitest';
import { normalizeEmail, normalizePhone } from '@pelagic/capabilities/record/reachable';
import { companyKey, normalizeTaxId } from './normalize.ts';

describe('spellings of one thing', () => {
  it.each([
    ['阿里巴巴（中国）有限公司', '阿里巴巴(中国)'],
    ['騰訊科技股份有限公司', '腾讯科技有限公司'],
    ['Acme, Inc.', 'ACME'],
    ['Ａｃｍｅ　Ｃｏ．，Ｌｔｄ．', 'acme co ltd'],
  ])('takes %s and %s for one company', (a, b) => expect(companyKey(a)).toBe(companyKey(b)));

  it.each([
    ['上海海运', '上海海航'],
    ['Acme Steel', 'Acme Paper'],
  ])('keeps %s and %s apart', (a, b) => expect(companyKey(a)).not.toBe(companyKey(b)));

  it('keeps a name that is nothing but a legal form', () => expect(companyKey('公司')).not.toBe(''));

  it.each(['13800138000', '138-0013-8000', '+86 138 0013 8000', '0086 13800138000', '１３８００１３８０００'])(
    'writes the phone %s as E.164',
    (phone) => expect(normalizePhone(phone, 'phones[0]')).toBe('+8613800138000'),
  );

  it('refuses what is none, naming the field', () => {
    expect(() => normalizePhone('hello', 'lead.phones[1]')).toThrow(
      expect.objectContaining({ fields: [expect.objectContaining({ field: 'lead.phones[1]', reason: 'BAD_PHONE' })] }),
    );
    expect(() => normalizeEmail('a@b', 'lead.emails[0]')).toThrow(
      expect.objectContaining({ reason: 'INVALID_FIELDS' }),
    );
  });

  it('tidies mails and tax numbers', () => {
    expect(normalizeEmail(' Wang@Example.COM ', 'e')).toBe('wang@example.com');
    expect(normalizeTaxId('91310000 ma1fl-abc')).toBe('91310000MA1FLABC');
  });
});
