// What the gateway says of problems: their titles, and English of its own where a connection that broke may have spoken.
import type { Code } from '@pelagic/chassis/problem';
import type { Reason } from '@pelagic/proto/reason';

export const TITLES: Record<Code, { zh: string; en: string }> = {
  CANCELLED: { zh: '请求已取消', en: 'Cancelled' },
  INVALID_ARGUMENT: { zh: '请求有误', en: 'Invalid request' },
  DEADLINE_EXCEEDED: { zh: '处理超时', en: 'Too slow' },
  NOT_FOUND: { zh: '未找到', en: 'Not found' },
  ALREADY_EXISTS: { zh: '已存在', en: 'Already exists' },
  PERMISSION_DENIED: { zh: '没有权限', en: 'Not allowed' },
  RESOURCE_EXHAUSTED: { zh: '请求过多', en: 'Too much' },
  FAILED_PRECONDITION: { zh: '当前不能这样做', en: 'Not possible now' },
  ABORTED: { zh: '数据已被他人修改', en: 'Somebody was faster' },
  UNIMPLEMENTED: { zh: '尚不支持', en: 'Not supported' },
  INTERNAL: { zh: '系统出错', en: 'Something went wrong' },
  UNAVAILABLE: { zh: '服务暂不可用', en: 'Not available' },
  UNAUTHENTICATED: { zh: '未登录', en: 'Not signed in' },
};

/** Said in place of the message: what gRPC itself may have written tells of addresses and stays inside. */
export const ENGLISH: Partial<Record<Reason, string>> = {
  CANCELLED: 'The request was cancelled.',
  DEADLINE_EXCEEDED: 'This took too long. Try again in a moment.',
  UNAVAILABLE: 'The service cannot be reached right now. Try again in a moment.',
  UNIMPLEMENTED: 'The service does not support this.',
  RESOURCE_EXHAUSTED: 'This was too much at once.',
  INTERNAL: 'Something went wrong on our side.',
};
