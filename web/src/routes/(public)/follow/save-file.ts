import { api, type Schemas } from '#lib/api/client.ts';

/** Saves a file of an answer. The token goes in the body, so a link cannot do it: addresses are written into logs. */
export async function saveFile(token: string, { id, name }: Schemas['FollowedFile']): Promise<void> {
  const { data } = await api.POST('/v1/followed-tickets:download', { body: { token, fileId: id }, parseAs: 'blob' });
  const url = URL.createObjectURL(data as unknown as Blob);
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
