import type { WebhookOutcome, WebhookResult } from '@pelagic/proto/crm/identity/v1/webhook';
import { describe, expect, it } from 'vitest';
import { pauseAfter, settle, TEST, TRIES_MAX, type Written } from './settle.ts';

const START = Date.parse('2026-03-31T00:00:00Z');
const result = (outcome: WebhookOutcome, at: number, fields: Partial<WebhookResult> = {}): WebhookResult => ({
  ...{ id: 'one', sequence: '7', type: 'crm.customer.lead.created.v1', recordId: 'r', outcome, retryAfter: 0 },
  attempt: { time: new Date(at).toISOString(), status: 500, durationMs: 3, answer: '', problem: '' },
  ...fields,
});

/** Refused as often as it is tried; when it was tried, in seconds from the first. */
const refuse = (takenTime: string | null, times: number) => {
  let known: Written | undefined;
  let at = START;
  const when: number[] = [];
  for (let each = 0; each < times && known?.state !== 'WEBHOOK_EVENT_STATE_FAILED'; each += 1) {
    when.push((at - START) / 1_000);
    known = settle(result('WEBHOOK_OUTCOME_REFUSED', at), known, { now: new Date(at), takenTime, chance: 0 });
    at = Date.parse(known.due_time ?? '');
  }
  return { known: known!, when };
};

describe('what is not taken', () => {
  it('is tried ten times in three days, and has failed then while others are taken', () => {
    const { known, when } = refuse(new Date(START + 1_000).toISOString(), 20);
    expect(when).toEqual([0, 5, 305, 2_105, 9_305, 27_305, 63_305, 113_705, 185_705, 272_105]);
    expect(known).toMatchObject({ state: 'WEBHOOK_EVENT_STATE_FAILED', tries: TRIES_MAX });
  });

  it('is tried on when nothing at all is taken, and keeps the last attempts', () => {
    for (const takenTime of [null, new Date(START - 1).toISOString()]) {
      const { known, when } = refuse(takenTime, 30);
      expect(known.state).toBe('WEBHOOK_EVENT_STATE_WAITING');
      expect(when.at(-1)! - when.at(-2)!).toBe(86_400);
      expect(known.attempts).toHaveLength(20);
    }
  });

  it('comes when the receiver wants it, and never sooner than it would', () => {
    expect(pauseAfter(1, 120, 0)).toBe(120);
    expect(pauseAfter(3, 120, 0)).toBe(1_800);
    expect(pauseAfter(1, 10_000_000, 0)).toBe(86_400);
    expect(pauseAfter(2, 0, 1)).toBe(330);
  });
});

it('what was said already changes nothing', () => {
  const at = { now: new Date(START), takenTime: null, chance: 0 };
  const once = settle(result('WEBHOOK_OUTCOME_REFUSED', START), undefined, at);
  expect(settle(result('WEBHOOK_OUTCOME_REFUSED', START), once, at)).toEqual(once);
  const taken = settle(result('WEBHOOK_OUTCOME_TAKEN', START + 1), once, at);
  expect(taken).toMatchObject({ state: 'WEBHOOK_EVENT_STATE_DELIVERED', tries: 2, due_time: null });
  expect(settle(result('WEBHOOK_OUTCOME_REFUSED', START + 2), taken, at)).toEqual(taken);
});

it('a test is tried once, and what the stream no longer holds not again', () => {
  const at = { now: new Date(START), takenTime: null, chance: 0 };
  expect(settle(result('WEBHOOK_OUTCOME_REFUSED', START, { type: TEST }), undefined, at).state).toBe(
    'WEBHOOK_EVENT_STATE_FAILED',
  );
  expect(settle(result('WEBHOOK_OUTCOME_LOST', START), undefined, at).state).toBe('WEBHOOK_EVENT_STATE_FAILED');
  expect(settle(result('WEBHOOK_OUTCOME_BEHIND', START), undefined, at)).toMatchObject({
    state: 'WEBHOOK_EVENT_STATE_WAITING',
    tries: 0,
  });
});
