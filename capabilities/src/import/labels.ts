/** Headings of fields that many nouns share: the first of each is shown, all are recognised. */
export type Labels = { zh: string[]; en: string[] };

const of = (zh: string, en: string): Labels => ({ zh: zh.split('|'), en: en.split('|') });

export const FIELD_LABELS: Record<string, Labels> = {
  id: of('ID', 'ID'),
  number: of('编号', 'Number|No.'),
  name: of('名称|姓名|名字|全称', 'Name|Full name'),
  shortName: of('简称', 'Short name'),
  company: of('公司|公司名称|单位|企业名称', 'Company|Company name|Organisation|Organization'),
  kind: of('类型|类别', 'Kind|Type'),
  title: of('职务|职位|头衔', 'Title|Job title|Position'),
  departmentName: of('部门名称|所在部门', 'Department'),
  phones: of(
    '电话|手机|手机号|手机号码|电话号码|联系电话|座机|电话1|手机1',
    'Phone|Phones|Mobile|Phone number|Mobile phone|Cell|Telephone|Tel',
  ),
  phone: of('电话|手机|手机号|手机号码|联系电话', 'Phone|Mobile|Phone number|Mobile phone'),
  emails: of('邮箱|电子邮箱|邮件|邮件地址|电子邮件', 'Email|Emails|E-mail|Mail|Email address'),
  email: of('邮箱|电子邮箱|邮件|邮件地址|电子邮件', 'Email|E-mail|Mail|Email address'),
  taxId: of('税号|统一社会信用代码|纳税人识别号', 'Tax id|Tax number|VAT number'),
  industry: of('行业|所属行业', 'Industry|Sector'),
  region: of('地区|区域|省份|所在地区', 'Region|Area|Territory'),
  address: of('地址|详细地址|联系地址', 'Address|Street'),
  website: of('网站|网址|官网', 'Website|Web site|URL|Homepage'),
  size: of('规模|人员规模', 'Size|Company size'),
  level: of('级别|等级|客户级别', 'Level|Grade|Tier'),
  source: of('来源|线索来源|客户来源', 'Source|Lead source'),
  note: of('备注|说明|描述', 'Note|Notes|Remark|Remarks|Comment|Description'),
  state: of('状态', 'State|Status'),
  stateReason: of('状态原因', 'State reason'),
  parentId: of('上级|上级单位', 'Parent'),
  ownerId: of(
    '负责人|所有人|归属人|销售|销售代表|业务员|跟进人|负责人姓名',
    'Owner|Sales rep|Sales agent|Salesperson|Agent|Assigned to',
  ),
  departmentId: of('部门|所属部门', 'Department|Team|Office'),
  customerId: of(
    '客户|客户名称|所属客户|公司|公司名称|企业名称|单位名称',
    'Customer|Account|Customer name|Account name|Company|Company name',
  ),
  contactId: of('联系人', 'Contact'),
  leadId: of('线索', 'Lead'),
  opportunityId: of('商机', 'Opportunity'),
  managerId: of('上级|直属上级|经理|主管', 'Manager|Reports to|Supervisor'),
  leaderId: of('负责人|部门负责人|主管', 'Leader|Head'),
  deputyId: of('副负责人|副主管', 'Deputy'),
  roleIds: of('角色', 'Roles|Role'),
  login: of('登录名|账号|用户名', 'Login|User name|Username|Account'),
  employeeNumber: of('工号|员工编号', 'Employee number|Employee no.|Employee id|Staff number'),
  extension: of('分机|分机号', 'Extension|Ext.'),
  code: of('代码|编码|部门代码', 'Code|Short code'),
  costCenter: of('成本中心', 'Cost centre|Cost center'),
  fromDate: of('生效日期|起始日期|入职日期', 'From|From date|Effective from|Start date'),
  locale: of('语言', 'Language|Locale'),
  timeZone: of('时区', 'Time zone'),
  nextContactDate: of(
    '下次联系日期|下次联系|下次跟进日期|下次联系时间',
    'Next contact|Next contact date|Next follow-up',
  ),
  lastContactTime: of('最近联系时间|最后跟进时间', 'Last contact|Last contact time'),
  decisionRole: of('决策角色|角色', 'Decision role|Role'),
  primary: of('主联系人|首要联系人', 'Primary|Primary contact'),
  birthday: of('生日|出生日期', 'Birthday|Date of birth'),
  amount: of('金额|商机金额|预计金额', 'Amount|Value|Deal value|Close value'),
  expectedCloseDate: of(
    '预计成交日期|预计结单日期|预计签单日期|预计成交时间|预计签约日期',
    'Expected close date|Expected close',
  ),
  closeDate: of('成交日期|结单日期|关闭日期', 'Close date|Closed|Closed on'),
  createDate: of('创建日期', 'Created on|Create date'),
  pipelineId: of('销售流程|流程|管道', 'Pipeline'),
  stageId: of('阶段|销售阶段|商机阶段', 'Stage|Deal stage|Sales stage'),
  probability: of('赢率|概率|可能性', 'Probability|Win probability'),
  probabilityReason: of('赢率说明', 'Probability reason'),
  competitor: of('竞争对手|竞品', 'Competitor'),
  nextStep: of('下一步|下一步计划', 'Next step'),
  lostReason: of('输单原因|丢单原因', 'Lost reason|Loss reason'),
  closeNote: of('结单说明', 'Close note'),
  budget: of('预算', 'Budget'),
  expectedRevenue: of('预计收入|预期收入', 'Expected revenue'),
  startDate: of('开始日期', 'Start date|Start'),
  endDate: of('结束日期', 'End date|End'),
  stages: of('阶段', 'Stages'),
  costLines: of('费用明细', 'Cost lines'),
  plannedCost: of('计划费用', 'Planned cost'),
  actualCost: of('实际费用', 'Actual cost'),
  campaignId: of('市场活动', 'Campaign'),
  sku: of('SKU编码|SKU|产品编码|货号', 'SKU|Product code|Item number'),
  categoryId: of('产品分类|分类|产品类别', 'Product category|Category'),
  unit: of('单位|计量单位', 'Unit|Unit of measure'),
  listPrice: of('标准价格|单价|价格|售价', 'List price|Price|Unit price'),
  cost: of('成本|成本价', 'Cost|Unit cost'),
  prices: of('价格历史', 'Price history'),
  lines: of('产品明细', 'Product lines'),
  discount: of('整单优惠|优惠金额', 'Discount'),
  signDate: of('签订日期|签约日期|签订时间', 'Sign date|Signed on|Signed'),
  ourSigner: of('我方签约人', 'Our signer'),
  customerSigner: of('客户签约人|客户方签约人', 'Customer signer'),
  approvalId: of('审批标识', 'Approval'),
  submitterId: of('提交人', 'Submitter|Submitted by'),
  decisionReason: of('审批意见', 'Decision reason'),
  voidReason: of('作废原因', 'Void reason'),
  effectiveDate: of('生效日期', 'Effective on|Effective date'),
  externalId: of(
    '外部编号|外部ID|原系统编号|源系统ID',
    'External id|External ID|Source id|Record id|Opportunity id|Lead id|Account id|Contact id',
  ),
  createTime: of('创建时间|创建日期|录入时间', 'Created|Create time|Created at|Creation date'),
  updateTime: of('更新时间|修改时间', 'Updated|Update time|Last modified'),
  creatorId: of('创建人', 'Creator|Created by'),
  deleteTime: of('删除时间', 'Deleted'),
  closedDate: of('关闭日期', 'Closed on'),
};

export const CURRENCY_LABELS = of('币种|货币', 'Currency');

/** What two spellings of a heading or a value have in common: 手机号*, "E-Mail (required)" and email. */
export const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[(【[].*?[)】\]]/g, '')
    .replace(/[\s\p{P}\p{S}_]/gu, '');

/** The same for values, in which brackets may make the difference. */
export const plainValue = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, '');
