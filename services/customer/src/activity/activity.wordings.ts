import type { Wording } from '@pelagic/capabilities/export/wording';

export const activityWordings: Wording[] = [
  {
    field: 'kind',
    labels: { zh: ['跟进方式'], en: ['Kind'] },
    words: {
      ACTIVITY_KIND_CALL: { zh: ['电话'], en: ['Call'] },
      ACTIVITY_KIND_VISIT: { zh: ['拜访'], en: ['Visit'] },
      ACTIVITY_KIND_MAIL: { zh: ['邮件'], en: ['Mail'] },
      ACTIVITY_KIND_NOTE: { zh: ['备注'], en: ['Note'] },
    },
  },
  {
    field: 'subjectNoun',
    labels: { zh: ['对象类型'], en: ['Record type'] },
    words: {
      lead: { zh: ['线索'], en: ['Lead'] },
      customer: { zh: ['客户'], en: ['Customer'] },
      opportunity: { zh: ['商机'], en: ['Opportunity'] },
    },
  },
  { field: 'subjectId', labels: { zh: ['对象'], en: ['Record'] } },
  { field: 'content', labels: { zh: ['内容'], en: ['Content'] } },
  { field: 'happenTime', labels: { zh: ['发生时间'], en: ['Happened'] } },
];
