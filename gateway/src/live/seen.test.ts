import { expect, test } from 'vitest';
import { openSeen } from './seen.ts';

const ids = (count: number, from = 0): string[] => Array.from({ length: count }, (_, each) => `id-${from + each}`);

test('remembers what a caller was shown, each caller by itself', () => {
  const seen = openSeen();
  seen.add('li', ['a', 'b']);
  expect([seen.remove('wang', 'a'), seen.remove('li', 'a'), seen.remove('li', 'a'), seen.size()]).toEqual([
    false,
    true,
    false,
    1,
  ]);
});

test('keeps the newest of a caller', () => {
  const seen = openSeen();
  seen.add('li', ids(2_000));
  seen.add('li', ['id-0', ...ids(10, 5_000)]);
  expect([seen.size(), seen.remove('li', 'id-0'), seen.remove('li', 'id-1'), seen.remove('li', 'id-5000')]).toEqual([
    2_000,
    true,
    false,
    true,
  ]);
});

test('knows what was shown with what, as far as it remembers', () => {
  const seen = openSeen();
  const contact = (id: string, ...on: string[]) => ({ service: 'customer', noun: 'contact', id, on });
  const hung = (id: string) => seen.hangingOn('li', id).map((record) => record.id);
  seen.show('li', [contact('ann', 'blue'), contact('bob', 'blue', 'lead')]);
  expect([hung('blue'), hung('lead'), seen.hangingOn('wang', 'blue')]).toEqual([['ann', 'bob'], ['bob'], []]);
  seen.show('li', [contact('ann', 'red')]);
  seen.remove('li', 'bob');
  expect([hung('blue'), hung('red'), hung('lead')]).toEqual([[], ['ann'], []]);
  seen.add('li', ids(2_000));
  expect(hung('red')).toEqual([]);
});

test('is bounded over all callers, and the busy stay', () => {
  const seen = openSeen();
  for (let caller = 0; caller < 300; caller += 1) {
    seen.add(`caller-${caller}`, ids(2_000));
    seen.add('busy', ['mine']);
  }
  expect(seen.size()).toBeLessThanOrEqual(500_000);
  expect([seen.remove('caller-0', 'id-1'), seen.remove('caller-299', 'id-1'), seen.remove('busy', 'mine')]).toEqual([
    false,
    true,
    true,
  ]);
});

test('forgets a caller without a stream after a minute', () => {
  const at = { ms: 0 };
  const seen = openSeen(() => at.ms);
  seen.add('gone', ['a']);
  const letGo = seen.hold('here');
  seen.add('here', ['a']);
  at.ms = 60_001;
  seen.add('other', ['b']);
  expect([seen.remove('gone', 'a'), seen.remove('here', 'a')]).toEqual([false, true]);
  letGo();
  letGo();
});
