import type { Mesh } from './mesh.ts';

/** The one-time link that makes the first administrator; undefined when there is an administrator already. */
export async function firstLink(mesh: Mesh): Promise<string | undefined> {
  const response = await fetch(`${mesh.adminUrl('identity')}/bootstrap-link`, {
    method: 'POST',
    headers: { 'x-service-secret': mesh.environment('identity')['SERVICE_SECRET'] ?? '' },
  });
  if (response.status === 409) return undefined;
  if (!response.ok) throw new Error(`identity answers ${response.status} to the request for the first link`);
  return ((await response.json()) as { url: string }).url;
}
