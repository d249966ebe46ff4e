import Target from '@lucide/svelte/icons/target';
import { api, body, type Schemas } from '#lib/api/client.ts';
import { resource } from '#lib/api/resource.ts';
import type { Field } from '#lib/noun/field.ts';
import type { Noun } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';

export type TargetRecord = Schemas['Target'];
type Known<T extends string> = Exclude<T, `${string}_UNSPECIFIED`>;
export type Measure = Known<TargetRecord['measure']>;

export const MEASURES: Record<Measure, () => string> = {
  TARGET_MEASURE_CONTRACT_AMOUNT: m.target_contract_amount,
  TARGET_MEASURE_RECEIPTS: m.target_receipts,
};

const SUBJECTS: Record<Known<TargetRecord['subject']>, () => string> = {
  TARGET_SUBJECT_PERSON: m.person,
  TARGET_SUBJECT_DEPARTMENT: m.department,
};

/** Whose targets stand in a row. */
export interface Subject {
  kind: 'person' | 'department';
  id: string;
  /** Of a person, where they are. */
  departmentId: string;
  managerId: string;
}

export const targets = resource<TargetRecord>('sales', 'target', '/v1/targets', 'targets');

const choices = (options: Record<string, () => string>) => () =>
  Object.entries(options).map(([value, label]) => ({ value, label: label() }));

const FIELDS: Field[] = [
  {
    key: 'measure',
    kind: 'choice',
    label: m.target_measure,
    prefix: 'TARGET_MEASURE_',
    required: true,
    options: choices(MEASURES),
  },
  { key: 'month', kind: 'date', label: m.target_month, required: true },
  { key: 'subject', kind: 'choice', label: m.target_subject, readOnly: true, options: choices(SUBJECTS) },
  { key: 'ownerId', kind: 'record', noun: 'employee', label: m.person },
  { key: 'departmentId', kind: 'record', noun: 'department', label: m.department },
  { key: 'amount', kind: 'money', label: m.target, required: true },
];

/** For files; on the screen targets stand in a matrix. */
export const target: Noun<TargetRecord> = {
  resource: targets,
  path: '/targets',
  icon: Target,
  plural: m.targets,
  createLabel: m.target_set,
  purpose: m.target_purpose,
  title: ({ month }) => month,
  fields: FIELDS,
  columns: FIELDS.map(({ key }) => key),
  form: FIELDS.filter(({ readOnly }) => !readOnly).map(({ key }) => key),
  groups: [],
  actions: () => [],
};

/** A month of a subject as somebody wrote it; no amount clears it. */
export interface Written {
  subject: Subject;
  month: string;
  amount: string | undefined;
  /** Of the target that was seen there, 0 for none. */
  version: number;
}

const named = ({ kind, id }: Subject) => (kind === 'person' ? { employeeId: id } : { departmentId: id });

export async function setTargets(measure: Measure, written: Written[]): Promise<TargetRecord[]> {
  const months = written.map(({ subject, month, amount, version }) => ({
    ...named(subject),
    ...{ month, version },
    ...(amount === undefined ? {} : { amount }),
  }));
  return (await body(api.POST('/v1/targets:set', { body: { measure, months } }))).targets;
}

export async function splitTarget(
  measure: Measure,
  subject: Subject,
  firstMonth: string,
  total: string,
  even: boolean,
): Promise<TargetRecord[]> {
  const split = even ? ('TARGET_SPLIT_EVEN' as const) : ('TARGET_SPLIT_AS_SET' as const);
  const request = { measure, firstMonth, total, split, ...named(subject) };
  return (await body(api.POST('/v1/targets:split', { body: request }))).targets;
}

/** Whose is a target? */
export const subjectId = ({ subject, ownerId, departmentId }: TargetRecord): string =>
  subject === 'TARGET_SUBJECT_PERSON' ? (ownerId ?? '') : departmentId;

const PAGE = 200;
/** Departments in one filter, which has room for so many ids. */
const AT_ONCE = 40;

async function every(filter: string): Promise<TargetRecord[]> {
  const rows: TargetRecord[] = [];
  for (let token: string | undefined = ''; token !== undefined;) {
    const page = await targets.list({ filter, size: PAGE, ...(token ? { token } : {}) });
    rows.push(...page.rows);
    token = page.next || undefined;
  }
  return rows;
}

/** Targets of a measure from one month to another: of the departments given by id, and of the people that `people` finds. */
export async function targetsOf(
  measure: Measure,
  months: readonly string[],
  { departmentIds, people }: { departmentIds: string[]; people: string },
): Promise<TargetRecord[]> {
  const kind = measure.replace('TARGET_MEASURE_', '');
  const when = `measure = ${kind} AND month >= "${months[0] ?? ''}" AND month <= "${months.at(-1) ?? ''}"`;
  const filters = people ? [`${when} AND subject = PERSON AND ${people}`] : [];
  for (let at = 0; at < departmentIds.length; at += AT_ONCE) {
    const any = departmentIds.slice(at, at + AT_ONCE).map((id) => `department_id = "${id}"`);
    filters.push(`${when} AND subject = DEPARTMENT AND (${any.join(' OR ')})`);
  }
  return (await Promise.all(filters.map(every))).flat();
}
