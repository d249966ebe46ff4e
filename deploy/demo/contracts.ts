import { setTimeout as sleep } from 'node:timers/promises';
import { ApprovalBox, ApprovalServiceService, type Approval } from '@pelagic/proto/crm/office/v1/approval';
import { ContractServiceService } from '@pelagic/proto/crm/sales/v1/contract';
import { connect } from '@pelagic/chassis/client';
import { addressOf, runCommands, type Command } from './commands.ts';
import { AMOUNTS, type Span } from './extent.ts';
import type { Organization, Person } from './organization.ts';
import { seeded, type Random } from './random.ts';
import { atWork, moment } from './story.ts';
import type { Brought } from './targets.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const SEED = 700;
const [CONTRACTS, RECEIPTS] = ['crm.sales.v1.ContractService', 'crm.sales.v1.ReceiptService'];
/** Of those that were asked for, how many are refused; of the money that was due, how much came. */
const [REFUSED, PAID, RETURNED] = [0.04, 0.88, 0.03];
const KNOWN_WITHIN_MS = 60_000;

const PRODUCTS = [
  { name: '深井潜水泵 QJ-200', unit: '台', price: 12_800, cost: 8_900, category: '水泵' },
  { name: '不锈钢离心泵 CDLF-32', unit: '台', price: 9_600, cost: 6_400, category: '水泵' },
  { name: '磁力驱动泵 CQ-65', unit: '台', price: 15_200, cost: 10_700, category: '水泵' },
  { name: '变频控制柜 75 kW', unit: '台', price: 26_500, cost: 18_800, category: '控制' },
  { name: '远程监测模块', unit: '套', price: 3_900, cost: 2_100, category: '控制' },
  { name: '压力传感器 0–16 bar', unit: '只', price: 480, cost: 230, category: '控制' },
  { name: '安装与调试', unit: '次', price: 6_000, cost: 3_500, category: '服务' },
  { name: '年度维保', unit: '年', price: 18_000, cost: 9_000, category: '服务' },
];
const NAMES = ['设备供货合同', '年度框架合同', '安装服务合同', '备件供应合同', '维保服务合同'];
const INSTALMENTS = [
  [{ name: '全款', percent: 100, days: 30 }],
  [
    { name: '预付款', percent: 30, days: 7 },
    { name: '到货款', percent: 60, days: 60 },
    { name: '质保金', percent: 10, days: 360 },
  ],
  [
    { name: '预付款', percent: 50, days: 10 },
    { name: '尾款', percent: 50, days: 90 },
  ],
];
const METHODS = ['TRANSFER', 'TRANSFER', 'TRANSFER', 'CHEQUE', 'ONLINE'];

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
const later = (from: Date, ms: number, end: Date): Date => new Date(Math.min(from.getTime() + ms, end.getTime()));

type Known = { person: Person; customerId: string; from: Date };
type Made = { contract: { id: string; amount: { amount: string } } };
type Plan = { person: Person; time: Date; decided: Date; approved: boolean; create: Command };

/** What is sold, in its categories; answers ids. */
const makeProducts = async ({ admin, token, today }: Organization, { begin }: Span): Promise<string[]> => {
  const command = (service: string, rpc: string, request: object): Command => ({
    rpc: `crm.sales.v1.${service}/${rpc}`,
    request,
    actor: admin.id,
    time: begin,
  });
  const categories = [...new Set(PRODUCTS.map(({ category }) => category))];
  const made = await runCommands<{ productCategory: { id: string } }>(
    'sales',
    categories.map((name) => command('ProductCategoryService', 'CreateProductCategory', { productCategory: { name } })),
    token,
    today,
  );
  const cny = (amount: number) => ({ amount: amount.toFixed(2), currency: 'CNY' });
  const products = await runCommands<{ product: { id: string } }>(
    'sales',
    PRODUCTS.map(({ price, cost, category, ...product }) =>
      command('ProductService', 'CreateProduct', {
        product: {
          ...product,
          categoryId: made[categories.indexOf(category)]!.productCategory.id,
          listPrice: cny(price),
          cost: cny(cost),
        },
      }),
    ),
    token,
    today,
  );
  return products.map(({ product }) => product.id);
};

const planContract = (random: Random, { person, customerId, from }: Known, products: string[], span: Span): Plan => {
  const time = moment(random, { begin: from, end: span.end });
  const signed = day(time.getTime());
  const lines = Array.from({ length: random.whole(1, 4) }, () => ({
    productId: random.pick(products),
    quantity: String(random.whole(1, 12)),
    ...(random.chance(0.4) && { discountPercent: String(random.whole(2, 15)) }),
  }));
  const contract = {
    ...{ name: `${new Date(time).getUTCFullYear()} ${random.pick(NAMES)}`, customerId, lines },
    ...{ signDate: signed, startDate: signed, endDate: day(time.getTime() + 365 * DAY) },
    ...{ ourSigner: person.name, customerSigner: '采购负责人' },
  };
  const create = { rpc: `${CONTRACTS}/CreateContract`, request: { contract }, actor: person.id, time };
  const decided = atWork(random, later(time, random.whole(20, 60) * HOUR, span.end), span);
  return { person, time, decided, approved: !random.chance(REFUSED), create };
};

/** The requests for approval that the office has opened, by contract; it hears of them by events. */
const requestsFor = async ({ admin, token, today }: Organization, count: number): Promise<Map<string, Approval>> => {
  const approvals = connect(ApprovalServiceService, addressOf('office'));
  const given = { token: await token(admin.id, today, new Date()) };
  const end = Date.now() + KNOWN_WITHIN_MS;
  for (;;) {
    const found = new Map<string, Approval>();
    let pageToken = '';
    do {
      const asked = { box: ApprovalBox.ALL, pageSize: 200, pageToken, count: false };
      const page = await approvals.listApprovals(asked, given);
      for (const approval of page.approvals) found.set(approval.subjectId, approval);
      pageToken = page.nextPageToken;
    } while (pageToken);
    if (found.size >= count) return found;
    if (Date.now() > end) throw new Error(`Of ${count} approvals the office has opened ${found.size}.`);
    await sleep(300);
  }
};

/** Until sales has heard of every decision. */
const decidedOn = async ({ admin, token, today }: Organization): Promise<void> => {
  const contracts = connect(ContractServiceService, addressOf('sales'));
  const given = { token: await token(admin.id, today, new Date()) };
  const end = Date.now() + KNOWN_WITHIN_MS;
  for (;;) {
    const filter = 'state = CONTRACT_STATE_IN_APPROVAL';
    const asked = { filter, pageSize: 1, pageToken: '', orderBy: '', query: '', deleted: false, count: false };
    if (!(await contracts.listContracts(asked, given)).contracts.length) return;
    if (Date.now() > end) throw new Error('Decisions on contracts did not arrive.');
    await sleep(300);
  }
};

type Instalment = { name: string; dueDate: string; amount: string };

const planOf = (random: Random, { time }: Plan, amount: number): Instalment[] => {
  const parts = random.pick(INSTALMENTS);
  let left = Math.round(amount * 100);
  return parts.map(({ name, percent, days }, index) => {
    const cents = index === parts.length - 1 ? left : Math.round(amount * percent);
    left -= cents;
    return { name, dueDate: day(time.getTime() + days * DAY), amount: (cents / 100).toFixed(2) };
  });
};

/** What came of an instalment, some days before or after it was due; in two parts now and then. */
const receiptsOf = (random: Random, id: string, { person }: Plan, instalment: Instalment, end: Date): Command[] => {
  const received = new Date(Date.parse(`${instalment.dueDate}T02:00:00Z`) + random.whole(-6, 20) * DAY);
  const cents = Math.round(Number(instalment.amount) * 100);
  const first = random.chance(0.15) ? Math.round(cents * 0.6) : cents;
  const parts = [first, cents - first].filter((part) => part > 0);
  if (random.chance(1 - PAID)) parts.pop();
  return parts
    .map((part, index): Command => {
      const time = new Date(received.getTime() + index * 9 * DAY);
      const receipt = {
        ...{ contractId: id, receiveDate: day(time.getTime()), method: `RECEIPT_METHOD_${random.pick(METHODS)}` },
        amount: { amount: (part / 100).toFixed(2), currency: 'CNY' },
        bankRef: `B${String(random.whole(0, 99_999_999)).padStart(8, '0')}`,
      };
      return { rpc: `${RECEIPTS}/CreateReceipt`, request: { receipt }, actor: person.id, time };
    })
    .filter(({ time }) => time < end);
};

type Paid = { receipt: { id: string; amount: { amount: string } } };

/** A few of them went back some days later. */
const refundsOf = (
  random: Random,
  receipts: Paid[],
  payments: Command[],
  { admin }: Organization,
  { end }: Span,
): Command[] =>
  receipts.flatMap(({ receipt: { id, amount } }, index): Command[] => {
    const { time } = payments[index]!;
    const back = later(time, 12 * DAY, end);
    if (!random.chance(RETURNED) || back <= time) return [];
    const request = {
      id,
      amount: amount.amount,
      reason: '客户退货',
      refundDate: day(back.getTime()),
      reallocate: true,
    };
    return [{ rpc: `${RECEIPTS}/RefundReceipt`, request, actor: admin.id, time: back }];
  });

const broughtBy = (
  measure: Brought['measure'],
  personId: string,
  time: Date,
  { amount }: { amount: { amount: string } },
): Brought => ({ measure, personId, date: day(time.getTime()), amount: Number(amount.amount) });

/**
 * Contracts of the two years with product lines: submitted, decided on by whose turn it is, planned, and paid as such
 * things are paid; and what each brought in. Draws chance of its own.
 */
export const makeContracts = async (
  org: Organization,
  customers: Known[],
  span: Span,
): Promise<{ contracts: number; receipts: number; brought: Brought[] }> => {
  const random = seeded(SEED);
  const { token, today, admin } = org;
  const run = <T>(service: string, commands: Command[]) => runCommands<T>(service, commands, token, today);
  const products = await makeProducts(org, span);
  const plans = Array.from({ length: AMOUNTS.contracts }, () =>
    planContract(random, random.pick(customers), products, span),
  ).toSorted((a, b) => a.time.getTime() - b.time.getTime());
  const made = await run<Made>(
    'sales',
    plans.map(({ create }) => create),
  );
  const ids = made.map(({ contract }) => contract.id);
  const on = (index: number, rpc: string, request: object, time: Date): Command => ({
    rpc: `${CONTRACTS}/${rpc}`,
    request: { id: ids[index], ...request },
    actor: plans[index]!.person.id,
    time,
  });
  await run(
    'sales',
    plans.map(({ time }, index) => on(index, 'SubmitContract', {}, later(time, 2 * HOUR, span.end))),
  );
  const requests = await requestsFor(org, plans.length);
  await run(
    'office',
    plans.map(({ decided, approved }, index) => {
      const { id, approverId } = requests.get(ids[index]!)!;
      const reason = approved ? '' : '折扣超过授权，请重新报价。';
      return {
        rpc: 'crm.office.v1.ApprovalService/DecideApproval',
        request: { id, approve: approved, reason },
        actor: approverId || admin.id,
        time: decided,
      };
    }),
  );
  await decidedOn(org);
  const agreed = plans.flatMap((plan, index) => {
    const amount = Number(made[index]!.contract.amount.amount);
    return plan.approved ? [{ plan, index, instalments: planOf(random, plan, amount) }] : [];
  });
  await run(
    'sales',
    agreed.map(({ plan, index, instalments }) => on(index, 'SetReceiptPlan', { instalments }, plan.decided)),
  );
  const payments = agreed
    .flatMap(({ plan, index, instalments }) =>
      instalments.flatMap((instalment) => receiptsOf(random, ids[index]!, plan, instalment, span.end)),
    )
    .toSorted((a, b) => a.time.getTime() - b.time.getTime());
  const receipts = await run<Paid>('sales', payments);
  await run('sales', refundsOf(random, receipts, payments, org, span));
  const brought = [
    ...agreed.map(({ plan: { person, time }, index }) =>
      broughtBy('TARGET_MEASURE_CONTRACT_AMOUNT', person.id, time, made[index]!.contract),
    ),
    ...receipts.map(({ receipt }, index) =>
      broughtBy('TARGET_MEASURE_RECEIPTS', payments[index]!.actor, payments[index]!.time, receipt),
    ),
  ];
  return { contracts: plans.length, receipts: receipts.length, brought };
};
