import { m } from '#lib/paraglide/messages.js';
import type { FieldProblem, Problem } from './problem.ts';

type Params = Record<string, string>;

const CODES: Record<string, () => string> = {
  INVALID_ARGUMENT: () => m.problem_invalid(),
  FAILED_PRECONDITION: () => m.problem_precondition(),
  NOT_FOUND: () => m.problem_not_found(),
  ALREADY_EXISTS: () => m.problem_already_exists(),
  PERMISSION_DENIED: () => m.problem_permission_denied(),
  UNAUTHENTICATED: () => m.problem_unauthenticated(),
  ABORTED: () => m.problem_aborted(),
  RESOURCE_EXHAUSTED: () => m.problem_too_many(),
  DEADLINE_EXCEEDED: () => m.problem_too_slow(),
  UNAVAILABLE: () => m.problem_unavailable(),
};

const FORMATS: Record<string, () => string> = {
  phone: () => m.field_bad_phone(),
  email: () => m.field_bad_email(),
  date: () => m.field_bad_date(),
  decimal: () => m.field_bad_number(),
  url: () => m.field_bad_url(),
};

const FIELD_REASONS: Record<string, (params: Params) => string> = {
  REQUIRED: () => m.field_required(),
  TOO_LONG: ({ max }) => (max ? m.field_too_long({ max }) : m.field_too_long_plain()),
  TOO_SHORT: ({ min }) => (min ? m.field_too_short({ min }) : m.field_required()),
  TOO_MANY: ({ max = '' }) => m.field_too_many({ max }),
  TOO_FEW: ({ min = '' }) => m.field_too_few({ min }),
  BAD_FORMAT: ({ format = '' }) => FORMATS[format]?.() ?? m.field_bad_format(),
  BAD_TEXT: () => m.field_bad_text(),
  WRONG_TYPE: () => m.field_bad_format(),
  UNKNOWN_VALUE: () => m.field_unknown_value(),
  OUT_OF_RANGE: ({ min, max }) => outOfRange(min, max),
  IMMUTABLE: () => m.field_immutable(),
  OUTPUT_ONLY: () => m.field_immutable(),
  NOT_FOUND: () => m.field_not_found(),
  PHONE_OR_EMAIL_REQUIRED: () => m.problem_phone_or_email_required(),
};

function outOfRange(min: string | undefined, max: string | undefined): string {
  if (min !== undefined && max !== undefined) return m.field_out_of_range({ min, max });
  return min === undefined ? m.field_at_most({ max: max ?? '' }) : m.field_at_least({ min });
}

/** What happened, for the person in front of it. The gateway says it in the language of the pages; where it could not, the code does. */
export function problemMessage(problem: Problem): string {
  if (problem.reason === 'NOT_REACHED') return m.problem_not_reached();
  if (problem.reason === 'IN_THE_BROWSER') return m.problem_internal();
  // A field that has no place of its own here: a file that is empty, a request that no form made.
  if (problem.fields[0]) return problem.fields[0].message || fieldMessage(problem.fields[0]);
  return problem.detail || (CODES[problem.code]?.() ?? m.problem_internal());
}

/** Whose fault it is and what to do. */
export function problemAdvice(problem: Problem): string {
  switch (problem.code) {
    case 'NOT_FOUND':
      return m.problem_advice_not_found();
    case 'PERMISSION_DENIED':
      return m.problem_advice_permission();
    case 'INVALID_ARGUMENT':
      return m.problem_advice_invalid();
    case 'UNAVAILABLE':
    case 'DEADLINE_EXCEEDED':
    case 'RESOURCE_EXHAUSTED':
      return m.problem_advice_later();
    default:
      return m.problem_advice_ours();
  }
}

export function fieldMessage({ reason, message, params }: FieldProblem): string {
  return FIELD_REASONS[reason]?.(params) ?? (message || m.field_bad_format());
}
