import type { RowFault } from './one-row.ts';

/** Reasons of rows in Chinese; {name} is filled from the fault's params. English is the message itself. */
const CHINESE: Record<string, string> = {
  REQUIRED: '必填',
  WRONG_TYPE: '类型不正确',
  UNKNOWN_FIELD: '没有这个字段',
  UNKNOWN_VALUE: '“{value}”不是可选的值',
  OUTPUT_ONLY: '由系统设置，不能填写',
  BAD_FORMAT: '格式不正确',
  BAD_TEXT: '含有无法保存的字符',
  TOO_LONG: '最多 {max} 个字符',
  TOO_SHORT: '至少 {min} 个字符',
  TOO_MANY: '最多 {max} 项',
  TOO_FEW: '至少 {min} 项',
  OUT_OF_RANGE: '超出允许的范围',
  BAD_DATE: '“{value}”不是日期，请写成 2026-03-31',
  BAD_TIME: '“{value}”不是时间，请写成 2026-03-31 09:30',
  NOT_A_NUMBER: '“{value}”不是数字',
  NOT_A_WHOLE_NUMBER: '“{value}”不是整数',
  NOT_AN_AMOUNT: '“{value}”不是金额',
  NOT_A_BOOLEAN: '“{value}”既不是“是”也不是“否”',
  UNREADABLE: '含有无法识别的字符，请检查文件编码',
  NOT_FOUND: '找不到“{value}”',
  AMBIGUOUS: '“{value}”对应多条记录：{names}',
  AMBIGUOUS_IDENTITY: '该行可能对应多条记录，无法确定更新哪一条',
  EXISTS_ELSEWHERE: '已有相同标识的记录，但您无权查看',
  IDENTITY_COVERED: '您的角色看不到此字段的完整内容，不能据此识别记录，请为每行提供外部编号',
  NO_IDENTITY: '该行没有可用于识别记录的内容',
  DUPLICATE_IN_FILE: '与文件第 {row} 行重复',
  FUTURE_TIME: '历史数据的时间不能在将来',
  EXTERNAL_ID_TAKEN: '该外部编号已属于另一条记录',
  DUPLICATE: '已有相同的记录',
  CONFLICT: '与已有数据冲突',
  BAD_VALUE: '值无法保存',
  BAD_PHONE: '“{value}”不是电话号码',
  BAD_EMAIL: '“{value}”不是邮箱地址',
  PHONE_OR_EMAIL_REQUIRED: '电话和邮箱至少填写一项',
  FIELD_NOT_WRITABLE: '您的角色不能填写此字段',
  PERMISSION_DENIED: '没有权限：{permission}',
  VERSION_STALE: '记录已被他人修改，请刷新后重试',
  UNKNOWN_EMPLOYEE: '没有这名员工',
  EMPLOYEE_NOT_ACTIVE: '{name} 已停用，不能作为负责人',
  LEAD_CONVERTED: '线索已转化，不能再修改',
  IMMUTABLE: '设置后不能修改',
  NO_EXCHANGE_RATE: '{date} 没有 {currency} 的汇率',
};

const fill = (text: string, params: RowFault['params'] = {}): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''));

/** What is wrong, in the reader's language. */
export const sayFault = ({ reason, message, params }: RowFault, locale: string): string => {
  const text = locale.toLowerCase().startsWith('zh') ? CHINESE[reason] : undefined;
  return text ? fill(text, params) : message;
};

/** All of a row in one cell; `labels` are the headings of fields by path. */
export const sayFaults = (faults: RowFault[], locale: string, labels: ReadonlyMap<string, string>): string =>
  faults
    .map((fault) => {
      const path = fault.field.replace(/\[\d+\].*$/, '');
      const label = labels.get(path) ?? labels.get(path.split('.').slice(1).join('.')) ?? '';
      const said = sayFault(fault, locale);
      return label ? `${label}: ${said}` : said;
    })
    .join('; ');
