import { busyness } from '../mesh/person.ts';
import { openSender, type Answer } from './http.ts';
import { judge } from './judge.ts';
import type { Sender } from './people.ts';
import type { Making } from './request.ts';
import { answerType, bindingOf, draftFor, wireOf, type Draft } from './rest-request.ts';
import { OPERATIONS, type Operation } from './schema.ts';
import { Tally, type Figures } from './tally.ts';

/** Requests that are under way together. */
const AT_ONCE = 12;

export type RestFigures = Figures & {
  /** Operations of the document that were asked, and that did what they were asked at least once. */
  operations: number;
  done: number;
  slowestMs: number;
};

type Run = { base: string; senders: Sender[]; making: Making; requests: number };

type Shot = { operation: Operation; draft: Draft; sender: Sender; language: 'zh' | 'en' };

const shotFor = (operation: Operation, { senders, making }: Run): Shot => ({
  operation,
  draft: draftFor(operation, making),
  sender: making.random.of(senders),
  language: making.random.chance(0.5) ? 'zh' : 'en',
});

const described = ({ draft, sender, language }: Shot): string => {
  const { method, path, body } = wireOf(draft);
  return `${sender.role} (${language}) ${method} ${path} ${body?.toString() ?? ''}`;
};

/** Later requests are made of what this answer showed. */
const learn = ({ operation }: Shot, { status, text }: Answer, { pool }: Making): void => {
  const bound = status === 200 ? bindingOf(operation) : undefined;
  if (bound) pool.read(bound.rpc, answerType(bound.rpc, bound.binding), JSON.parse(text) as unknown);
};

/** Sends generated requests for every operation of the REST document and judges each answer. */
export const fuzzRest = async (run: Run): Promise<RestFigures> => {
  const { making, requests } = run;
  const { send, close } = openSender(run.base);
  const tally = new Tally();
  const done = new Set<Operation>();
  const asked = new Set<Operation>();
  let slowestMs = 0;

  const fire = async (shot: Shot): Promise<Answer> => {
    const sent = wireOf(shot.draft);
    const headers = { ...(await shot.sender.headers()), 'accept-language': shot.language, ...sent.headers };
    return send({ ...sent, headers });
  };

  const take = (shot: Shot, answer: Answer): void => {
    const { operation, draft, language } = shot;
    const untouched =
      draft.path.split('/').length === operation.path.split('/').length && draft.method === operation.method;
    const verdict = judge({
      ...(untouched && { operation }),
      answer,
      language,
      forbidden: draft.forbidden,
      busy: busyness(),
    });
    asked.add(operation);
    tally.count(String(answer.status), verdict.rule);
    slowestMs = Math.max(slowestMs, answer.ms);
    if (answer.status < 300) done.add(operation);
    if (answer.status === 401) shot.sender.renew();
    for (const what of verdict.wrong)
      tally.fault(`${operation.method} ${operation.path}`, what, described(shot), answer.text);
    if (!verdict.wrong.length && untouched) learn(shot, answer, making);
  };

  for (let next = 0; next < requests; next += AT_ONCE) {
    const shots = Array.from({ length: Math.min(AT_ONCE, requests - next) }, (_, index) =>
      shotFor(OPERATIONS[(next + index) % OPERATIONS.length]!, run),
    );
    const answers = await Promise.all(shots.map(fire));
    shots.forEach((shot, index) => take(shot, answers[index]!));
  }
  close();
  return { ...tally.figures(), operations: asked.size, done: done.size, slowestMs };
};
