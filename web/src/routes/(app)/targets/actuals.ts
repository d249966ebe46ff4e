import { api, body } from '#lib/api/client.ts';
import { addDays, addMonths } from '#lib/format/date.ts';
import type { Answer, Question } from '../analytics/ask.svelte.ts';
import type { FigureDrill } from '../analytics/drill.ts';
import type { Measure, Subject } from './target.ts';

/** What a target of the measure is compared with. */
const FIGURES: Record<Measure, { cube: string; measure: string }> = {
  TARGET_MEASURE_CONTRACT_AMOUNT: { cube: 'contract', measure: 'agreed_amount' },
  TARGET_MEASURE_RECEIPTS: { cube: 'receipt', measure: 'net_amount' },
};

export const cubeOf = (measure: Measure): string => FIGURES[measure].cube;

/** A subject, and who below it has a row of their own. */
export interface Asking {
  measure: Measure;
  months: string[];
  subject: Subject;
  below: Subject[];
  people: Subject[];
  /** Roll up by today's departments. */
  todaysTree: boolean;
}

/** An answer holds so many rows: these people by the months of a year and more. */
const PEOPLE_AT_ONCE = 40;

type Part = { question: Question; of: 'whole' | 'below' | 'people' };

const organizationOf = ({ kind, id }: Subject, todaysTree: boolean) =>
  kind === 'person' ? { employeeId: id, todaysTree } : { departmentId: id, todaysTree };

function common({ measure, months, subject, todaysTree }: Asking) {
  const { cube, measure: figure } = FIGURES[measure];
  return {
    cube,
    measures: [figure],
    period: { fromDate: months[0] ?? '', toDate: addDays(addMonths(months.at(-1) ?? '', 1), -1) },
    organization: organizationOf(subject, todaysTree),
  };
}

const BY_MONTH = { grain: 'PERIOD_GRAIN_MONTH' as const, limit: 1_000 };

/** What has to be asked for the rows of a subject and of those below it, month by month. */
function partsOf(asking: Asking): Part[] {
  const question = { ...common(asking), ...BY_MONTH };
  const parts: Part[] = [{ question, of: 'whole' }];
  if (asking.below.length > 0) parts.push({ question: { ...question, dimensions: ['branch'] }, of: 'below' });
  for (let at = 0; at < asking.people.length; at += PEOPLE_AT_ONCE) {
    const values = asking.people.slice(at, at + PEOPLE_AT_ONCE).map(({ id }) => id);
    const filters = [{ dimension: 'owner', values }];
    parts.push({ question: { ...question, dimensions: ['owner'], filters }, of: 'people' });
  }
  return parts;
}

/** By subject and month. */
function actualsIn(asking: Asking, parts: Part[], answers: readonly Answer[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const [index, { of }] of parts.entries())
    for (const { keys, cells } of answers[index]?.rows ?? []) {
      const [month = '', id = ''] = keys;
      found.set(`${of === 'whole' ? asking.subject.id : id}/${month}`, cells[0]?.value ?? '');
    }
  return found;
}

/** The rows behind what a subject brought in, in a month or in all of them. */
export function drillOf(asking: Asking, subject: Subject, month?: string): FigureDrill {
  const whole = subject.id === asking.subject.id;
  const question: Question = {
    ...common(asking),
    ...(month ? BY_MONTH : {}),
    ...(whole ? {} : { dimensions: [subject.kind === 'person' ? 'owner' : 'branch'] }),
  };
  const keys = [...(month ? [month] : []), ...(whole ? [] : [subject.id])];
  return { question, measure: FIGURES[asking.measure].measure, keys };
}

/** Questions of one request. */
const QUESTIONS_AT_ONCE = 20;

/** What a subject and those below it brought in, by subject and month. */
export async function actualsOf(asking: Asking): Promise<Map<string, string>> {
  const parts = partsOf(asking);
  const answers: Answer[] = [];
  for (let at = 0; at < parts.length; at += QUESTIONS_AT_ONCE) {
    const questions = parts.slice(at, at + QUESTIONS_AT_ONCE).map(({ question }) => question);
    answers.push(...(await body(api.POST('/v1/analytics/questions:batchAsk', { body: { questions } }))).answers);
  }
  return actualsIn(asking, parts, answers);
}
