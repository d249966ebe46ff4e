import { SvelteSet } from 'svelte/reactivity';
import { api, body, type Schemas, type Service } from '#lib/api/client.ts';

export type Job = Schemas['Job'];

const serviceOf = ({ service }: Job): Service => service as Service;

const POLL_MS = 500;
const POLL_MS_MAX = 5_000;

/** The jobs that this person started and watches; they go on when nobody looks, and the jobs page has them all. */
let watched = $state.raw<Job[]>([]);

/** Jobs that a page shows itself, so that they need no second place. */
const elsewhere = new SvelteSet<string>();

/** Those without a place of their own on the page. */
export function strayJobs(): Job[] {
  return watched.filter(({ id }) => !elsewhere.has(id));
}

/** The page shows the job itself, until it calls what this returns. */
export function showHere(id: string): () => void {
  elsewhere.add(id);
  return () => elsewhere.delete(id);
}

/** The job as it was last heard of. */
export function jobAsWatched(job: Job): Job {
  return watched.find(({ id }) => id === job.id) ?? job;
}

export function isOver(job: Job): boolean {
  return job.state === 'JOB_STATE_DONE' || job.state === 'JOB_STATE_CANCELLED' || job.state === 'JOB_STATE_FAILED';
}

/** Shows the job's progress until it is over; answers how it ended. */
export async function watchJob(job: Job): Promise<Job> {
  put(job);
  let current = job;
  for (let wait = POLL_MS; !isOver(current); wait = Math.min(wait * 1.2, POLL_MS_MAX)) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (!watched.some(({ id }) => id === job.id)) return current;
    // An answer that does not come is no reason to stop watching.
    current = await getJob(job).catch(() => current);
    put(current);
  }
  return current;
}

function getJob(job: Job): Promise<Job> {
  return body(api.GET('/v1/{service}/jobs/{id}', { params: { path: { service: serviceOf(job), id: job.id } } }));
}

export async function cancelJob(job: Job): Promise<void> {
  const path = { service: serviceOf(job), id: job.id };
  put(await body(api.POST('/v1/{service}/jobs/{id}:cancel', { params: { path }, body: {} })));
}

/** Out of sight; the job goes on. */
export function dismissJob(id: string): void {
  watched = watched.filter((job) => job.id !== id);
}

function put(job: Job): void {
  const at = watched.findIndex(({ id }) => id === job.id);
  watched = at < 0 ? [...watched, job] : watched.with(at, job);
}
