import type { View, ViewColumn } from './view.ts';

/** A field of the state, as text. */
const told = (zh: string, en: string, field: string, type = 'String'): ViewColumn => ({
  label: { zh, en },
  type,
  value: type === 'Bool' ? `toBool(JSONExtractBool(state, '${field}'))` : `JSONExtractString(state, '${field}')`,
  fields: [field],
});

const ID: ViewColumn = { label: { zh: '标识', en: 'Id' }, type: 'String', value: 'id', fields: [] };

const day = (zh: string, en: string, type: string, value: string): ViewColumn => ({
  label: { zh, en },
  type,
  value,
  fields: [],
});

/** Who is who, where things stand, and which days there are: what the records' ids and dates are joined with. */
export const ORGANIZATION_VIEWS: View[] = [
  {
    kind: 'directory',
    name: 'employees',
    noun: 'employee',
    label: { zh: '员工', en: 'Employees' },
    description: { zh: '员工，含已离职的。', en: 'Employees, those who have left included.' },
    columns: {
      id: ID,
      name: told('姓名', 'Name', 'name'),
      employee_number: told('工号', 'Employee number', 'employeeNumber'),
      title: told('职位', 'Title', 'title'),
      department_id: told('部门', 'Department', 'departmentId'),
      manager_id: told('上级', 'Manager', 'managerId'),
      state: told('状态', 'State', 'state'),
    },
  },
  {
    kind: 'directory',
    name: 'departments',
    noun: 'department',
    label: { zh: '部门', en: 'Departments' },
    description: { zh: '部门，按今天的组织。', en: 'Departments, as they stand today.' },
    columns: {
      id: ID,
      name: told('名称', 'Name', 'name'),
      code: told('编码', 'Code', 'code'),
      parent_id: told('上级部门', 'Parent', 'parentId'),
      leader_id: told('负责人', 'Leader', 'leaderId'),
      cost_center: told('成本中心', 'Cost centre', 'costCenter'),
      closed_date: told('撤销日期', 'Closed on', 'closedDate'),
    },
  },
  {
    kind: 'directory',
    name: 'pipelines',
    noun: 'pipeline',
    label: { zh: '销售流程', en: 'Pipelines' },
    description: { zh: '商机的销售流程。', en: 'Pipelines of opportunities.' },
    columns: { id: ID, name: told('名称', 'Name', 'name'), active: told('启用', 'Active', 'active', 'Bool') },
  },
  {
    kind: 'directory',
    name: 'products',
    noun: 'product',
    permission: 'product.read',
    where: "JSONExtractString(state, 'deleteTime') = ''",
    label: { zh: '产品', en: 'Products' },
    description: { zh: '产品，含已停售的。', en: 'Products, those that are sold no more included.' },
    columns: {
      id: ID,
      number: told('编号', 'Number', 'number'),
      name: told('名称', 'Name', 'name'),
      sku: told('货号', 'SKU', 'sku'),
      category_id: told('分类', 'Category', 'categoryId'),
      unit: told('单位', 'Unit', 'unit'),
    },
  },
  {
    kind: 'directory',
    name: 'product_categories',
    noun: 'product_category',
    label: { zh: '产品分类', en: 'Product categories' },
    description: { zh: '产品的分类树。', en: 'The tree of categories that products are filed under.' },
    columns: { id: ID, name: told('名称', 'Name', 'name'), parent_id: told('上级分类', 'Parent', 'parentId') },
  },
  {
    kind: 'directory',
    name: 'queues',
    noun: 'queue',
    label: { zh: '工单队列', en: 'Queues' },
    description: { zh: '工单的队列。', en: 'Queues of tickets.' },
    columns: {
      id: ID,
      name: told('名称', 'Name', 'name'),
      department_id: told('部门', 'Department', 'departmentId'),
      active: told('启用', 'Active', 'active', 'Bool'),
    },
  },
  {
    kind: 'directory',
    name: 'tags',
    noun: 'tag',
    label: { zh: '标签', en: 'Tags' },
    description: {
      zh: '记录的标签；用 has(tag_ids, id) 或 array join 与记录关联。',
      en: 'Tags of records, which has(tag_ids, id) or array join brings together with them.',
    },
    columns: {
      id: ID,
      name: told('名称', 'Name', 'name'),
      service: told('所属服务', 'Service whose records it is put on', 'service'),
      exclusive_group: told('互斥组', 'Exclusive group', 'exclusiveGroup'),
      retired: told('已归档', 'Archived', 'retired', 'Bool'),
    },
  },
  {
    kind: 'calendar',
    name: 'calendar',
    label: { zh: '日历', en: 'Calendar' },
    description: {
      zh: '2000 年至 2049 年，每天一行；周从星期一开始，财年按企业设置。',
      en: 'A row for each day of 2000 to 2049; weeks begin on Monday, fiscal years as the enterprise has them.',
    },
    columns: {
      date: day('日期', 'Date', 'Date32', 'date'),
      week: day('周（首日）', 'Week (its first day)', 'Date32', 'toDate32(toMonday(date))'),
      month: day('月（首日）', 'Month (its first day)', 'Date32', 'toDate32(toStartOfMonth(date))'),
      quarter: day('季度（首日）', 'Quarter (its first day)', 'Date32', 'toDate32(toStartOfQuarter(date))'),
      year: day('年', 'Year', 'UInt16', 'toYear(date)'),
      fiscal_year: day(
        '财年（首日）',
        'Fiscal year (its first day)',
        'Date32',
        'toDate32(addMonths(toStartOfYear(addMonths(date, 1 - fiscal_start)), fiscal_start - 1))',
      ),
      weekday: day('星期（1 为星期一）', 'Weekday (1 is Monday)', 'UInt8', 'toDayOfWeek(date)'),
    },
  },
];
