import { api, body } from '#lib/api/client.ts';
import { opportunities } from '../opportunity.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ params, depends }) => {
  depends(`record:${params.id}`);
  const opportunity = await opportunities.get(params.id);
  // A deal keeps the stages of the revision that it began under.
  const query = { revision: opportunity.pipelineRevision };
  const [pipeline, stays] = await Promise.all([
    body(api.GET('/v1/pipelines/{id}', { params: { path: { id: opportunity.pipelineId }, query } })),
    body(api.GET('/v1/opportunities/{id}/stages', { params: { path: { id: params.id } } })),
  ]);
  return { opportunity, pipeline, stays: stays.stays };
};
