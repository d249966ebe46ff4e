import type { Wording } from '@pelagic/capabilities/export/wording';

type Words = NonNullable<Wording['words']>;

export const TYPES: Words = {
  TICKET_TYPE_REQUEST: { zh: ['服务请求', '请求', '咨询'], en: ['Request'] },
  TICKET_TYPE_INCIDENT: { zh: ['故障', '报修'], en: ['Incident'] },
  TICKET_TYPE_COMPLAINT: { zh: ['投诉'], en: ['Complaint'] },
  TICKET_TYPE_SUGGESTION: { zh: ['建议'], en: ['Suggestion'] },
  TICKET_TYPE_RETURN: { zh: ['退换货', '退货'], en: ['Return'] },
};

export const PRIORITIES: Words = {
  TICKET_PRIORITY_LOW: { zh: ['低'], en: ['Low'] },
  TICKET_PRIORITY_NORMAL: { zh: ['普通', '中'], en: ['Normal', 'Medium'] },
  TICKET_PRIORITY_HIGH: { zh: ['高'], en: ['High'] },
  TICKET_PRIORITY_URGENT: { zh: ['紧急'], en: ['Urgent'] },
};

export const CHANNELS: Words = {
  TICKET_CHANNEL_PHONE: { zh: ['电话'], en: ['Phone'] },
  TICKET_CHANNEL_MAIL: { zh: ['邮件'], en: ['Mail', 'Email'] },
  TICKET_CHANNEL_FORM: { zh: ['表单'], en: ['Form'] },
  TICKET_CHANNEL_CHAT: { zh: ['在线聊天', '聊天'], en: ['Chat'] },
  TICKET_CHANNEL_VISIT: { zh: ['上门'], en: ['Visit'] },
  TICKET_CHANNEL_OTHER: { zh: ['其他'], en: ['Other'] },
};

export const STATES: Words = {
  TICKET_STATE_NEW: { zh: ['新建'], en: ['New'] },
  TICKET_STATE_OPEN: { zh: ['处理中'], en: ['Open'] },
  TICKET_STATE_PENDING_CUSTOMER: { zh: ['等待客户'], en: ['Pending customer'] },
  TICKET_STATE_PENDING_THIRD_PARTY: { zh: ['等待第三方'], en: ['Pending third party'] },
  TICKET_STATE_ON_HOLD: { zh: ['搁置'], en: ['On hold'] },
  TICKET_STATE_SOLVED: { zh: ['已解决'], en: ['Solved'] },
  TICKET_STATE_CLOSED: { zh: ['已关闭'], en: ['Closed'] },
  TICKET_STATE_CANCELLED: { zh: ['已取消'], en: ['Cancelled'] },
};

export const ticketWordings: Wording[] = [
  { field: 'targetMinutes', labels: { zh: ['时限（工作分钟）'], en: ['Target (working minutes)'] } },
  { field: 'dueTime', labels: { zh: ['到期时间'], en: ['Due'] } },
  { field: 'remainingMinutes', labels: { zh: ['剩余工作分钟'], en: ['Working minutes left'] } },
  { field: 'late', labels: { zh: ['逾期'], en: ['Late'] } },
  { field: 'firstAnswerTime', labels: { zh: ['首次答复时间'], en: ['First answer'] } },
  { field: 'firstAnswerMinutes', labels: { zh: ['首次答复（工作分钟）'], en: ['First answer (working minutes)'] } },
  { field: 'solveMinutes', labels: { zh: ['解决用时（工作分钟）'], en: ['Solved in (working minutes)'] } },
  { field: 'reopenCount', labels: { zh: ['重新打开次数'], en: ['Reopened'] } },
];
