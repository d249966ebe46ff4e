// What is refused of filters, files and jobs, and of their rows.
import type { Sentences } from './sentences.ts';

export const LISTS_AND_FILES = {
  // Lists, filters, history, masks.
  BAD_FILTER: '筛选条件有误。',
  NOT_SORTABLE: ['“{value}”未设为可排序，不能按它排序。', '此字段未设为可排序，不能按它排序。'],
  BAD_ORDER: '列表只能按一个字段排序，后接 asc 或 desc。',
  BAD_PAGE_TOKEN: '翻页标记不属于此列表和排序。',
  FIELD_NOT_READABLE: '您的角色不能查看该字段。',
  NOT_MASKED: '该字段对您没有隐藏。',
  HISTORY_ONLY: '只有导入历史数据时才能填写该字段。',
  UNKNOWN_FUNCTION: '{field} 的条件中没有这个可用的函数。',
  BAD_COMPARISON: '{field} 不能这样比较。',
  NOT_A_DATE: [
    '{field} 的条件应为日期，例如 2026-03-31，不能是“{value}”。',
    '{field} 的条件应为日期，例如 2026-03-31。',
  ],
  NOT_A_TIME: [
    '{field} 的条件应为日期或时间，例如 2026-03-31 或 2026-03-31T09:30:00Z，不能是“{value}”。',
    '{field} 的条件应为日期或时间，例如 2026-03-31 或 2026-03-31T09:30:00Z。',
  ],
  NOT_AN_ID: ['{field} 的条件应为记录标识，不能是“{value}”。', '{field} 的条件应为记录标识。'],

  // Files, import, export, bulk work.
  BAD_CSV: '文件无法读取：可能有引号未闭合。',
  BAD_XLSX: '工作簿无法读取，请用表格软件打开后另存为 .xlsx。',
  OLD_EXCEL: '这是 Excel 2003 或更早的工作簿，或有密码保护。请另存为无密码的 .xlsx。',
  NOT_A_TABLE: '这既不是 CSV 文件，也不是 XLSX 工作簿。',
  UNSUPPORTED_FILE_TYPE: '只能导入 CSV 文件和 XLSX 工作簿。',
  WRONG_FILE_TYPE: '文件内容与扩展名不符。',
  FILE_TOO_LARGE: '文件过大。',
  TOO_LARGE_UNPACKED: '工作簿解压后过大，请另存为 CSV。',
  FILE_GONE: '文件已不存在，请重新上传。',
  EMPTY_FILE: '文件为空。',
  NO_ROWS: '文件只有表头，没有数据行。',
  TOO_MANY_COLUMNS: '文件的列数过多。',
  TOO_MANY_ROWS: ['最多 {max} 行，请缩小筛选范围。', '行数过多，请缩小筛选范围。'],
  TOO_MANY_RECORDS: ['一次最多 {max} 条记录，请缩小筛选范围。', '记录过多，请缩小筛选范围。'],
  TOO_MANY_UPLOADS: '一小时内上传的文件过多，请稍后再试。',
  BAD_FILE_NAME: '文件名不正确。',
  FIELD_MISSING: '有必填字段没有对应的列。',
  BAD_DATE: ['“{value}”不是日期，请写作 2026-03-31。', '日期不正确，请写作 2026-03-31。'],
  BAD_TIME: ['“{value}”不是时间，请写作 2026-03-31 09:30。', '时间不正确，请写作 2026-03-31 09:30。'],
  NOT_A_NUMBER: ['“{value}”不是数字。', '应为数字。'],
  NOT_A_WHOLE_NUMBER: ['“{value}”不是整数。', '应为整数。'],
  NOT_A_BOOLEAN: ['“{value}”既不是“是”也不是“否”。', '应为“是”或“否”。'],
  NOT_AN_AMOUNT: ['“{value}”不是金额。', '金额不正确。'],
  BAD_JSON: '要修改的字段应为 JSON。',
  NOTHING_SELECTED: '没有选择要修改的记录。',
  SAME_EMPLOYEE: '请将记录转给另一个人。',
  JOB_WAITS: '任务正在等待。',

  // Rows of imports and bulk work, and jobs themselves.
  UNREADABLE: '含有无法识别的字符，请检查文件编码。',
  AMBIGUOUS: ['“{value}”对应多条记录：{names}。', '对应多条记录。'],
  AMBIGUOUS_IDENTITY: '该行可能对应多条记录，无法确定更新哪一条。',
  EXISTS_ELSEWHERE: '已有相同标识的记录，但您无权查看。',
  IDENTITY_COVERED: '您的角色看不到此字段的完整内容，不能据此识别记录，请为每行提供外部编号。',
  NO_IDENTITY: '该行没有可用于识别记录的内容。',
  DUPLICATE_IN_FILE: ['与文件第 {row} 行重复。', '与文件的另一行重复。'],
  CELLS_BEYOND: '最后一列之后还有内容：可能缺少列名，或含逗号的内容没有加引号。',
  FUTURE_TIME: '历史数据的时间不能在将来。',
  CONFLICT: '与已有数据冲突。',
  BAD_VALUE: '值无法保存。',
  UNKNOWN_JOB: '此服务不再支持这种任务。',
  JOB_GAVE_UP: '任务多次中断，已放弃。',

  // Analytics.
  QUESTION_TOO_LARGE: '查询结果过大，请缩小范围。',
  QUESTION_TOO_SLOW: '查询时间过长，请缩小范围。',
  TOO_MANY_QUESTIONS: '同时进行的查询过多，请稍后重试。',
  TOO_MANY_PERIODS: '期间划分过细，请选择更粗的粒度。',
  PERIOD_TOO_LONG: '期间过长。',
  PERIOD_REVERSED: '期间的结束早于开始。',
  NOT_A_PERIOD: '这不是某个期间的第一天。',
  KEYS_INCOMPLETE: '请给出结果行的全部分组键，或不给以查看合计。',
  EVENT_MALFORMED: '事件格式不正确。',

  // Figures.
  MISMATCH: ['这里的数据行属于“{noun}”。', '这里的数据行属于另一类记录。'],
  NOT_INGESTING: '数据接入由另一个进程负责，请在那里操作。',
} as const satisfies Sentences;
