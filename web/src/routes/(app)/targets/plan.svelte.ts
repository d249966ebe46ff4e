import { names } from '#lib/names.svelte.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import { Loaded } from '#lib/api/loaded.svelte.ts';
import { organisation } from '../people/organisation.svelte.ts';
import { peopleOf } from '../people/person.ts';
import { inScope } from './reach.ts';
import { subjectId, targetsOf, type Measure, type Subject, type TargetRecord } from './target.ts';

/** What the page is about, as its URL says it. */
export interface Asked {
  /** Of one person, alone; or of a department. */
  employeeId?: string;
  departmentId: string;
  /** Without those below it. */
  alone?: boolean;
  measure: Measure;
  months: string[];
}

/** A department with those directly below it and its people, or a person alone, and the targets of all of them. */
export interface Plan {
  asked: Asked;
  subject: Subject;
  below: Subject[];
  people: Subject[];
  /** By subject and month. */
  targets: Map<string, TargetRecord>;
}

export const cellKey = (subject: string, month: string): string => `${subject}/${month}`;

/** People of one department are few; of those below it only so many are looked through. */
const PAGES_MAX = 10;

async function peopleIn(departmentId: string): Promise<Subject[]> {
  const resource = peopleOf(departmentId);
  const found: Subject[] = [];
  let token = '';
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { rows, next } = await resource.list({ filter: 'state != LEFT', size: 200, ...(token ? { token } : {}) });
    for (const { id, departmentId: at, managerId = '' } of rows)
      if (at === departmentId) found.push({ kind: 'person', id, departmentId: at, managerId });
    token = next;
    if (!token) break;
  }
  return found;
}

const departmentSubject = (id: string): Subject => ({ kind: 'department', id, departmentId: id, managerId: '' });

export const nameOf = ({ kind, id }: Subject): string =>
  names.of(kind === 'person' ? 'employee' : 'department', id) ?? '';

/** Who left since still has what was theirs. */
function withThoseWhoLeft(people: Subject[], targets: TargetRecord[]): Subject[] {
  const known = new Set(people.map(({ id }) => id));
  const gone = targets.flatMap(({ ownerId = '', departmentId }) =>
    ownerId && !known.has(ownerId) ? [[ownerId, departmentId] as const] : [],
  );
  return [
    ...people,
    ...[...new Map(gone)].map(([id, departmentId]): Subject => ({ kind: 'person', id, departmentId, managerId: '' })),
  ];
}

/** Of a person, or of a department as a whole. */
async function loadAlone({ employeeId, ...asked }: Asked): Promise<Plan> {
  const { departmentId, measure, months } = asked;
  const targets = await targetsOf(
    measure,
    months,
    employeeId
      ? { departmentIds: [], people: `owner_id = "${employeeId}"` }
      : { departmentIds: [departmentId], people: '' },
  );
  const subject: Subject = employeeId
    ? { kind: 'person', id: employeeId, departmentId, managerId: '' }
    : departmentSubject(departmentId);
  return { asked, subject, below: [], people: [], targets: byCell(targets) };
}

const byCell = (targets: TargetRecord[]) =>
  new Map(targets.map((target) => [cellKey(subjectId(target), target.month), target]));

export async function loadPlan(asked: Asked): Promise<Plan> {
  const { employeeId, departmentId, alone, measure, months } = asked;
  if (employeeId || alone) return loadAlone(asked);
  if (organisation.departments.length === 0) await organisation.load();
  const children = organisation.departments.filter(({ parentId }) => parentId === departmentId);
  const departmentIds = [departmentId, ...children.map(({ id }) => id)];
  const [people, targets] = await Promise.all([
    peopleIn(departmentId),
    targetsOf(measure, months, { departmentIds, people: `department_id = "${departmentId}"` }),
  ]);
  const byName = new Intl.Collator(getLocale());
  const below = children.toSorted((a, b) => byName.compare(a.name, b.name)).map(({ id }) => departmentSubject(id));
  const seen = (subject: Subject) =>
    inScope('target.read', subject) || targets.some((target) => subjectId(target) === subject.id);
  return {
    asked,
    subject: departmentSubject(departmentId),
    below: below.filter(seen),
    people: withThoseWhoLeft(people, targets).filter(seen),
    targets: byCell(targets),
  };
}

/** What was set, in place of what stood there. */
export function take(plan: Loaded<Plan>, measure: Measure, written: TargetRecord[]): void {
  if (plan.value?.asked.measure !== measure) return;
  const targets = new Map(plan.value.targets);
  for (const target of written) {
    const key = cellKey(subjectId(target), target.month);
    if (target.deleteTime) targets.delete(key);
    else targets.set(key, target);
  }
  plan.value = { ...plan.value, targets };
}

export const targetPlan = (asked: () => Asked): Loaded<Plan> => new Loaded(() => loadPlan(asked()));
