import { contract } from '@pelagic/proto/contract';
import { tailOf } from '../../deploy/local/logs.ts';
import { RECORD_SERVICES, WITHOUT_PAGES } from '../../deploy/local/processes.ts';
import { foundEnterprise, type Employed, type Enterprise } from '../mesh/enterprise.ts';
import { bringAgreed, type Agreed } from '../mesh/agreed.ts';
import type { Person } from '../mesh/person.ts';
import { senderOf, type Sender } from './people.ts';
import { Pool } from './pool.ts';
import { publicForms } from './public-forms.ts';
import { randomOf } from '../random.ts';
import type { Making } from './request.ts';

/** A process that ended by itself: which, how, and the last it said. */
export type Death = { name: string; how: string; said: string };

export type House = { enterprise: Enterprise; senders: Sender[]; making: Making; deaths: Death[] };

type Permissions = { nouns: { noun: string; actions: string[]; fields: string[] }[] };

/** Rates stand in the way of who asks all day. */
const UNLIMITED = {
  SESSION_RATE: '100000000',
  ADDRESS_RATE: '100000000',
  SIGN_IN_RATE: '1000000',
  KEY_RATE: '100000000',
};

const RECORDS = 12;

const serviceOf = (noun: string): string => contract.nouns.get(noun)?.service ?? '';

/** What is done with receipts beside entering them. */
const ON_RECEIPTS = ['allocate', 'refund', 'reverse'];

/** A salesperson who sees the department, not every field, and not every field whole. */
const hireSalesperson = async ({ admin, hire, department }: Enterprise): Promise<Employed> => {
  const { nouns } = (await admin.get('/v1/permissions')) as Permissions;
  const business = nouns.map(({ noun }) => noun).filter((noun) => RECORD_SERVICES.includes(serviceOf(noun)));
  const daily = ['read', 'create', 'set', 'update', 'assign', 'share', 'convert', 'delete', 'export', ...ON_RECEIPTS];
  const permissions = nouns
    .filter(({ noun }) => business.includes(noun))
    .flatMap(({ noun, actions }) =>
      actions.filter((action) => daily.includes(action)).map((action) => `${noun}.${action}`),
    );
  const rule = (noun: string, field: string, access: string) => ({ noun, field, access: `FIELD_ACCESS_${access}` });
  await admin.post('/v1/roles', {
    name: '销售 受限',
    permissions: [...permissions, 'analytics.read'].map((permission) => ({ permission, scope: 'SCOPE_DEPARTMENT' })),
    fields: [
      rule('lead', 'phones', 'MASKED'),
      rule('lead', 'note', 'HIDDEN'),
      rule('lead', 'custom.budget', 'HIDDEN'),
      rule('customer', 'taxId', 'MASKED'),
      rule('customer', 'industry', 'HIDDEN'),
      rule('opportunity', 'amount', 'MASKED'),
      rule('product', 'cost', 'HIDDEN'),
      rule('contact', 'emails', 'READ_ONLY'),
    ],
  });
  const { roles } = await admin.get('/v1/roles');
  const { id } = roles.find(({ name }: { name: string }) => name === '销售 受限');
  return hire('seller', '销售', await department('华东'), { roleIds: [id] });
};

const customFields = async (admin: Person): Promise<void> => {
  const choices = ['gold', 'silver'].map((slug) => ({ slug, label: slug }));
  const define = (service: string, noun: string, slug: string, kind: string, more = {}) =>
    admin.post(`/v1/${service}/custom-fields`, {
      noun,
      slug,
      label: `字段 ${slug}`,
      kind: `CUSTOM_FIELD_KIND_${kind}`,
      ...more,
    });
  for (const noun of ['lead', 'customer', 'contact']) {
    await define('customer', noun, 'budget', 'NUMBER', { indexed: true });
    await define('customer', noun, 'tier', 'CHOICE', { choices });
  }
  await define('sales', 'opportunity', 'tier', 'CHOICE', { choices });
  await define('sales', 'opportunity', 'signed', 'DATE');
};

/** Receipts of a contract with a plan, one of which went back in part; it is the administrator who brings contracts in. */
const receipts = async (person: Person, admin: Person, agreed: Omit<Agreed, 'amount'>): Promise<void> => {
  const contractId = await bringAgreed(admin, { ...agreed, amount: '10000' });
  const instalments = ['2026-06-01', '2026-09-01'].map((dueDate) => ({ dueDate, amount: '5000' }));
  await person.post(`/v1/contracts/${contractId}:setPlan`, { instalments });
  for (let index = 0; index < RECORDS; index += 1) {
    const { id } = await person.post('/v1/receipts', {
      contractId,
      amount: { amount: `${index + 1}00.5` },
      method: 'RECEIPT_METHOD_TRANSFER',
      bankRef: `T-${index}`,
    });
    if (index % 4 === 0)
      await person.post(`/v1/receipts/${id}:refund`, { amount: '50', reason: '退货', reallocate: true });
  }
};

/** Of one person or of the company, a month each. */
const setTargets = (person: Person, admin: Person, ownerId?: string): Promise<unknown> =>
  admin.get('/v1/departments').then(({ departments }) =>
    person.post('/v1/targets:set', {
      measure: 'TARGET_MEASURE_RECEIPTS',
      months: Array.from({ length: 12 }, (_, index) => ({
        ...(ownerId ? { employeeId: ownerId } : { departmentId: departments[0].id }),
        month: `2026-${String(index + 1).padStart(2, '0')}-01`,
        amount: `${index + 1}000.5`,
      })),
    }),
  );

/** Enough that lists have pages, searches have hits and figures are not all 0. */
const business = async (person: Person, of: string, admin: Person, ownerId?: string): Promise<void> => {
  const some = <T>(make: (index: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: RECORDS }, (_, index) => make(index)));
  const phone = (index: number): string => `1390000${of === 'A' ? 1 : 2}${String(index).padStart(3, '0')}`;
  await some((index) =>
    person.post('/v1/leads', {
      name: `线索 ${index}`,
      company: `远达${of}${index}海运有限公司`,
      phones: [phone(index)],
    }),
  );
  const customers = await some((index) =>
    person.post('/v1/customers', { name: `恒通${of}${index}贸易有限公司`, taxId: `91310000${of}${index}` }),
  );
  await some((index) =>
    person.post('/v1/contacts', { name: `李 ${index}`, customerId: customers[index].id, phones: [phone(index)] }),
  );
  const products = await some((index) =>
    person.post('/v1/products', {
      name: `水泵 ${of}${index}`,
      sku: `PUMP-${of}${index}`,
      listPrice: { amount: `${index + 1}00.50`, currency: 'CNY' },
    }),
  );
  await some((index) =>
    person.post('/v1/opportunities', {
      name: `年度采购 ${index}`,
      customerId: customers[index].id,
      ...(index % 2
        ? { amount: { amount: `${index + 1}000.50`, currency: 'CNY' } }
        : { lines: [{ productId: products[index].id, quantity: '10', discountPercent: '5' }] }),
    }),
  );
  await some((index) =>
    person.post('/v1/contracts', {
      name: `供货合同 ${index}`,
      customerId: customers[index].id,
      signDate: '2026-03-01',
      startDate: '2026-03-01',
      ...(index % 2
        ? { amount: { amount: `${index + 1}000.50`, currency: 'CNY' } }
        : { lines: [{ productId: products[index].id, quantity: '10' }], discount: { amount: '0.5', currency: 'CNY' } }),
    }),
  );
  await receipts(person, admin, { name: `框架合同 ${of}`, customerId: customers[0].id, ...(ownerId && { ownerId }) });
  await setTargets(person, admin, ownerId);
  await some((index) => person.post('/v1/campaigns', { name: `秋季推广 ${index}`, kind: 'CAMPAIGN_KIND_EVENT' }));
  await some((index) => person.post('/v1/tasks', { name: `准备报价 ${index}`, checklist: [{ text: '核对价格' }] }));
  const tickets = await some((index) =>
    person.post('/v1/tickets', { name: `打印机故障 ${index}`, requesterEmail: 'li@example.com' }),
  );
  await some((index) =>
    person.post('/v1/ticket-messages', {
      ticketId: tickets[index].id,
      kind: 'TICKET_MESSAGE_KIND_ANSWER',
      body: '请重启设备',
    }),
  );
  await some(async (index) => {
    const fileId = await person.upload('customer', `名片 ${index}.txt`, Buffer.from('李雷'), 'FILE_PURPOSE_ATTACHMENT');
    await person.post('/v1/customer/attachments', { recordNoun: 'customer', recordId: customers[index].id, fileId });
  });
  const tag = await admin.post('/v1/customer/tags', { name: `重点 ${of}`, exclusiveGroup: '级别' });
  await some((index) =>
    person.post('/v1/customer/tags:change', {
      noun: 'customer',
      recordId: customers[index].id,
      addIds: index % 2 ? [tag.id] : [],
    }),
  );
  await some((index) =>
    person.post('/v1/schedules', {
      name: `例会 ${index}`,
      startTime: '2030-03-04T02:00:00Z',
      endTime: '2030-03-04T03:00:00Z',
      reminderMinutes: 15,
    }),
  );
  await some((index) =>
    person.post('/v1/activities', {
      kind: 'ACTIVITY_KIND_CALL',
      subjectNoun: 'customer',
      subjectId: customers[index].id,
      content: '电话沟通',
    }),
  );
};

/** Values that mean something, by the field that holds them: what a cube measures, which permissions there are. */
const wordsOf = async (admin: Person): Promise<Map<string, string[]>> => {
  const { cubes } = await admin.get('/v1/analytics/cubes');
  const { nouns } = (await admin.get('/v1/permissions')) as Permissions;
  const { pipelines } = await admin.get('/v1/pipelines');
  type Name = { name: string };
  const { views } = (await admin.get('/v1/analytics/sql/views')) as { views: (Name & { columns: Name[] })[] };
  const names = (items: Name[]): string[] => items.map(({ name }) => name);
  const measures = cubes.flatMap((cube: { measures: Name[] }) => names(cube.measures));
  const dimensions = cubes.flatMap((cube: { dimensions: Name[] }) => names(cube.dimensions));
  const permissions = nouns.flatMap(({ noun, actions }) => actions.map((action) => `${noun}.${action}`));
  const stages = pipelines.flatMap((pipeline: { stages: (Name & { id: string })[] }) => pipeline.stages);
  return new Map([
    ['cube', names(cubes)],
    ['measures', measures],
    ['measure', measures],
    ['dimensions', dimensions],
    ['dimension', dimensions],
    ['orderBy', [...measures, ...dimensions]],
    ['permissions', permissions],
    ['permission', permissions],
    ['step', [...stages.map(({ id }: { id: string }) => id), 'LEAD_STATE_NEW', 'new']],
    ['stageId', stages.map(({ id }: { id: string }) => id)],
    ['nextStageIds', stages.map(({ id }: { id: string }) => id)],
    ['field', ['phones', 'emails', 'taxId', 'name', 'custom.budget']],
    ['fields', ['name', 'phones', 'number', 'ownerId', 'custom.budget']],
    ['columns', ['name', 'state', 'ownerId', 'custom.tier']],
    ['action', ['update', 'assign', 'delete', 'change']],
    ['format', ['csv', 'xlsx', 'JSON', 'CSVWithNames', 'Native', 'Parquet']],
    ['sqlView', names(views)],
    ['sqlColumn', [...new Set(views.flatMap(({ columns }) => names(columns)))]],
    ['layout', ['table', 'board']],
    ['rate', ['7.1', '0.14', '1']],
    ['region', ['CN', 'US']],
    ['allowedAddresses', ['127.0.0.1', '10.0.0.0/8', '::1']],
    ['values', ['', 'LEAD_STATE_NEW', '华东', 'gold']],
  ]);
};

const furnish = async (enterprise: Enterprise, seed: number): Promise<Omit<House, 'deaths'>> => {
  const { admin, base } = enterprise;
  await customFields(admin);
  await admin.post('/v1/product-categories', { name: '水泵' });
  const seller = await hireSalesperson(enterprise);
  await business(admin, 'A', admin);
  await business(seller, 'B', admin, seller.id);
  const subscriptions = [{ noun: 'lead', fields: ['name', 'phones'], filter: 'source:*' }];
  const historyFrom = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10);
  await admin.post('/v1/partners', { name: '数据平台', active: true, historyFrom, subscriptions });
  // A name that leads nowhere: what is posted waits, and there is something to look at and to send again.
  await admin.post('/v1/partners', {
    name: '仓储',
    active: true,
    webhookUrl: 'https://receiver.invalid/crm',
    subscriptions,
  });
  const { employees } = await admin.get('/v1/employees');
  const { roles } = await admin.get('/v1/roles');
  const spared = [
    ...employees.filter(({ login }: { login: string }) => ['admin', 'seller'].includes(login)),
    ...roles.filter(({ name, builtIn }: { name: string; builtIn: boolean }) => builtIn || name === '销售 受限'),
  ].map(({ id }: { id: string }) => id);
  const words = new Map([...(await wordsOf(admin)), ...(await publicForms(admin))]);
  const making: Making = { random: randomOf(seed), pool: new Pool(spared), words };
  const senders = [senderOf(base, 'administrator', 'admin'), senderOf(base, 'salesperson', 'seller')];
  return { enterprise, senders, making };
};

/** An enterprise that is not empty, with two who send requests: the administrator and a salesperson with limits. */
export const openHouse = async (seed: number): Promise<House> => {
  const deaths: Death[] = [];
  const enterprise = await foundEnterprise({
    only: WITHOUT_PAGES,
    env: { gateway: UNLIMITED },
    report: (event) => {
      if (event.kind === 'died') deaths.push({ name: event.name, how: event.how, said: tailOf(event.log) });
    },
  });
  try {
    return { ...(await furnish(enterprise, seed)), deaths };
  } catch (error) {
    await enterprise.stop();
    throw error;
  }
};
