import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Change } from './bus.ts';
import type { EventStream, Notice } from './event-stream.ts';
import { openListener, type AskVisible } from './listener.ts';
import type { Shown } from './records-in.ts';
import { openSeen, type Seen } from './seen.ts';

const change = (id: string, version = 1, noun = 'lead'): Change => ({ service: 'customer', noun, id, version });

const shown = (id: string, ...on: string[]): Shown => ({ service: 'customer', noun: 'contact', id, on });

let told: Notice[][];
let missed: number;
let asked: string[][];
let visible: Set<string>;
let askVisible: AskVisible;
let seen: Seen;

const stream = (): EventStream => ({
  tell: (notices) => void told.push(notices),
  tellMissed: () => void (missed += 1),
  end: () => {},
});

const open = () => {
  const listener = openListener({
    caller: 'li',
    askVisible: (...args) => askVisible(...args),
    seen,
    stopped: () => {},
  });
  listener.streams.add(stream());
  return listener;
};

beforeEach(() => {
  vi.useFakeTimers();
  [told, missed, asked, visible, seen] = [[], 0, [], new Set(), openSeen()];
  askVisible = async (_service, _noun, ids) => {
    asked.push(ids);
    return visible;
  };
});
afterEach(() => {
  vi.useRealTimers();
});

test('asks about the changes of a moment together, each record once in its newest version', async () => {
  visible = new Set(['a']);
  const listener = open();
  [change('a', 1), change('b', 1), change('a', 3), change('a', 2)].forEach(listener.changed);
  await vi.advanceTimersByTimeAsync(100);
  expect([asked, told]).toEqual([[['a', 'b']], [[{ noun: 'lead', id: 'a', version: 3 }]]]);
});

test('asks the owner of each noun', async () => {
  const nouns: string[] = [];
  askVisible = async (service, noun) => (nouns.push(`${service}/${noun}`), new Set());
  const listener = open();
  listener.changed(change('a'));
  listener.changed({ service: 'sales', noun: 'opportunity', id: 'b', version: 1 });
  await vi.advanceTimersByTimeAsync(100);
  expect(nouns).toEqual(['customer/lead', 'sales/opportunity']);
});

describe('a record that cannot be seen', () => {
  test('is not mentioned', async () => {
    const listener = open();
    listener.changed(change('a'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect([asked, told, missed]).toEqual([[['a']], [], 0]);
  });

  test('is gone for who was shown it, once', async () => {
    const listener = open();
    seen.add('li', ['a']);
    listener.changed(change('a', 2));
    await vi.advanceTimersByTimeAsync(100);
    listener.changed(change('a', 3));
    await vi.advanceTimersByTimeAsync(100);
    expect(told).toEqual([[{ noun: 'lead', id: 'a', gone: true }]]);
  });

  test('is gone for who was told of it by the stream', async () => {
    const listener = open();
    visible = new Set(['a']);
    listener.changed(change('a', 1));
    await vi.advanceTimersByTimeAsync(100);
    visible = new Set();
    listener.changed(change('a', 2));
    await vi.advanceTimersByTimeAsync(100);
    expect(told.at(-1)).toEqual([{ noun: 'lead', id: 'a', gone: true }]);
  });

  test('is gone for whoever an answer under way shows it after all', async () => {
    const listener = open();
    listener.changed(change('a', 2));
    await vi.advanceTimersByTimeAsync(100);
    seen.add('li', ['a', 'b']);
    listener.saw([shown('a'), shown('b')]);
    await vi.advanceTimersByTimeAsync(100);
    expect([told, asked]).toEqual([[[{ noun: 'lead', id: 'a', gone: true }]], [['a'], ['a']]]);
  });

  test('is gone when what it hangs on changed, and only then is anything said of it', async () => {
    const listener = open();
    seen.show('li', [shown('person', 'company'), shown('other', 'another company')]);
    visible = new Set(['company', 'person']);
    listener.changed(change('company', 2, 'customer'));
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toEqual([['company'], ['person']]);
    expect(told).toEqual([[{ noun: 'customer', id: 'company', version: 2 }]]);
    visible = new Set();
    listener.changed(change('company', 3, 'customer'));
    await vi.advanceTimersByTimeAsync(100);
    expect(told.flat().slice(1)).toEqual([
      { noun: 'customer', id: 'company', gone: true },
      { noun: 'contact', id: 'person', gone: true },
    ]);
  });

  test('is gone when what it hangs on changed in another service, which its own has read of by then', async () => {
    const listener = open();
    seen.show('li', [{ service: 'customer', noun: 'activity', id: 'call', on: ['deal'] }]);
    visible = new Set(['deal']);
    listener.changed({ service: 'sales', noun: 'opportunity', id: 'deal', version: 2 });
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toEqual([['deal']]);
    await vi.advanceTimersByTimeAsync(2_100);
    expect(asked).toEqual([['deal'], ['call']]);
    expect(told.flat().at(-1)).toEqual({ noun: 'activity', id: 'call', gone: true });
  });

  test('is gone when an answer under way shows it after what it hangs on has gone', async () => {
    const listener = open();
    listener.changed(change('company', 2, 'customer'));
    await vi.advanceTimersByTimeAsync(100);
    seen.show('li', [shown('person', 'company')]);
    listener.saw([shown('person', 'company')]);
    await vi.advanceTimersByTimeAsync(100);
    expect(told).toEqual([[{ noun: 'contact', id: 'person', gone: true }]]);
  });

  test('stays unsaid when its owner gives no answer', async () => {
    askVisible = async () => undefined;
    const listener = open();
    seen.add('li', ['a']);
    listener.changed(change('a'));
    await vi.advanceTimersByTimeAsync(100);
    expect(told).toEqual([]);
  });
});

test('asks again when the owner was away, about what is newest by then', async () => {
  let away = true;
  askVisible = async (_service, _noun, ids) => {
    asked.push(ids);
    if (away) throw new Error('away');
    return new Set(ids);
  };
  const listener = open();
  listener.changed(change('a', 1));
  await vi.advanceTimersByTimeAsync(100);
  listener.changed(change('a', 2));
  away = false;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual([[{ noun: 'lead', id: 'a', version: 2 }]]);
});

test('does not ask while an answer is awaited', async () => {
  const answer = Promise.withResolvers<Set<string>>();
  askVisible = (_service, _noun, ids) => (asked.push(ids), answer.promise);
  const listener = open();
  listener.changed(change('a'));
  await vi.advanceTimersByTimeAsync(100);
  listener.changed(change('b'));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual([['a']]);
  answer.resolve(new Set());
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toEqual([['a'], ['b']]);
});

describe('when too much happens', () => {
  const flood = (listener: ReturnType<typeof open>) =>
    Array.from({ length: 1_001 }, (_, each) => change(`id-${each}`)).forEach(listener.changed);

  test('the page is told to fetch again instead', async () => {
    const listener = open();
    flood(listener);
    await vi.advanceTimersByTimeAsync(100);
    expect([asked, told, missed]).toEqual([[], [], 1]);
  });

  test('but at most every five seconds, and not less', async () => {
    const listener = open();
    for (let each = 0; each < 40; each += 1) {
      flood(listener);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(missed).toBe(1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(missed).toBe(2);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(missed).toBe(2);
  });
});

test('a gap of the bus is told once, within its spread', async () => {
  const listener = open();
  listener.missed(1_000);
  listener.missed(1_000);
  listener.missed(1_000);
  await vi.advanceTimersByTimeAsync(1_200);
  expect(missed).toBe(1);
});

test('says nothing after it was stopped', async () => {
  visible = new Set(['a']);
  const listener = open();
  listener.changed(change('a'));
  listener.stop();
  listener.missed(0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect([asked, told, missed]).toEqual([[], [], 0]);
});
