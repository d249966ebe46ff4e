import { api, body, type Service } from '#lib/api/client.ts';
import { RECORD_SERVICES } from '#lib/nouns.ts';
import { session } from '#lib/session.svelte.ts';

/** What a person owns, of one noun. */
export interface Owned {
  service: Service;
  noun: string;
  count: number;
}

export async function ownedBy(employeeId: string): Promise<Owned[]> {
  const answers = await Promise.all(
    RECORD_SERVICES.map(async (service) => {
      const params = { path: { service, employeeId } };
      const { owned } = await body(api.GET('/v1/{service}/owned/{employeeId}', { params }));
      return owned.map(({ noun, count }) => ({ service, noun, count }));
    }),
  );
  return answers.flat();
}

export const mayTransfer = ({ noun }: Owned): boolean => session.can(`${noun}.assign`);
