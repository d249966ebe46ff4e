import type { AuditTrail } from '@pelagic/capabilities/audit/audit';
import type { Database } from '@pelagic/chassis/database';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { AnalyticsServiceService } from '@pelagic/proto/crm/analytics/v1/analytics';
import { dictionary } from './dictionary.ts';
import type { LiveDirectory } from './directory/directory.ts';
import type { Engine } from './engine/engine.ts';
import { exportRows } from './export/export-rows.ts';
import { funnel, funnelRows } from './funnel/funnel.ts';
import type { FreshnessKeeper } from './ingest/freshness.ts';
import { answer } from './question/answer.ts';
import { listRows } from './question/rows.ts';

type Options = {
  engine: Engine;
  directory: LiveDirectory;
  freshness: FreshnessKeeper;
  database: Database;
  audit: Pick<AuditTrail, 'note'>;
};

export const analyticsHandlers = ({
  engine,
  directory,
  freshness,
  database,
  audit,
}: Options): Handlers<typeof AnalyticsServiceService> => ({
  listCubes: async (_, caller) => ({ cubes: dictionary(directory.now(), caller) }),
  askQuestion: async ({ question }, caller) => ({
    ...(await answer(engine, directory.now(), caller, question!)),
    freshness: freshness.now(),
  }),
  batchAskQuestions: async ({ questions }, caller) => ({
    answers: await Promise.all(
      questions.map(async (question) => ({
        ...(await answer(engine, directory.now(), caller, question)),
        freshness: undefined,
      })),
    ),
    freshness: freshness.now(),
  }),
  listRows: (request, caller) => listRows(engine, directory.now(), caller, request),
  getFunnel: async (request, caller) => ({
    steps: await funnel(engine, directory.now(), caller, request),
    freshness: freshness.now(),
  }),
  listFunnelRows: (request, caller) => funnelRows(engine, directory.now(), caller, request),
  exportRows: (request, caller) => exportRows({ engine, directory: directory.now(), database, audit }, caller, request),
  getFreshness: async () => ({ freshness: freshness.now() }),
});
