import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { signed } from './sign.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

it('signs as the published example of Standard Webhooks', () => {
  const headers = signed([SECRET], 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}');
  expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

it('signs with each secret, and its library takes either', () => {
  const other = `whsec_${Buffer.from('another secret of 24 byte').toString('base64')}`;
  const body = JSON.stringify({ name: '李娜' });
  const headers = signed([SECRET, other], 'one', Math.floor(Date.now() / 1_000), body);
  for (const secret of [SECRET, other]) expect(new Webhook(secret).verify(body, headers)).toEqual({ name: '李娜' });
  expect(() => new Webhook(SECRET).verify(`${body} `, headers)).toThrow('No matching signature');
});
