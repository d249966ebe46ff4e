import { api, body, type Service } from '#lib/api/client.ts';
import type { Job } from '#lib/jobs/jobs.svelte.ts';
import { session } from '#lib/session.svelte.ts';

/** What a person owns, of one noun. */
export interface Owned {
  service: Service;
  noun: string;
  count: number;
}

/** The services whose records have owners. */
const SERVICES: Service[] = ['customer', 'sales'];

export async function ownedBy(employeeId: string): Promise<Owned[]> {
  const answers = await Promise.all(
    SERVICES.map(async (service) => {
      const params = { path: { service, employeeId } };
      const { owned } = await body(api.GET('/v1/{service}/owned/{employeeId}', { params }));
      return owned.map(({ noun, count }) => ({ service, noun, count }));
    }),
  );
  return answers.flat();
}

export const mayTransfer = ({ noun }: Owned): boolean => session.can(`${noun}.assign`);

export function startTransfer(
  { service, noun }: Owned,
  fromEmployeeId: string,
  toEmployeeId: string,
  reason: string,
): Promise<Job> {
  const request = { noun, fromEmployeeId, toEmployeeId, reason, requestId: crypto.randomUUID() };
  return body(api.POST('/v1/{service}/transfers', { params: { path: { service } }, body: request }));
}
