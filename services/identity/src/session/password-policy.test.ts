import { describe, expect, it } from 'vitest';
import { checkPassword } from './password-policy.ts';

const KNOWN = ['lilei', '李雷', 'lilei@ocean.example', 'Pelagic Ocean'];
const reason = (password: string) =>
  checkPassword(password, KNOWN, 'newPassword').then(
    () => 'taken',
    (problem: { fields: { reason: string }[] }) => problem.fields[0]!.reason,
  );

describe('a password', () => {
  it.each(['short 1', '11 chars ok', '密码太短了'])('%s is too short', async (password) =>
    expect(await reason(password)).toBe('PASSWORD_TOO_SHORT'),
  );

  it.each([
    'password1234567',
    'Administrator1!',
    'iloveyou2026!!!',
    '!!!!Summer2026!!!!',
    '123456789012345',
    'abcdefghijklmnop',
    'zzzzzzzzzzzzzzzz',
    'ababababababab',
    'qwertyuiop1234',
    'woaini1314520!',
    'LiLei-2026-0808',
    'lilei@ocean.example1',
    'Pelagic Ocean 2026',
  ])('%s is common', async (password) => expect(await reason(password)).toBe('PASSWORD_COMMON'));

  it.each(['heron lantern orbit 9', '海鸥衔走灯塔里的月亮和潮汐', 'tVb3!kqpzR0w', 'lilei rides seven orange camels'])(
    '%s is taken',
    async (password) => expect(await reason(password)).toBe('taken'),
  );

  it('may be as long as the contract allows, in no time', async () => {
    const began = performance.now();
    expect(await reason('x9!Kp'.repeat(40))).toBe('taken');
    expect(performance.now() - began).toBeLessThan(200);
  });
});
