import { m } from '#lib/paraglide/messages.js';
import { objectLabel } from '../roles/permission-words.ts';

const WHOLE: Record<string, () => string> = {
  sign_in: m.sign_in,
  sign_in_failed: m.audit_sign_in_failed,
  sign_out: m.sign_out,
  change_password: m.password_change,
  update_profile: m.audit_update_profile,
  create_reset_link: m.audit_create_reset_link,
  redeem_link: m.audit_redeem_link,
  revoke_session: m.audit_revoke_session,
  export: m.action_export,
  export_rows: m.audit_export_rows,
  start_export: m.audit_start_export,
  start_import: m.audit_start_import,
  import_holidays: m.holidays_import,
  start_transfer: m.person_transfer,
  hand_over_records: m.person_transfer,
  download_file: m.audit_download_file,
  reveal: m.action_reveal,
  reveal_field: m.action_reveal,
  end_employment: m.person_leave,
  run_reconciliation: m.audit_run_reconciliation,
  get_mail: m.audit_get_mail,
  resend_mail: m.audit_resend_mail,
  add_attachment: m.attachment_add,
  remove_attachment: m.audit_remove_attachment,
  run_statement: m.audit_run_statement,
  redrive_parked_messages: m.audit_redrive,
  discard_parked_messages: m.audit_discard,
  discard_parked_message: m.audit_discard,
  rotate_partner_secret: m.audit_rotate_partner_secret,
  resend_webhook_events: m.audit_resend_webhook_events,
  send_test_webhook: m.audit_send_test_webhook,
  stop_webhook: m.audit_stop_webhook,
  start_webhook: m.audit_start_webhook,
};

const VERBS: Record<string, () => string> = {
  create: m.action_create,
  update: m.action_update,
  delete: m.action_delete,
  move: m.audit_move,
  close: m.audit_close,
  suspend: m.person_suspend,
  reactivate: m.person_reactivate,
  revoke: m.api_key_revoke,
  set: m.audit_set,
  share: m.action_share,
  assign: m.action_assign,
  convert: m.action_convert,
  import: m.action_import,
  decide: m.approval_decide,
  reassign: m.approval_reassign,
  merge: m.audit_merge,
};

const REFUSALS: Record<string, () => string> = {
  WRONG_CREDENTIALS: m.audit_wrong_credentials,
  SIGN_IN_LOCKED: m.audit_sign_in_locked,
  ACCOUNT_SUSPENDED: m.person_suspended,
  EMPLOYMENT_NOT_BEGUN: m.audit_not_begun,
  LINK_GONE: m.link_invalid,
  PERMISSION_DENIED: m.audit_not_allowed,
  INVALID_FIELDS: m.audit_invalid,
};

/** How it ended, in words; the rarer refusals in the sentence of the service, if it has one, or by their stable name. */
export function auditOutcome(outcome: string, sentences: Record<string, string>): string {
  if (outcome === 'ok') return m.audit_ok();
  return REFUSALS[outcome]?.() ?? m.audit_refused({ reason: sentences[outcome] ?? outcome });
}

/** What was done, in words: `update_employee` → 编辑员工; the name itself when nobody has words for it. */
export function auditAction(action: string): string {
  const whole = WHOLE[action];
  if (whole) return whole();
  const at = action.indexOf('_');
  const verb = VERBS[at < 0 ? action : action.slice(0, at)];
  if (!verb) return action;
  return at < 0 ? verb() : m.permission_words({ action: verb(), object: objectLabel(action.slice(at + 1)) });
}
