import { answerSchema, refusesInText, schemaErrors, type Operation } from './schema.ts';
import type { Answer } from './http.ts';

/** Nothing takes longer, in milliseconds on a machine of one's own. */
export const ANSWER_MAX_MS = 10_000;

/** Refusals of what is wrong with a request as a whole: there is no field to name. */
const WHOLE = new Set([
  'ADDRESS_MALFORMED',
  'BODY_EMPTY',
  'BODY_MALFORMED',
  'BODY_NOT_EXPECTED',
  'BODY_NOT_UTF8',
  'FILE_MISSING',
  'FILE_NAME_MISSING',
  'FORM_MALFORMED',
  'IDEMPOTENCY_KEY_TWICE',
  'REQUEST_MALFORMED',
  'TIMEOUT_MALFORMED',
]);

/** What the contract alone refuses; every other reason is a rule of the trade. */
const OF_FORM = new Set([
  ...['REQUIRED', 'WRONG_TYPE', 'UNKNOWN_FIELD', 'UNKNOWN_VALUE', 'OUTPUT_ONLY', 'ONE_OF', 'BAD_FORMAT', 'BAD_TEXT'],
  ...['TOO_LONG', 'TOO_SHORT', 'TOO_MANY', 'TOO_FEW', 'OUT_OF_RANGE', 'TOO_DEEP'],
]);

/** What may be wrong with the body itself, whose path is empty; the name of an unknown field may be empty too. */
const OF_BODY = new Set(['NOTHING_TO_WRITE', 'REQUIRED', 'WRONG_TYPE', 'UNKNOWN_FIELD']);

export type Verdict = {
  /** What is wrong with the answer, a sentence each. */
  wrong: string[];
  /** Whether more than the form was looked at. */
  rule: boolean;
};

type ProblemJson = { reason?: unknown; code?: unknown; detail?: unknown; title?: unknown; errors?: unknown };
type FieldJson = { field?: unknown; reason?: unknown; message?: unknown };

/** Statuses of what never became a request. */
const ON_SOCKET = new Set([408, 431]);

const HAN = /\p{Script=Han}/u;
const REASON = /^[A-Z][A-Z0-9_]+$/;

const sentenceErrors = (what: string, sentence: unknown, reason: unknown, language: 'zh' | 'en'): string[] => {
  if (typeof sentence !== 'string' || !sentence.trim()) return [`${what} says nothing`];
  if (sentence === reason || REASON.test(sentence)) return [`${what} is the bare code ${sentence}`];
  if (language === 'zh' && !HAN.test(sentence)) return [`${what} is not Chinese: ${sentence}`];
  if (/\[object|\{[a-z]\w*\}/.test(sentence)) return [`${what} has a hole: ${sentence}`];
  return language === 'en' && !sentence.includes(' ') ? [`${what} is no sentence: ${sentence}`] : [];
};

const problemErrors = (status: number, body: ProblemJson, language: 'zh' | 'en'): string[] => {
  const { reason, errors } = body;
  const fields = Array.isArray(errors) ? (errors as FieldJson[]) : [];
  const whole = fields.length === 0 && (typeof reason !== 'string' || !WHOLE.has(reason));
  return [
    ...(typeof reason === 'string' && REASON.test(reason) ? [] : [`its reason is ${String(reason)}`]),
    ...sentenceErrors('detail', body.detail, reason, language),
    ...(status === 400 && whole ? [`a 400 (${String(reason)}) names no field`] : []),
    ...fields.flatMap(({ field, message, reason: why }) => [
      ...(typeof field === 'string' && (field || OF_BODY.has(String(why))) ? [] : ['an error without a field']),
      ...(typeof why === 'string' && REASON.test(why) ? [] : [`the reason of ${String(field)} is ${String(why)}`]),
      ...sentenceErrors(`the message of ${String(field)} (${String(why)})`, message, why, language),
    ]),
  ];
};

/** As ClickHouse says it, with our reason behind. */
const EXCEPTION = /^Code: \d+\. DB::Exception: ([^]*) \([A-Z_]+\) \[([A-Z][A-Z0-9_]+)\]\n$/;

const exceptionErrors = (text: string, language: 'zh' | 'en'): string[] => {
  const [, sentence, reason] = EXCEPTION.exec(text) ?? [];
  return sentenceErrors('the exception', sentence, reason, language);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const reasonIn = (text: string): string =>
  String((parsed(text) as ProblemJson | undefined)?.reason ?? text.slice(0, 100));

const isRule = (status: number, { errors }: ProblemJson): boolean => {
  if (status === 409 || status === 422) return true;
  return (
    status === 400 &&
    Array.isArray(errors) &&
    (errors as FieldJson[]).some(({ reason }) => !OF_FORM.has(String(reason)))
  );
};

type Judged = {
  operation?: Operation;
  answer: Answer;
  language: 'zh' | 'en';
  /** Why the contract forbids what was sent; empty when it does not. */
  forbidden: string[];
  /** How many times slower than a machine of one's own this one is now. */
  busy: number;
};

/** Whether an answer of the REST interface is one that the contract allows. */
export const judge = ({ operation, answer, language, forbidden, busy }: Judged): Verdict => {
  const { status, text, ms, headers } = answer;
  const wrong: string[] = [];
  if (status === 0) return { wrong: [`no answer: ${text}`], rule: false };
  if (status >= 500) return { wrong: [`${status} ${reasonIn(text)}`], rule: false };
  if (ms > ANSWER_MAX_MS * busy) wrong.push(`it took ${Math.round(ms)} ms`);
  const type = String(headers['content-type'] ?? '');
  const body = type.includes('json') ? parsed(text) : undefined;
  if (type.includes('json') && body === undefined) wrong.push('its body is not JSON');
  const schema = operation && answerSchema(operation, status);
  if (schema && type.includes('json'))
    wrong.push(
      ...schemaErrors(schema, body)
        .slice(0, 3)
        .map((error) => `answer: ${error}`),
    );
  if (status < 300) {
    if (forbidden.length) wrong.push(`${status} for what the contract forbids: ${forbidden.slice(0, 3).join('; ')}`);
    return { wrong, rule: true };
  }
  if (operation && type.startsWith('text/plain') && refusesInText(operation, status)) {
    wrong.push(...exceptionErrors(text, language));
    return { wrong, rule: /\[SQL_\w+\]\n$/.test(text) };
  }
  if (!type.startsWith('application/problem+json')) wrong.push(`a refusal of the type ${type}`);
  const problem = (body ?? {}) as ProblemJson;
  // Refused before it was read: nobody knows yet in which language.
  wrong.push(...problemErrors(status, problem, ON_SOCKET.has(status) ? 'en' : language));
  return { wrong, rule: isRule(status, problem) };
};
