import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { bringAgreed } from '../mesh/agreed.ts';
import { until, visitor } from '../mesh/person.ts';
import type { House } from './house.ts';

const ROUTES = join(import.meta.dirname, '../../web/src/routes');
const ID = '[0-9a-f-]{36}';

/** Every page that there is, as the web's own folders say; those with less in their path first, so that lists come before their records. */
export const PAGES = globSync('**/+page.svelte', { cwd: ROUTES })
  .map((file) => `/${dirname(file)}`.replaceAll(/\/(\([^)]*\)|\.)(?=\/|$)/g, '') || '/')
  .toSorted((a, b) => a.split('/').length - b.split('/').length || a.localeCompare(b));

const post =
  (path: string, body: object) =>
  async ({ enterprise: { admin } }: House): Promise<string> =>
    (await admin.post(path, body)).id;

const planCampaign = post('/v1/campaigns', {
  name: '二〇二六年秋季华东地区远洋航运与港口物流数字化转型高峰论坛暨新产品发布会',
  kind: 'CAMPAIGN_KIND_EVENT',
  budget: { amount: '250000', currency: 'CNY' },
  costLines: [{ name: '场地', planned: { amount: '80000', currency: 'CNY' } }],
  stages: [{ name: '筹备' }, { name: '邀约' }],
});

/** Hangs on a customer, and shows the lines of what is sold. */
const draftContract = async ({ enterprise: { admin } }: House): Promise<string> => {
  const customer = await admin.post('/v1/customers', { name: '蓝海远洋运输（集团）股份有限公司' });
  const product = await admin.post('/v1/products', { name: '潜水泵', listPrice: { amount: '12800', currency: 'CNY' } });
  const contract = {
    name: '二〇二六年度深井潜水泵及变频控制柜供货与安装服务合同',
    customerId: customer.id,
    lines: [{ productId: product.id, quantity: '12.5', discountPercent: '3.5' }],
    signDate: '2026-03-01',
  };
  return (await admin.post('/v1/contracts', contract)).id;
};

/** Waits for an answer, and has got one. */
const raiseTicket = async ({ enterprise: { admin } }: House): Promise<string> => {
  const customer = await admin.post('/v1/customers', { name: '远东国际船舶管理与港口机械维修服务（上海）有限公司' });
  const name = '三号码头岸桥变频控制柜频繁报警，远程监测模块断线，夜班无法卸货，请尽快派工程师到现场处理';
  const { id } = await admin.post('/v1/tickets', { name, customerId: customer.id, priority: 'TICKET_PRIORITY_URGENT' });
  const say = (kind: string, body: string) =>
    admin.post('/v1/ticket-messages', { ticketId: id, kind: `TICKET_MESSAGE_KIND_${kind}`, body });
  await say('ANSWER', '您好，工程师今晚八点到达码头。请先保持控制柜断电。');
  await say('NOTE', '备件仓库只剩一块主板。');
  return id;
};

/** The company's year, and what its people are to bring in of it. */
const setTargets = async ({ enterprise: { admin, rootId } }: House): Promise<string> => {
  const year = new Date().getUTCFullYear();
  const months = (subject: object, amount: string) =>
    Array.from({ length: 12 }, (_, index) => ({
      ...subject,
      month: `${year}-${String(index + 1).padStart(2, '0')}-01`,
      amount,
    }));
  const { employees } = await admin.get('/v1/employees');
  const { targets } = await admin.post('/v1/targets:set', {
    measure: 'TARGET_MEASURE_CONTRACT_AMOUNT',
    months: [...months({ departmentId: rootId }, '1250000'), ...months({ employeeId: employees[0].id }, '86000.5')],
  });
  return targets[0].id;
};

/** Came in for a contract that holds, of which an instalment is overdue. */
const enterReceipt = async ({ enterprise: { admin } }: House): Promise<string> => {
  const { id: customerId } = await admin.post('/v1/customers', { name: '远山港务（舟山）有限公司' });
  const contractId = await bringAgreed(admin, { name: '岸桥监测系统供货合同', customerId, amount: '360000' });
  const instalments = [
    { name: '预付款', dueDate: '2026-03-15', amount: '120000' },
    { name: '验收款', dueDate: '2026-06-15', amount: '240000' },
  ];
  await admin.post(`/v1/contracts/${contractId}:setPlan`, { instalments });
  const amount = { amount: '150000.5' };
  const receipt = {
    contractId,
    amount,
    method: 'RECEIPT_METHOD_TRANSFER',
    bankRef: '20260316000088231',
    payer: '舟山港集团',
  };
  const { id } = await admin.post('/v1/receipts', receipt);
  await admin.post(`/v1/receipts/${id}:refund`, { amount: '500.5', reason: '运费多收', reallocate: true });
  return id;
};

/** Sees of two kinds of record, one of them in part. */
const letIn = async ({ enterprise: { admin } }: House): Promise<string> => {
  const { partner } = await admin.post('/v1/partners', {
    name: '集团数据中台（华东区数据湖与经营分析驾驶舱）',
    contact: 'data-platform@example.com',
    active: true,
    subscriptions: [
      { noun: 'customer', fields: ['name', 'industry', 'ownerId', 'phones'], filter: 'level:*' },
      { noun: 'contract', fields: ['number', 'name', 'amount', 'state'], filter: '' },
    ],
  });
  return partner.id;
};

/** Records of lists that no chapter before this one fills, so that their pages can be looked at too; names are as long as some. */
const NEW: Record<string, (house: House) => Promise<string>> = {
  '/products': post('/v1/products', {
    name: '不锈钢多级离心式深井潜水泵（含变频控制柜与远程监测模块）',
    sku: 'PUMP-SUBMERSIBLE-316L-220KW',
    unit: '台',
    listPrice: { amount: '128000', currency: 'CNY' },
    cost: { amount: '91000', currency: 'CNY' },
  }),
  '/campaigns': planCampaign,
  '/contracts': draftContract,
  '/tickets': raiseTicket,
  '/work-logs': post('/v1/work-logs:save', {
    date: new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(),
    done: '整理客户资料，准备发布会',
    submit: true,
  }),
  '/schedules': post('/v1/schedules', {
    name: '二〇二六年秋季新产品发布会筹备例会（市场、销售与售后）',
    place: '上海市浦东新区世纪大道 100 号三楼会议室',
    startTime: '2030-03-04T02:00:00Z',
    endTime: '2030-03-04T03:30:00Z',
  }),
  '/receipts': enterReceipt,
  '/targets': setTargets,
  '/settings/partners': letIn,
  '/tasks': post('/v1/tasks', { name: '准备发布会的邀请名单', checklist: [{ text: '老客户' }, { text: '媒体' }] }),
};

/** The form that everybody may fill in. */
const publishForm = async (house: House): Promise<string> => {
  const { admin, rootId } = house.enterprise;
  const form = await admin.post('/v1/lead-forms', {
    name: '官网表单',
    title: '报名参加发布会',
    campaignId: await planCampaign(house),
    departmentId: rootId,
    fields: [
      { field: 'FORM_FIELD_NAME', required: true },
      { field: 'FORM_FIELD_PHONE', required: true },
    ],
  });
  await admin.post(`/v1/lead-forms/${form.id}:setState`, { state: 'LEAD_FORM_STATE_PUBLISHED' });
  return `/f/${form.publicKey}`;
};

/** The form of a queue, and what its page is given. */
const openRequests = async ({ enterprise: { admin, rootId } }: House): Promise<string> => {
  const form = { open: true, title: '联系客户服务', intro: '工作日九点至十八点处理。', tellsDue: true };
  const queue = { name: `网上请求 ${Date.now()}`, departmentId: rootId, active: true, form };
  return (await admin.post('/v1/queues', queue)).publicKey;
};

/** What a stranger sees of what they sent. */
const sendRequest = async (house: House): Promise<string> => {
  const at = `/v1/ticket-forms/${await openRequests(house)}`;
  const stranger = visitor(house.enterprise.base);
  const { ticket } = await stranger.get(at);
  const written = { subject: 'STS-3 HMI E-204', description: '输入验证码后页面空白。', name: '李雷' };
  const { token } = await stranger.post(`${at}:submit`, { ticket, ...written, email: 'li@example.com' });
  return `/follow#${token}`;
};

/** Pages that no list links to. */
const ELSEWHERE: Record<string, (house: House) => Promise<string>> = {
  '/f/[key]': publishForm,
  '/request/[key]': async (house) => `/request/${await openRequests(house)}`,
  '/follow': sendRequest,
};

/** Everything has come: the page has its title and no skeletons. */
export const settle = async (page: Page): Promise<void> => {
  await page.getByRole('heading').first().waitFor();
  await page.waitForLoadState('networkidle');
  await until(
    'the end of loading',
    20_000,
    async () => (await page.locator('main .animate-pulse:visible').count()) === 0,
  );
};

/** What the lists of this run were given, once each: two pages may ask for it at the same time. */
export type Made = Map<string, Promise<string>>;

/** The path of a page: for one of a record, of the first that its list links to. */
export const placeOf = async (house: House, page: Page, route: string, made: Made): Promise<string> => {
  const elsewhere = ELSEWHERE[route];
  if (elsewhere) return elsewhere(house);
  if (!route.includes('[')) return route;
  const [list = '', rest = ''] = route.split('/[id]');
  await page.goto(list);
  await settle(page);
  const paths = await page.locator('a[href]').evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
  const record = paths.find((path) => new RegExp(`^${list}/${ID}$`).test(path));
  if (record) return record + rest;
  const make = NEW[list];
  if (!make) throw new Error(`${list} links to no record: say in test/browser/places.ts how to come to ${route}.`);
  if (!made.has(list)) made.set(list, make(house));
  return `${list}/${await made.get(list)}${rest}`;
};
