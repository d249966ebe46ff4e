import { api, body, type Schemas } from '#lib/api/client.ts';
import type { Resource, Stored } from '#lib/api/resource.ts';
import { showRelative } from '#lib/format/display.ts';
import { names } from '#lib/names.svelte.ts';
import { m } from '#lib/paraglide/messages.js';
import { sayProblem, sayRefused } from '#lib/ui/toast.svelte.ts';

type HistoryEntry = Schemas['HistoryEntry'];

/** Changes looked at for the one that came first; more than these in the time of one edit would be a machine's. */
const LOOKED_AT = 20;

/** What was saved on top of the version that somebody saw, newest first. Empty when it cannot be told. */
export async function savedSince<T extends Stored>(
  { service, noun }: Resource<T>,
  { id, version }: Stored,
): Promise<HistoryEntry[]> {
  const query = { noun, recordId: id, pageSize: LOOKED_AT };
  try {
    const answer = await body(api.GET('/v1/{service}/history', { params: { path: { service }, query } }));
    return answer.entries.filter((entry) => entry.version > version);
  } catch {
    // Who it was is a comfort; that somebody was first is known anyway.
    return [];
  }
}

/** Says who was first when an action was refused because the record had changed; `problem` is said when nobody can tell. */
export async function sayOvertaken<T extends Stored>(
  resource: Resource<T>,
  seen: Stored,
  problem: unknown,
): Promise<void> {
  const [last] = await savedSince(resource, seen);
  const who = last?.actorId && (await names.find('employee', last.actorId));
  if (!who || !last.time) return sayProblem(problem);
  sayRefused(m.changed_first({ who, when: showRelative(last.time, new Date()) }));
}
