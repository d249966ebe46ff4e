import { FieldAccess, Scope, type FieldRule, type Permission } from '@pelagic/proto/crm/identity/v1/role';
import { languageOf } from '@pelagic/proto/language';
import { actionOf, businessNouns, catalogue, isScoped, maskableFields, nounOf } from './catalogue.ts';

/** The roles that a new enterprise begins with. The administrator's always has the whole catalogue, of later versions too. */
export const ADMINISTRATOR = 'administrator';

type Texts = { name: string; description: string };

type BuiltIn = { kind: string; zh: Texts; en: Texts; permissions: Permission[]; fields: FieldRule[] };

const give = (permissions: readonly string[], scope: Scope): Permission[] =>
  permissions.map((permission) => ({ permission, scope: isScoped(permission) ? scope : Scope.ALL, deny: false }));

const of = (nouns: string[], actions: string[]): string[] =>
  catalogue.filter((permission) => nouns.includes(nounOf(permission)) && actions.includes(actionOf(permission)));
/** Entered by those who do marketing. */
const MARKETED = ['campaign'];
/** The range, which sales managers keep and everybody in business reads. */
const RANGE = ['product'];
/** What everybody who works here does for themselves. */
const OWN_WORK = ['task', 'schedule'];
/** Worked on by those who do service. */
const SERVED = ['ticket'];
/** What salespeople work with. */
const business = (actions: string[]): string[] =>
  of(
    businessNouns.filter((noun) => ![...MARKETED, ...RANGE, ...SERVED].includes(noun)),
    actions,
  );

/** Their own logs, and those of others as far as the scope reaches. */
const LOGS = ['work_log.write', 'work_log.read'];

const SALES = ['create', 'read', 'update', 'assign', 'share', 'convert', 'allocate'];
const MANAGING = [...SALES, 'delete', 'reopen', 'void', 'refund', 'reverse', 'import', 'export', 'reveal'];

export const everything = (): Permission[] => give(catalogue, Scope.ALL);

export const builtInRoles: readonly BuiltIn[] = [
  {
    kind: ADMINISTRATOR,
    zh: { name: '管理员', description: '拥有全部权限' },
    en: { name: 'Administrator', description: 'May do everything' },
    permissions: [],
    fields: [],
  },
  {
    kind: 'sales_manager',
    zh: { name: '销售经理', description: '本部门及下级部门的全部业务' },
    en: { name: 'Sales manager', description: 'All business of the department and those below it' },
    permissions: [
      ...give(
        [...business(MANAGING), 'target.set', ...of(SERVED, ['create', 'read']), ...LOGS, 'analytics.read'],
        Scope.DEPARTMENT_AND_BELOW,
      ),
      ...give([...of(RANGE, MANAGING), 'product_category.manage', 'campaign.read', 'saved_view.share'], Scope.ALL),
    ],
    fields: [],
  },
  {
    kind: 'salesperson',
    zh: { name: '销售', description: '本人及下属的业务，不能删除、导入和导出' },
    en: {
      name: 'Salesperson',
      description: 'Their own business and that of their reports; no deleting, import or export',
    },
    permissions: [
      ...give([...business(SALES), ...of(SERVED, ['create', 'read']), ...LOGS, 'analytics.read'], Scope.SUBORDINATES),
      // What one has planned oneself, one may drop again.
      ...give(['schedule.delete'], Scope.OWN),
      ...give(['campaign.read', 'product.read'], Scope.ALL),
    ],
    // What a product costs the enterprise is not for who bargains over its price.
    fields: [{ noun: 'product', field: 'cost', access: FieldAccess.HIDDEN }],
  },
  {
    kind: 'marketing_manager',
    zh: { name: '市场经理', description: '全部市场活动和表单，查看由此而来的线索和商机' },
    en: {
      name: 'Marketing manager',
      description: 'All campaigns and forms; reads the leads and deals that come of them',
    },
    permissions: [
      ...give(
        [
          ...of(MARKETED, MANAGING),
          'lead_form.manage',
          'lead.read',
          'opportunity.read',
          'product.read',
          'analytics.read',
        ],
        Scope.ALL,
      ),
      ...give([...of(OWN_WORK, MANAGING), ...LOGS], Scope.DEPARTMENT_AND_BELOW),
    ],
    fields: [],
  },
  {
    kind: 'service_manager',
    zh: { name: '客服经理', description: '全部工单和队列，查看客户与联系人' },
    en: { name: 'Service manager', description: 'All tickets and queues; reads customers and contacts' },
    permissions: give(
      [
        ...of(SERVED, MANAGING),
        ...of(['customer', 'contact'], ['read']),
        'queue.manage',
        'ticket_submission.review',
        'saved_view.share',
        'analytics.read',
      ],
      Scope.ALL,
    ),
    fields: [],
  },
  {
    kind: 'service_agent',
    zh: { name: '客服', description: '本部门及下级部门的工单，查看客户与联系人' },
    en: {
      name: 'Service agent',
      description: 'Tickets of the department and those below it; reads customers and contacts',
    },
    permissions: [
      ...give([...of(SERVED, SALES), 'analytics.read'], Scope.DEPARTMENT_AND_BELOW),
      ...give(of(['customer', 'contact'], ['read']), Scope.ALL),
    ],
    fields: [],
  },
  {
    kind: 'bi_analyst',
    zh: { name: '数据分析师', description: '查看全部业务和报表，电话和邮箱打码' },
    en: { name: 'BI analyst', description: 'Reads all business and figures; phone numbers and mail addresses masked' },
    permissions: give([...of(businessNouns, ['read']), 'analytics.read', 'analytics.query'], Scope.ALL),
    fields: maskableFields.map(({ noun, field }) => ({ noun, field, access: FieldAccess.MASKED })),
  },
  {
    kind: 'read_only',
    zh: { name: '只读', description: '查看全部业务，不能修改' },
    en: { name: 'Read only', description: 'Reads all business and changes nothing' },
    permissions: give(of(businessNouns, ['read']), Scope.ALL),
    fields: [],
  },
];

export const textsIn = (role: BuiltIn, locale: string): Texts => role[languageOf(locale)];
