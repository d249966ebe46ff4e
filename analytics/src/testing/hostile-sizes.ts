// Statements that are deeper, or larger once read, than any that a person writes.

const nested = (open: string, inner: string, close: string, times: number): string =>
  open.repeat(times) + inner + close.repeat(times);

export const DEEP = [
  `select ${nested('(', '1', ')', 500)}`,
  `select ${nested('[', '1', ']', 500)}`,
  `select ${nested('abs(', '1', ')', 500)}`,
  `select ${nested('not ', '1', '', 500)}`,
  `select ${nested('- ', '1', '', 500)}`,
  `select * from ${nested('(select * from ', 'leads', ')', 200)}`,
  nested('(', 'select 1', ')', 500),
  `select 1::${nested('Array(', 'String', ')', 200)}`,
  `select ${nested('case when 1 then ', '1', ' end', 200)}`,
  `select ${nested('(select ', '1', ')', 200)}`,
  `select arrayMap(${Array.from({ length: 100 }, (_, index) => `x${index} -> `).join('')}1, [1])`,
];

const doubling = (steps: number, step: (index: number) => string): string =>
  Array.from({ length: steps }, (_, index) => step(index)).join(', ');

export const LARGE = [
  `select ${'1,'.repeat(30_000)}1`,
  `select ${doubling(40, (index) => `a${index} + a${index} as a${index + 1}`)} from (select 1 as a0)`,
  `with 1 + 1 as a0, ${doubling(40, (index) => `a${index} + a${index} as a${index + 1}`)} select a40`,
  `with t0 as (select 1 as x), ${doubling(20, (index) => `t${index + 1} as (select * from t${index} union all select * from t${index})`)} select * from t20`,
  `select * from leads ${Array.from({ length: 20 }, (_, index) => `join customers c${index} on c${index}.id = leads.id`).join(' ')}`,
  Array.from({ length: 20 }, () => 'select name from leads').join(' union all '),
  `select 1 where ${'1 and '.repeat(15_000)}1`,
];
