import { api, body, type Schemas } from '#lib/api/client.ts';

export type WorkLog = Schemas['WorkLog'];
export type Words = Pick<WorkLog, 'done' | 'plan' | 'help'>;

export const isSubmitted = ({ state }: WorkLog): boolean => state === 'WORK_LOG_STATE_SUBMITTED';

export const ownLog = (date: string): Promise<WorkLog> =>
  body(api.GET('/v1/work-logs:own', { params: { query: { date } } }));

export const saveLog = ({ date, version }: WorkLog, words: Words, submit: boolean): Promise<WorkLog> =>
  body(api.POST('/v1/work-logs:save', { body: { date, version, submit, ...words } }));

export const getLog = (id: string): Promise<WorkLog> =>
  body(api.GET('/v1/work-logs/{id}', { params: { path: { id } } }));

export const commentOn = ({ id }: WorkLog, text: string): Promise<WorkLog> =>
  body(api.POST('/v1/work-logs/{id}:comment', { params: { path: { id } }, body: { text } }));

/** What the team submitted, the latest day first. */
export async function listLogs(person: string, date: string, token: string) {
  const parts = [
    'state = SUBMITTED',
    ...(person ? [`owner_id = "${person}"`] : []),
    ...(date ? [`date = "${date}"`] : []),
  ];
  const query = { pageSize: 20, filter: parts.join(' AND '), ...(token ? { pageToken: token } : {}) };
  const { workLogs, nextPageToken } = await body(api.GET('/v1/work-logs', { params: { query } }));
  return { rows: workLogs, next: nextPageToken };
}

export const missingLogs = (date: string, departmentId: string) =>
  body(api.GET('/v1/missing-work-logs', { params: { query: { date, ...(departmentId ? { departmentId } : {}) } } }));
