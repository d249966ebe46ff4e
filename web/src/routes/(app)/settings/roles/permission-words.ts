import { m } from '#lib/paraglide/messages.js';
import { nounLabel } from '#lib/nouns.ts';

const NOUNS: Record<string, () => string> = {
  analytics: m.analytics,
  api_key: m.api_keys,
  attachment: m.attachments,
  approval: m.approvals,
  audit_entry: m.audit,
  custom_field: m.fields_custom,
  department: m.departments,
  enterprise: m.enterprise,
  exchange_rate: m.rates,
  file: m.audit_file,
  job: m.jobs,
  lead_form: m.lead_forms,
  mail: m.mailbox,
  parked_message: m.parked,
  partner: m.partners,
  pipeline: m.pipelines,
  product_category: m.product_categories,
  queue: m.queues,
  reconciliation: m.reconciliation,
  role: m.roles,
  saved_view: m.saved_views,
  session: m.sessions,
  tag: m.tags,
  ticket_submission: m.ticket_submissions,
  work_log: m.work_logs,
  working_calendar: m.working_calendars,
};

const ACTIONS: Record<string, () => string> = {
  read: m.action_read,
  create: m.action_create,
  update: m.action_update,
  delete: m.action_delete,
  assign: m.action_assign,
  share: m.action_share,
  set: m.action_set,
  convert: m.action_convert,
  reopen: m.action_reopen,
  void: m.action_void,
  allocate: m.action_allocate,
  refund: m.action_refund,
  reverse: m.action_reverse,
  cancel: m.action_cancel,
  import: m.action_import,
  import_history: m.action_import_history,
  export: m.action_export,
  reveal: m.action_reveal,
  review: m.action_review,
  run: m.action_run,
  write: m.action_write,
  manage: m.action_manage,
};

/** In the order in which they are read; what is not among them comes last. */
const ORDER = Object.keys(ACTIONS);

/** Business first, in the order of the rail; the rest as its names sort. */
const FIRST = [
  'lead',
  'customer',
  'contact',
  'activity',
  'opportunity',
  'contract',
  'receipt',
  'target',
  'product',
  'product_category',
  'campaign',
  'lead_form',
  'task',
  'schedule',
  'work_log',
  'approval',
  'ticket',
  'ticket_submission',
  'queue',
  'analytics',
  'saved_view',
  'employee',
  'department',
  'role',
];

export function inOrder<T extends { noun: string }>(nouns: readonly T[]): T[] {
  const rank = ({ noun }: T) => (FIRST.includes(noun) ? FIRST.indexOf(noun) : FIRST.length);
  return nouns.toSorted((a, b) => rank(a) - rank(b));
}

export const objectLabel = (noun: string): string => NOUNS[noun]?.() ?? nounLabel(noun);
export const actionLabel = (action: string): string => ACTIONS[action]?.() ?? action;

export function byOrder(a: string, b: string): number {
  const rank = (action: string) => (ORDER.includes(action) ? ORDER.indexOf(action) : ORDER.length);
  return rank(a) - rank(b);
}

/** A permission as people say it: 编辑线索. */
export function permissionLabel(permission: string): string {
  const at = permission.lastIndexOf('.');
  return m.permission_words({
    action: actionLabel(permission.slice(at + 1)),
    object: objectLabel(permission.slice(0, at)),
  });
}
