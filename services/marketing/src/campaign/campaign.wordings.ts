import type { Wording } from '@pelagic/capabilities/export/wording';

export const KINDS: NonNullable<Wording['words']> = {
  CAMPAIGN_KIND_EMAIL: { zh: ['邮件', '邮件营销'], en: ['Mail', 'Email'] },
  CAMPAIGN_KIND_SMS: { zh: ['短信'], en: ['Text message', 'SMS'] },
  CAMPAIGN_KIND_SOCIAL: { zh: ['社交媒体'], en: ['Social media'] },
  CAMPAIGN_KIND_CONTENT: { zh: ['内容营销'], en: ['Content'] },
  CAMPAIGN_KIND_EVENT: { zh: ['会议活动', '展会'], en: ['Event'] },
  CAMPAIGN_KIND_ADVERTISING: { zh: ['广告投放', '广告'], en: ['Advertising'] },
  CAMPAIGN_KIND_PHONE: { zh: ['电话营销'], en: ['Phone'] },
  CAMPAIGN_KIND_OTHER: { zh: ['其他'], en: ['Other'] },
};

export const campaignWordings: Wording[] = [
  {
    field: 'state',
    words: {
      CAMPAIGN_STATE_PLANNED: { zh: ['计划中'], en: ['Planned'] },
      CAMPAIGN_STATE_RUNNING: { zh: ['进行中'], en: ['Running'] },
      CAMPAIGN_STATE_PAUSED: { zh: ['已暂停'], en: ['Paused'] },
      CAMPAIGN_STATE_DONE: { zh: ['已结束'], en: ['Done'] },
      CAMPAIGN_STATE_ARCHIVED: { zh: ['已归档'], en: ['Archived'] },
    },
  },
];
