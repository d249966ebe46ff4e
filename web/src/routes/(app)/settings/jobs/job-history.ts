import type { Job } from '#lib/jobs/jobs.svelte.ts';

/** The jobs of one service as far as they were asked for, newest first. */
export interface Course {
  jobs: Job[];
  /** Empty when all are here. */
  next: string;
}

const began = ({ createTime = '' }: Job): string => createTime;
const oldest = ({ jobs }: Course): string => jobs.at(-1)?.createTime ?? '';

/** The courses that hide what comes next: those that are not at their end and were asked for the least far back. */
export function hindmost(courses: Course[]): Course[] {
  const open = courses.filter(({ next }) => next !== '');
  const since = open.map(oldest).toSorted().at(-1);
  return open.filter((course) => oldest(course) === since);
}

/** All courses as one, newest first, as far back as every one of them is known. */
export function together(courses: Course[]): Job[] {
  const [limit] = hindmost(courses).map(oldest);
  return courses
    .flatMap(({ jobs }) => jobs)
    .filter((job) => limit === undefined || began(job) >= limit)
    .toSorted((a, b) => began(b).localeCompare(began(a)));
}

/** What a first page brings again: changed jobs in place, new ones before them. */
export function renewed({ jobs, next }: Course, first: Course): Course {
  if (jobs.length <= first.jobs.length) return first;
  const fresh = new Set(first.jobs.map(({ id }) => id));
  return { jobs: [...first.jobs, ...jobs.filter(({ id }) => !fresh.has(id))], next };
}
