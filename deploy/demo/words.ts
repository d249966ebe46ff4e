import type { Random } from './random.ts';

const SURNAMES = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕'];
const GIVEN = [
  '伟',
  '芳',
  '娜',
  '敏',
  '静',
  '丽',
  '强',
  '磊',
  '军',
  '洋',
  '勇',
  '艳',
  '杰',
  '涛',
  '明',
  '超',
  '秀英',
  '霞',
  '平',
  '刚',
  '桂英',
  '文博',
  '子涵',
  '雨桐',
  '思远',
  '嘉怡',
  '浩然',
  '一诺',
  '梓轩',
  '欣怡',
  '建国',
  '晓东',
  '海燕',
  '志强',
  '雪梅',
  '俊杰',
  '婷婷',
  '国栋',
];
const ENGLISH_FIRST = [
  'James',
  'Mary',
  'Robert',
  'Patricia',
  'John',
  'Jennifer',
  'Michael',
  'Linda',
  'David',
  'Elizabeth',
  'Priya',
  'Wei Ling',
  'Ahmed',
  'Sofia',
  'Lars',
  'Chloe',
];
const ENGLISH_LAST = [
  'Smith',
  'Johnson',
  'Brown',
  'Tan',
  'Lim',
  'Garcia',
  'Miller',
  'Davis',
  'Kumar',
  'Müller',
  'Andersen',
  'Rossi',
  'Wilson',
  'Nguyen',
];

const CITIES = [
  ['上海', '上海'],
  ['杭州', '浙江'],
  ['南京', '江苏'],
  ['苏州', '江苏'],
  ['深圳', '广东'],
  ['广州', '广东'],
  ['东莞', '广东'],
  ['北京', '北京'],
  ['天津', '天津'],
  ['青岛', '山东'],
  ['成都', '四川'],
  ['武汉', '湖北'],
  ['厦门', '福建'],
  ['宁波', '浙江'],
] as const;
const BRANDS = [
  '远',
  '海',
  '华',
  '鼎',
  '瑞',
  '恒',
  '盛',
  '天',
  '新',
  '联',
  '德',
  '安',
  '宏',
  '泰',
  '金',
  '东',
  '润',
  '博',
  '智',
  '云',
];
const TAILS = ['达', '通', '科', '源', '腾', '信', '创', '辉', '力', '兴', '图', '丰', '睿', '诚'];
const LINES: Record<string, string> = {
  制造业: '精密制造',
  物流: '供应链',
  信息技术: '信息技术',
  医疗: '医疗器械',
  零售: '商贸',
  能源: '新能源',
  教育: '教育科技',
  金融: '金融服务',
  建筑: '建设工程',
  食品: '食品',
};
const ENGLISH_BRANDS = [
  'Northwind',
  'Blue Harbor',
  'Silverline',
  'Kestrel',
  'Meridian',
  'Oakfield',
  'Tidewater',
  'Lumina',
  'Harrow',
  'Summit',
  'Copperleaf',
  'Fjord',
  'Vantage',
  'Brightwater',
];
const ENGLISH_TAILS = [
  'Logistics Pte Ltd',
  'Industries Ltd',
  'Systems Inc',
  'Trading GmbH',
  'Marine Co., Ltd',
  'Foods Ltd',
  'Energy AS',
  'Health Inc',
];

export const INDUSTRIES = Object.keys(LINES);
export const SOURCES = ['展会', '官网表单', '老客户介绍', '电话咨询', '搜索推广', '合作伙伴', '市场活动', '名录购买'];
export const LEVELS = ['A', 'B', 'B', 'C', 'C', 'C'];
export const SIZES = ['20 人以下', '20–99 人', '100–499 人', '500–999 人', '1000 人以上'];
export const TITLES = ['采购经理', '总经理', '技术总监', '信息部主任', '运营总监', '财务经理', '副总经理', '项目经理'];
export const ROLES = ['决策者', '影响者', '使用者', '把关者'];
export const NEEDS = [
  '年度采购',
  '系统升级',
  '新厂房配套',
  '二期扩容',
  '集团统采',
  '试点项目',
  '替换旧系统',
  '海外仓建设',
  '维保续签',
  '数字化改造',
];
const CALLS = [
  '电话沟通需求，客户对交付周期比较关注',
  '确认了预算范围和决策流程',
  '客户希望先看案例，已约下周演示',
  '客户正在对比两家供应商，价格敏感',
  '未接通，稍后再打',
  'Discussed scope and timeline; they will come back after the board meeting',
];
const VISITS = [
  '上门拜访，参观了生产线，了解现有系统的不足',
  '与技术负责人讨论方案细节，对方提出三点修改意见',
  '拜访总经理，建立信任，对方同意进入招标名单',
  '现场演示产品，使用部门反馈良好',
];
const MAILS = [
  '发送报价与产品资料',
  '发送会议纪要和下一步计划',
  '跟进合同条款的修改意见',
  'Sent the revised proposal with references',
];
const NOTES = [
  '客户内部组织调整，决策人可能变化',
  '竞争对手已报价，需要尽快给出优惠方案',
  '客户下季度预算已批',
  '提醒：对方希望用英文合同',
];

export const activityText = (random: Random, kind: string): string =>
  random.pick(kind === 'CALL' ? CALLS : kind === 'VISIT' ? VISITS : kind === 'MAIL' ? MAILS : NOTES);

export type Place = { city: string; region: string };

export const place = (random: Random): Place => {
  const [city, region] = random.pick(CITIES);
  return { city, region };
};

export const personName = (random: Random, abroad: boolean): string =>
  abroad
    ? `${random.pick(ENGLISH_FIRST)} ${random.pick(ENGLISH_LAST)}`
    : `${random.pick(SURNAMES)}${random.pick(GIVEN)}`;

/** Names of companies that have not been given yet, in Chinese or English. */
export const companyNames = (random: Random): ((industry: string, city: string, abroad: boolean) => string) => {
  const given = new Set<string>();
  return (industry, city, abroad) => {
    for (let tries = 0; ; tries += 1) {
      const more = tries > 5 ? random.pick(BRANDS) : '';
      const name = abroad
        ? `${random.pick(ENGLISH_BRANDS)} ${tries > 3 ? `${random.pick(ENGLISH_LAST)} ` : ''}${random.pick(ENGLISH_TAILS)}`
        : `${city}${random.pick(BRANDS)}${more}${random.pick(TAILS)}${LINES[industry]}有限公司`;
      if (given.has(name)) continue;
      given.add(name);
      return name;
    }
  };
};

/** A mobile number of the country that is nobody's twice. */
export const phoneNumbers = (random: Random): ((abroad: boolean) => string) => {
  let count = 0;
  return (abroad) => {
    count += 1;
    return abroad
      ? `+65 8${String(1_000_000 + count).slice(-7)}`
      : `${random.pick(['138', '139', '150', '186', '177'])}${String(10_000_000 + count * 37).slice(-8)}`;
  };
};
