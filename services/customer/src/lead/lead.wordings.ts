import type { Wording } from '@pelagic/capabilities/export/wording';

export const leadWordings: Wording[] = [
  {
    field: 'state',
    words: {
      LEAD_STATE_NEW: { zh: ['新线索'], en: ['New'] },
      LEAD_STATE_ASSIGNED: { zh: ['已分配'], en: ['Assigned'] },
      LEAD_STATE_CONTACTING: { zh: ['跟进中'], en: ['Contacting'] },
      LEAD_STATE_QUALIFIED: { zh: ['已确认'], en: ['Qualified'] },
      LEAD_STATE_CONVERTED: { zh: ['已转化'], en: ['Converted'] },
      LEAD_STATE_INVALID: { zh: ['无效'], en: ['Invalid'] },
      LEAD_STATE_RECYCLED: { zh: ['已回收'], en: ['Recycled'] },
    },
  },
];
