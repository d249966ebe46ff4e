// What problems say to people, by reason. English is here only where the gateway itself is the one who speaks, or where
// the words of a broken connection must not reach anybody.
import type { Code } from '@pelagic/chassis/problem';

type Sentence = { zh: string; en?: string };

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

export const PROBLEM_SENTENCES: Record<string, Sentence> = {
  // A code alone. English stands where gRPC itself may have spoken: its words tell of addresses and stay inside.
  CANCELLED: { zh: '请求已取消。', en: 'The request was cancelled.' },
  DEADLINE_EXCEEDED: { zh: '处理时间过长，请稍后重试。', en: 'This took too long. Try again in a moment.' },
  UNAVAILABLE: {
    zh: '服务暂时无法访问，请稍后重试。',
    en: 'The service cannot be reached right now. Try again in a moment.',
  },
  UNIMPLEMENTED: { zh: '该服务不支持此操作。', en: 'The service does not support this.' },
  RESOURCE_EXHAUSTED: { zh: '请求过多或过大。', en: 'This was too much at once.' },
  INTERNAL: { zh: '系统内部出错，我们已记录。', en: 'Something went wrong on our side.' },
  INVALID_ARGUMENT: { zh: '请求有误。' },
  PERMISSION_DENIED: { zh: '您没有执行此操作的权限（{permission}）。' },
  UNAUTHENTICATED: { zh: '请先登录。' },
  FAILED_PRECONDITION: { zh: '当前状态不允许此操作。' },
  NOT_FOUND: { zh: '没有这条记录，或您无权查看。' },
  ALREADY_EXISTS: { zh: '该记录已存在。' },
  ABORTED: { zh: '数据已被他人修改，请刷新后重试。' },

  // The gateway's own.
  NO_SUCH_PATH: { zh: '没有这个接口地址。', en: 'There is nothing at this address.' },
  METHOD_NOT_ALLOWED: {
    zh: '此地址不支持 {method} 方法，只支持 {allowed}。',
    en: 'This address does not take {method}, only {allowed}.',
  },
  NO_SUCH_SERVICE: {
    zh: '没有名为“{service}”的服务，或它没有此功能。',
    en: 'There is no service {service} with this.',
  },
  SERVICE_ABSENT: {
    zh: '服务“{service}”未在此系统中运行。',
    en: 'The service {service} is not part of this installation.',
  },
  BODY_MALFORMED: { zh: '请求正文不是有效的 JSON。', en: 'The body is not valid JSON.' },
  BODY_NOT_EXPECTED: { zh: '此请求不能带正文。', en: 'This request takes no body.' },
  BODY_TOO_LARGE: { zh: '请求正文过大，上限为 {max} 字节。', en: 'The body is too large; {max} bytes are the limit.' },
  MEDIA_TYPE_UNSUPPORTED: {
    zh: '不支持的内容类型，请使用 {supported}。',
    en: 'This media type is not taken here; use {supported}.',
  },
  ADDRESS_MALFORMED: { zh: '请求地址有误。', en: 'The address is malformed.' },
  REQUEST_MALFORMED: { zh: '请求有误，无法解析。', en: 'The request cannot be read.' },
  REQUEST_TIMEOUT: { zh: '接收请求超时。', en: 'The request took too long to arrive.' },
  HEADERS_TOO_LARGE: { zh: '请求头过大。', en: 'The headers are too large.' },
  TIMEOUT_MALFORMED: {
    zh: 'x-timeout-ms 必须是 1 到 {max} 之间的整数毫秒。',
    en: 'x-timeout-ms must be whole milliseconds from 1 to {max}.',
  },
  CROSS_SITE: { zh: '已拒绝来自其他网站的请求。', en: 'A request from another site is refused.' },
  TOO_MANY_REQUESTS: {
    zh: '请求过于频繁，请在 {retryAfterSeconds} 秒后重试。',
    en: 'Too many requests. Try again in {retryAfterSeconds} seconds.',
  },
  TOO_MANY_STREAMS: {
    zh: '打开的实时连接过多，请关闭一些页面。',
    en: 'Too many live connections are open. Close some pages.',
  },
  OVERLOADED: { zh: '系统繁忙，请稍后重试。', en: 'The system is busy. Try again in a moment.' },
  PAGES_UNAVAILABLE: {
    zh: '页面服务正在启动或暂时无法访问，请稍后重试。',
    en: 'The pages are starting or cannot be reached right now. Try again in a moment.',
  },
  CREDENTIAL_MALFORMED: {
    zh: 'Authorization 头的格式不正确，应为 Bearer 加 API 密钥。',
    en: 'The Authorization header must be Bearer and an API key.',
  },
  FILE_MISSING: { zh: '请求中没有文件。', en: 'There is no file in the request.' },
  FILE_NAME_MISSING: {
    zh: '请用 x-file-name 头给出文件名（百分号编码）。',
    en: 'Give the name of the file, percent-encoded, in the header x-file-name.',
  },
  IDEMPOTENCY_KEY_TWICE: {
    zh: 'Idempotency-Key 头与 requestId 参数不一致。',
    en: 'The header Idempotency-Key and the parameter requestId differ.',
  },

  // Of the chassis.
  INVALID_FIELDS: { zh: '有字段填写有误。' },
  SIGN_IN_REQUIRED: { zh: '请先登录。', en: 'Sign in first.' },
  VERSION_STALE: { zh: '此记录已被他人修改，当前为第 {version} 版，请刷新后重试。' },
  IDEMPOTENCY_KEY_REUSED: { zh: '该幂等键已用于另一个不同的请求。' },
};

/** Chinese of what the validator and the services find wrong with a field. */
export const FIELD_SENTENCES: Record<string, string> = {
  REQUIRED: '{field} 必填。',
  WRONG_TYPE: '{field} 应为{expected}。',
  UNKNOWN_FIELD: '没有字段 {field}。',
  UNKNOWN_VALUE: '{field} 只能是以下之一：{values}。',
  OUTPUT_ONLY: '{field} 由系统设置，不能填写。',
  ONE_OF: '{field} 只能填写 {fields} 中的一项。',
  BAD_FORMAT: '{field} 应为{format}。',
  BAD_TEXT: '{field} 含有无法保存的字符。',
  TOO_LONG: '{field} 最多 {max} 个字符。',
  TOO_SHORT: '{field} 至少 {min} 个字符。',
  TOO_MANY: '{field} 最多 {max} 项。',
  TOO_FEW: '{field} 至少 {min} 项。',
  OUT_OF_RANGE: '{field} 应在 {min} 到 {max} 之间。',
  OUT_OF_RANGE_MIN: '{field} 不能小于 {min}。',
  OUT_OF_RANGE_MAX: '{field} 不能大于 {max}。',
  TOO_DEEP: '{field} 嵌套层数过多。',
  IMMUTABLE: '{field} 创建后不能修改。',
  FIELD_NOT_WRITABLE: '您的角色不能填写 {field}。',
  NOT_UNIQUE: '{field} 已被使用。',
  NOT_FOUND: '{field} 指向的记录不存在。',
  PHONE_OR_EMAIL_REQUIRED: '电话和邮箱至少填写一项。',
  NOTHING_TO_WRITE: '没有要修改的内容。',
};

/** Chinese of the validator's `expected`. */
export const TYPES: Record<string, string> = {
  text: '文本',
  'an object': '对象',
  'a list': '列表',
  'a number': '数字',
  'a whole number': '整数',
  'true or false': 'true 或 false',
};

/** Chinese of the validator's `format`. */
export const FORMATS: Record<string, string> = {
  uuid: '标识（小写 UUID）',
  email: '邮箱地址，例如 name@example.com',
  phone: '电话号码，例如 +86 10 8888 8888',
  date: '日期，例如 2026-03-31',
  decimal: '小数，例如 1234.50，小数点前最多 18 位、后最多 4 位',
  slug: '以小写字母开头，由小写字母、数字和下划线组成的代号',
  url: '网址，例如 https://example.com',
  currency: '三个大写字母的币种，例如 CNY',
  time_zone: '时区，例如 Asia/Shanghai',
  locale: '语言，例如 zh-CN',
  timestamp: '时间，例如 2026-03-31T09:30:00Z',
  duration: '秒数，例如 1.5s',
  bytes: 'base64 文本',
  field_mask: '以逗号分隔的字段名',
  map_key: '不超过 200 个字符的键',
};
