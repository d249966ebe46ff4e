import {
  isPeriod,
  isPreset,
  periodBefore,
  presetPeriod,
  yearBefore,
  type Period,
  type Preset,
} from '#lib/format/period.ts';
import { addDays, daysBetween } from '#lib/format/date.ts';
import { session } from '#lib/session.svelte.ts';

/** What the whole dashboard is about, as its URL says it: when, whose, compared with what. */
export interface Scope {
  /** A preset, or null when the days are given one by one. */
  preset: Preset | null;
  period: Period;
  against: 'before' | 'year' | 'none';
  employeeId: string;
  departmentId: string;
  /** Roll up by today's departments instead of those of each day. */
  todaysTree: boolean;
}

const DEFAULT: Preset = 'thisMonth';

interface Parameters {
  get(name: string): string | null;
}

export function parseScope(search: Parameters): Scope {
  const asked = search.get('period') ?? '';
  const given = { fromDate: search.get('from') ?? '', toDate: search.get('to') ?? '' };
  const preset = isPreset(asked) ? asked : isPeriod(given) ? null : DEFAULT;
  const against = search.get('against');
  return {
    preset,
    period: preset ? presetPeriod(preset, session.today, session.view.enterprise?.fiscalYearStartMonth || 1) : given,
    against: against === 'year' || against === 'none' ? against : 'before',
    employeeId: search.get('person') ?? '',
    departmentId: search.get('department') ?? '',
    todaysTree: search.get('tree') === 'today',
  };
}

/** The URL of a scope; what is as usual leaves no trace. */
export function printScope(scope: Scope, search: URLSearchParams): string {
  const next = new URLSearchParams(search);
  const set = (name: string, value: string) => (value ? next.set(name, value) : next.delete(name));
  set('period', scope.preset && scope.preset !== DEFAULT ? scope.preset : '');
  set('from', scope.preset ? '' : scope.period.fromDate);
  set('to', scope.preset ? '' : scope.period.toDate);
  set('against', scope.against === 'before' ? '' : scope.against);
  set('person', scope.employeeId);
  set('department', scope.departmentId);
  set('tree', scope.todaysTree ? 'today' : '');
  const text = next.toString();
  return text ? `?${text}` : '';
}

/** Names of what a scope is in the URL. */
const NAMES = ['period', 'from', 'to', 'against', 'person', 'department', 'tree'];

/** The part of a URL that the scope is: it stays the same while other things in the URL change. */
export function scopeText(search: Iterable<[string, string]>): string {
  return new URLSearchParams([...search].filter(([name]) => NAMES.includes(name))).toString();
}

function comparedWith({ period, against }: Scope): Period | undefined {
  if (against === 'none') return undefined;
  return against === 'year' ? yearBefore(period) : periodBefore(period);
}

/** While a period lasts, as much of the other as has passed of this one: ten days of a month are not less than a month. */
function upToNow(period: Period, compare: Period): Period {
  if (session.today < period.fromDate || session.today >= period.toDate) return compare;
  const toDate = addDays(compare.fromDate, daysBetween(period.fromDate, session.today));
  return { ...compare, toDate: toDate < compare.toDate ? toDate : compare.toDate };
}

/** What a figure of the period is compared with. */
export function fairComparison(scope: Scope): Period | undefined {
  const compare = comparedWith(scope);
  return compare && upToNow(scope.period, compare);
}

/** The part of every question that the scope is; `whole` compares with the whole other period, for a line over time. */
export function questionScope(scope: Scope, whole = false) {
  const { employeeId, departmentId, todaysTree, period } = scope;
  const compare = whole ? comparedWith(scope) : fairComparison(scope);
  return {
    period,
    ...(compare ? { compare } : {}),
    organization: {
      ...(employeeId ? { employeeId } : {}),
      ...(departmentId && !employeeId ? { departmentId } : {}),
      todaysTree,
    },
  };
}
