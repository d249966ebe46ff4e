import type { Handlers } from '@pelagic/chassis/rpc';
import type { AnalyticsServiceService } from '@pelagic/proto/crm/analytics/v1/analytics';
import { dictionary } from './dictionary.ts';
import type { LiveDirectory } from './directory/directory.ts';
import type { Engine } from './engine/engine.ts';
import { funnel } from './funnel/funnel.ts';
import type { FreshnessKeeper } from './ingest/freshness.ts';
import { answer } from './question/answer.ts';
import { listRows } from './question/rows.ts';

type Options = { engine: Engine; directory: LiveDirectory; freshness: FreshnessKeeper };

export const analyticsHandlers = ({
  engine,
  directory,
  freshness,
}: Options): Handlers<typeof AnalyticsServiceService> => ({
  listCubes: async (_, caller) => ({ cubes: dictionary(directory.now(), caller) }),
  askQuestion: async ({ question }, caller) => ({
    ...(await answer(engine, directory.now(), caller, question!)),
    freshness: freshness.now(),
  }),
  listRows: (request, caller) => listRows(engine, directory.now(), caller, request),
  getFunnel: async (request, caller) => ({
    steps: await funnel(engine, directory.now(), caller, request),
    freshness: freshness.now(),
  }),
  getFreshness: async () => ({ freshness: freshness.now() }),
});
