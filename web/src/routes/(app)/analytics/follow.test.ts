import { expect, it } from 'vitest';
import { follow, type Followed } from './follow.ts';

/** Answers when it is told to, with how often it was asked. */
const slow = () => {
  const waiting: (() => void)[] = [];
  let asked = 0;
  const shown: Followed<string, string> = { answer: null, question: null, problem: null, loading: true, behind: false };
  const ask = follow(shown, async (question) => {
    const answer = `${question} ${(asked += 1)}`;
    await new Promise<void>((resolve) => waiting.push(resolve));
    return answer;
  });
  const answerAll = async () => {
    for (const resolve of waiting.splice(0)) resolve();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { shown, ask, answerAll };
};

it('shows an answer though there is more to count before it comes, and asks once more', async () => {
  const { shown, ask, answerAll } = slow();
  void ask('won');
  void ask('won');
  void ask('won');
  await answerAll();
  expect(shown.answer).toBe('won 1');
  await answerAll();
  expect(shown.answer).toBe('won 2');
  await answerAll();
  expect(shown.answer).toBe('won 2');
});

it('forgets an answer whose question nobody asks any more', async () => {
  const { shown, ask, answerAll } = slow();
  void ask('won');
  void ask('lost');
  expect(shown.behind).toBe(true);
  await answerAll();
  expect([shown.answer, shown.question, shown.behind]).toEqual(['lost 2', 'lost', false]);
});
