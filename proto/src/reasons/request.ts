// What is refused of any request, whoever it is for: by the gateway, by the chassis and by the validator.
import type { Sentences } from './sentences.ts';

export const REQUEST = {
  // A code alone.
  CANCELLED: '请求已取消。',
  DEADLINE_EXCEEDED: '处理时间过长，请稍后重试。',
  UNAVAILABLE: '服务暂时无法访问，请稍后重试。',
  UNIMPLEMENTED: '该服务不支持此操作。',
  RESOURCE_EXHAUSTED: '请求过多或过大。',
  INTERNAL: '系统内部出错，我们已记录。',
  INVALID_ARGUMENT: '请求有误。',
  PERMISSION_DENIED: ['您没有执行此操作的权限（{permission}）。', '您没有执行此操作的权限。'],
  UNAUTHENTICATED: '请先登录。',
  FAILED_PRECONDITION: '当前状态不允许此操作。',
  NOT_FOUND: ['找不到“{value}”。', '{field} 所指的记录不存在，或您无权查看。', '没有这条记录，或您无权查看。'],
  ALREADY_EXISTS: '该记录已存在。',
  ABORTED: '数据已被他人修改，请刷新后重试。',

  // Of the gateway.
  NO_SUCH_PATH: '没有这个接口地址。',
  METHOD_NOT_ALLOWED: ['此地址不支持 {method} 方法，只支持 {allowed}。', '此地址不支持这种方法。'],
  NO_SUCH_SERVICE: ['没有名为“{service}”的服务，或它没有此功能。', '没有这个服务，或它没有此功能。'],
  SERVICE_ABSENT: ['服务“{service}”未在此系统中运行。', '该服务未在此系统中运行。'],
  BODY_MALFORMED: '请求正文不是有效的 JSON。',
  BODY_EMPTY: '请求正文为空，应为 JSON。',
  BODY_NOT_UTF8: '请求正文不是 UTF-8 编码，请转换后重新发送。',
  BODY_NOT_EXPECTED: '此请求不能带正文。',
  BODY_TOO_LARGE: ['请求正文过大，上限为 {megabytes} MB。', '请求正文过大。'],
  MEDIA_TYPE_UNSUPPORTED: ['不支持的内容类型，请使用 {supported}。', '不支持这种内容类型。'],
  ADDRESS_MALFORMED: '请求地址有误。',
  REQUEST_MALFORMED: '请求有误，无法解析。',
  REQUEST_TIMEOUT: '接收请求超时。',
  HEADERS_TOO_LARGE: '请求头过大。',
  TIMEOUT_MALFORMED: ['x-timeout-ms 必须是 1 到 {max} 之间的整数毫秒。', 'x-timeout-ms 必须是整数毫秒。'],
  CROSS_SITE: '已拒绝来自其他网站的请求。',
  TOO_MANY_REQUESTS: ['请求过于频繁，请在 {retryAfterSeconds} 秒后重试。', '请求过于频繁，请稍后重试。'],
  TOO_MANY_STREAMS: '打开的实时连接过多，请关闭一些页面。',
  OVERLOADED: '系统繁忙，请稍后重试。',
  PAGES_UNAVAILABLE: '页面服务正在启动或暂时无法访问，请稍后重试。',
  CREDENTIAL_MALFORMED: 'Authorization 头的格式不正确，应为 Bearer 加 API 密钥。',
  FILE_MISSING: '请求中没有文件。',
  FORM_MALFORMED: '表单已损坏或不完整，无法读取。',
  FILE_NAME_MISSING: '请用 x-file-name 头给出文件名（百分号编码）。',
  IDEMPOTENCY_KEY_TWICE: 'Idempotency-Key 头与 requestId 参数不一致。',

  // Of the chassis.
  INVALID_FIELDS: '有字段填写有误。',
  SIGN_IN_REQUIRED: '请先登录。',
  VERSION_STALE: ['此记录已被他人修改，当前为第 {version} 版，请刷新后重试。', '此记录已被他人修改，请刷新后重试。'],
  IDEMPOTENCY_KEY_REUSED: '该幂等键已用于另一个不同的请求。',

  // Of fields: the validator's, and what is like it.
  REQUIRED: '{field} 必填。',
  WRONG_TYPE: ['{field} 应为{expected}。', '{field} 的值类型不正确。'],
  UNKNOWN_FIELD: ['“{value}”这个字段不存在。', '{field} 这个字段不存在。', '没有这个字段。'],
  UNKNOWN_VALUE: ['{field} 只能是以下之一：{values}。', '“{value}”不是可选的值。', '{field} 不是可选的值。'],
  OUTPUT_ONLY: '{field} 由系统设置，不能填写。',
  ONE_OF: ['{field} 只能填写 {fields} 中的一项。', '{field} 与另一项只能填写其一。'],
  BAD_FORMAT: ['{field} 应为{format}。', '{field} 的格式不正确。'],
  BAD_TEXT: '{field} 含有无法保存的字符。',
  TOO_LONG: ['{field} 最多 {max} 个字符。', '{field} 过长。'],
  TOO_SHORT: ['{field} 至少 {min} 个字符。', '{field} 过短。'],
  TOO_MANY: ['{field} 最多 {max} 项。', '{field} 的项数过多。'],
  TOO_FEW: ['{field} 至少 {min} 项。', '{field} 的项数过少。'],
  OUT_OF_RANGE: [
    '{field} 应在 {min} 到 {max} 之间。',
    '{field} 不能小于 {min}。',
    '{field} 不能大于 {max}。',
    '{field} 超出允许的范围。',
  ],
  TOO_DEEP: '{field} 嵌套层数过多。',
  IMMUTABLE: '{field} 创建后不能修改。',
  USE_ASSIGN: '{field} 不能这样修改，请改为分配或转交。',
  FIELD_NOT_WRITABLE: '{field} 不能由您的角色填写。',
  PHONE_OR_EMAIL_REQUIRED: '电话和邮箱至少填写一项。',
  NOTHING_TO_WRITE: '没有要修改的内容。',
} as const satisfies Sentences;

/** Of the validator's `expected`. */
export const TYPES: Record<string, string> = {
  text: '文本',
  'an object': '对象',
  'a list': '列表',
  'a number': '数字',
  'a whole number': '整数',
  'true or false': 'true 或 false',
};

/** Of the validator's `format`. */
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
