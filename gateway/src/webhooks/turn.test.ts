import type { WebhookPending } from '@pelagic/proto/crm/identity/v1/webhook';
import { describe, expect, it } from 'vitest';
import type { Answer } from './post.ts';
import type { Told } from './reader.ts';
import { lanesOf, run, type Job } from './turn.ts';

const told = (sequence: number, recordId: string): Told => ({
  ...{ id: `e${sequence}`, sequence, type: 'crm.customer.lead.updated.v1', recordId, body: '{}' },
});
const pending = (sequence: number, recordId: string, fields: Partial<WebhookPending> = {}): WebhookPending => ({
  ...{
    id: `e${sequence}`,
    sequence: String(sequence),
    type: 'crm.customer.lead.updated.v1',
    recordId,
    tries: 0,
    due: true,
  },
  ...fields,
});
const answer = (status: number): Answer => ({ status, durationMs: 1, answer: '', problem: '', retryAfter: 0 });
const nameOf = (job: Job): string => (job.pending ?? job.told)!.id;

/** What was posted in which order, and what came of it. */
const go = async (waiting: WebhookPending[], came: Told[], status: (id: string) => number | undefined) => {
  const posted: string[] = [];
  const results = await run({
    lanes: lanesOf(waiting, came),
    post: async (job) => {
      const given = status(nameOf(job));
      if (given === undefined) return undefined;
      posted.push(nameOf(job));
      await new Promise((later) => setTimeout(later, Math.random() * 5));
      return answer(given);
    },
  });
  return { posted, results: Object.fromEntries(results.map(({ id, outcome }) => [id, outcome.slice(16)])) };
};

describe('a turn', () => {
  it('posts by record in order, and what comes behind a refusal waits', async () => {
    const { posted, results } = await go(
      [],
      [told(1, 'a'), told(2, 'b'), told(3, 'a'), told(4, 'b'), told(5, 'a')],
      (id) => (id === 'e3' ? 500 : 200),
    );
    expect(posted.filter((id) => ['e1', 'e3', 'e5'].includes(id))).toEqual(['e1', 'e3']);
    expect(results).toEqual({ e1: 'TAKEN', e2: 'TAKEN', e3: 'REFUSED', e4: 'TAKEN', e5: 'BEHIND' });
  });

  it('keeps new ones behind what is not due, and goes through all of a record when it is', async () => {
    const held = [pending(1, 'a', { tries: 2, due: false }), pending(2, 'a')];
    expect(await go(held, [told(3, 'a'), told(4, 'b')], () => 204)).toEqual({
      posted: ['e4'],
      results: { e3: 'BEHIND', e4: 'TAKEN' },
    });
    const due = [pending(1, 'a', { tries: 2 }), pending(2, 'a')];
    expect((await go(due, [told(3, 'a')], () => 204)).posted).toEqual(['e1', 'e2', 'e3']);
    expect((await go(due, [told(3, 'a')], () => 410)).results).toEqual({ e1: 'GONE', e3: 'BEHIND' });
  });

  it('says that a policy begins before everything, and posts a test whatever waits', async () => {
    const begun = pending(0, '', { id: 'begun', type: 'pelagic.webhook.begun.v1' });
    const test = pending(0, '', { id: 'test', type: 'pelagic.webhook.test.v1' });
    const { posted } = await go([begun, test, pending(1, 'a')], [told(2, 'b')], () => 204);
    expect(posted.toSorted()).toEqual(['begun', 'test']);
    const notDue = { ...begun, tries: 1, due: false };
    expect((await go([notDue, test], [told(2, 'b')], () => 204)).posted).toEqual(['test']);
  });

  it('takes nothing new while fifty records wait for another try', async () => {
    const waiting = Array.from({ length: 50 }, (_, at) => pending(at + 1, `r${at}`, { tries: 1, due: false }));
    expect((await go(waiting, [told(100, 'new')], () => 204)).posted).toEqual([]);
    expect((await go(waiting.slice(1), [told(100, 'new')], () => 204)).posted).toEqual(['e100']);
  });

  it('leaves what it could not begin, and what stands behind it', async () => {
    const { results } = await go([], [told(1, 'a'), told(2, 'a'), told(3, 'b')], (id) =>
      id === 'e1' ? undefined : 200,
    );
    expect(results).toEqual({ e3: 'TAKEN' });
  });
});
