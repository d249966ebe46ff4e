// What is refused of the statements of analysts.
import type { Sentences } from './sentences.ts';

export const SQL = {
  SQL_SYNTAX: [
    '第 {line} 行第 {column} 列附近有语法错误：“{what}”。',
    '第 {line} 行第 {column} 列附近有语法错误。',
    '语句有语法错误。',
  ],
  SQL_CHARACTER: [
    '第 {line} 行第 {column} 列：此处不能使用字符“{what}”，请改用普通字符，或加引号。',
    '语句含有不能使用的字符。',
  ],
  SQL_TOO_LARGE: ['语句过大：第 {line} 行第 {column} 列超出了上限。', '语句过大。'],
  SQL_TOO_DEEP: ['第 {line} 行第 {column} 列：括号与子查询嵌套过深。', '括号与子查询嵌套过深。'],
  SQL_STATEMENT: [
    '第 {line} 行第 {column} 列：只能查询（SELECT），且一次一条语句。',
    '只能查询（SELECT），且一次一条语句。',
  ],
  SQL_CLAUSE: ['第 {line} 行第 {column} 列：不能使用 {what}。', '语句含有不能使用的子句。'],
  SQL_CROSS_JOIN: [
    '第 {line} 行第 {column} 列：关联表须用 JOIN … ON，且 ON 中要有等式。',
    '关联表须用 JOIN … ON，且 ON 中要有等式。',
  ],
  SQL_TABLE: ['第 {line} 行第 {column} 列：没有名为“{what}”的视图，或您无权查看。', '没有这个视图，或您无权查看。'],
  SQL_TABLE_FUNCTION: [
    '第 {line} 行第 {column} 列：不能从 {what}(…) 读取，只能查询视图。',
    '不能使用表函数，只能查询视图。',
  ],
  SQL_FUNCTION: ['第 {line} 行第 {column} 列：不能使用函数 {what}。', '不能使用这个函数。'],
  SQL_TYPE: ['第 {line} 行第 {column} 列：不能使用类型 {what}。', '不能使用这个类型。'],
  SQL_NAME: ['第 {line} 行第 {column} 列：名称“{what}”不正确。', '名称不正确。'],
  SQL_NAME_TAKEN: [
    '第 {line} 行第 {column} 列：“{what}”已是视图或列的名称，请换一个。',
    '这个名称已被视图或列占用，请换一个。',
  ],
  SQL_COLUMN_HIDDEN: ['第 {line} 行第 {column} 列：您的角色不能查看列“{what}”。', '您的角色不能查看这一列。'],
  SQL_COLUMN: ['没有名为“{what}”的列。', '语句用到了不存在的列。'],
  SQL_FORMAT: ['结果不能以格式“{what}”返回。', '结果不能以这种格式返回。'],
  SQL_SETTING: ['不能设置“{what}”，限制由系统规定。', '不能更改设置，限制由系统规定。'],
  SQL_PARAMETER: ['参数“{what}”没有给出，或值不正确。', '有参数没有给出，或值不正确。'],
  SQL_NOT_UNDERSTOOD: [
    '语句不能执行：类型、分组或参数个数不符（{what}）。',
    '语句不能执行：类型、分组或参数个数不符。',
  ],
  SQL_TOO_SLOW: '查询时间过长，已中止。请缩小范围。',
  SQL_TOO_COSTLY: '查询需要的内存或读取的行数超出上限，已中止。请缩小范围。',
  SQL_RESULT_TOO_LARGE: '结果过大，已中止。请汇总，或加 LIMIT。',
  SQL_QUEUE_FULL: '同时进行的查询过多，请稍后重试。',
  SQL_QUEUE_FULL_FOR_YOU: '您有多条查询正在进行，请等其中一条结束。',
} as const satisfies Sentences;
