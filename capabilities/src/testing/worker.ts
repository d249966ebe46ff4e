import { fileClient } from './files.ts';
import { startHost } from './host.ts';

/**
 * A service in a process of its own, for tests that kill it. With JOB_ID it runs that job by hand, on behalf of the
 * person of PERSON (JSON), and dies at the step of PELAGIC_CRASH_AT; without it, it imports FILE and lets its queue work. With
 * CLEAN it deletes the files that have expired.
 */
const { DATABASE_URL = '', FILES_DIR = '', JOB_ID = '', PERSON = '{}', FILE = '', CLEAN = '' } = process.env;
const host = await startHost({ url: DATABASE_URL, dir: FILES_DIR, works: !JOB_ID });
if (JOB_ID) {
  const { id, ...rights } = JSON.parse(PERSON) as { id: string; permissions: Record<string, 'ALL'> };
  host.people.set(id, rights);
  await host.runJob(JOB_ID);
  process.exit(0);
}
if (CLEAN) {
  await host.files.clean();
  process.exit(0);
}
const person = await host.person();
const { id: fileId } = await fileClient(host.address(), person.token).upload('a.csv', Buffer.from(FILE));
const { mapping } = await person.jobs.inspectImport({ noun: 'lead', fileId });
await person.jobs.startImport({ noun: 'lead', settings: { fileId, mapping } });
