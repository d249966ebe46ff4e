import type { Wording } from '@pelagic/capabilities/export/wording';

export const opportunityWordings: Wording[] = [
  { field: 'pipelineRevision', labels: { zh: ['流程版本'], en: ['Pipeline revision'] } },
  { field: 'stageTime', labels: { zh: ['进入阶段时间'], en: ['In stage since'] } },
  { field: 'lastStageId', labels: { zh: ['关闭前阶段'], en: ['Stage before closing'] }, refersTo: 'stage' },
];
