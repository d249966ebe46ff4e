// Generated from the contracts by proto/scripts/generate.ts. Do not edit.
import * as crm_capability_v1_attachment from './crm/capability/v1/attachment.ts';
import * as crm_capability_v1_comment from './crm/capability/v1/comment.ts';
import * as crm_capability_v1_custom_field from './crm/capability/v1/custom_field.ts';
import * as crm_capability_v1_tag from './crm/capability/v1/tag.ts';
import * as crm_customer_v1_activity from './crm/customer/v1/activity.ts';
import * as crm_customer_v1_contact from './crm/customer/v1/contact.ts';
import * as crm_customer_v1_customer from './crm/customer/v1/customer.ts';
import * as crm_customer_v1_lead from './crm/customer/v1/lead.ts';
import * as crm_identity_v1_api_key from './crm/identity/v1/api_key.ts';
import * as crm_identity_v1_audit from './crm/identity/v1/audit.ts';
import * as crm_identity_v1_department from './crm/identity/v1/department.ts';
import * as crm_identity_v1_employee from './crm/identity/v1/employee.ts';
import * as crm_identity_v1_enterprise from './crm/identity/v1/enterprise.ts';
import * as crm_identity_v1_partner from './crm/identity/v1/partner.ts';
import * as crm_identity_v1_role from './crm/identity/v1/role.ts';
import * as crm_identity_v1_working_calendar from './crm/identity/v1/working_calendar.ts';
import * as crm_marketing_v1_campaign from './crm/marketing/v1/campaign.ts';
import * as crm_marketing_v1_lead_form from './crm/marketing/v1/lead_form.ts';
import * as crm_office_v1_approval from './crm/office/v1/approval.ts';
import * as crm_office_v1_notification from './crm/office/v1/notification.ts';
import * as crm_office_v1_schedule from './crm/office/v1/schedule.ts';
import * as crm_office_v1_task from './crm/office/v1/task.ts';
import * as crm_office_v1_work_log from './crm/office/v1/work_log.ts';
import * as crm_sales_v1_contract from './crm/sales/v1/contract.ts';
import * as crm_sales_v1_opportunity from './crm/sales/v1/opportunity.ts';
import * as crm_sales_v1_pipeline from './crm/sales/v1/pipeline.ts';
import * as crm_sales_v1_product from './crm/sales/v1/product.ts';
import * as crm_sales_v1_product_category from './crm/sales/v1/product_category.ts';
import * as crm_sales_v1_receipt from './crm/sales/v1/receipt.ts';
import * as crm_sales_v1_target from './crm/sales/v1/target.ts';
import * as crm_ticket_v1_queue from './crm/ticket/v1/queue.ts';
import * as crm_ticket_v1_ticket from './crm/ticket/v1/ticket.ts';
import * as crm_ticket_v1_ticket_form from './crm/ticket/v1/ticket_form.ts';

/** Every event on the bus, by its subject. */
export const events = {
  'crm.customer.attachment.added.v1': { message: crm_capability_v1_attachment.AttachmentAdded, name: 'crm.capability.v1.AttachmentAdded', service: 'customer', noun: 'attachment', summary: "A file was put on a record." },
  'crm.marketing.attachment.added.v1': { message: crm_capability_v1_attachment.AttachmentAdded, name: 'crm.capability.v1.AttachmentAdded', service: 'marketing', noun: 'attachment', summary: "A file was put on a record." },
  'crm.office.attachment.added.v1': { message: crm_capability_v1_attachment.AttachmentAdded, name: 'crm.capability.v1.AttachmentAdded', service: 'office', noun: 'attachment', summary: "A file was put on a record." },
  'crm.sales.attachment.added.v1': { message: crm_capability_v1_attachment.AttachmentAdded, name: 'crm.capability.v1.AttachmentAdded', service: 'sales', noun: 'attachment', summary: "A file was put on a record." },
  'crm.ticket.attachment.added.v1': { message: crm_capability_v1_attachment.AttachmentAdded, name: 'crm.capability.v1.AttachmentAdded', service: 'ticket', noun: 'attachment', summary: "A file was put on a record." },
  'crm.customer.attachment.removed.v1': { message: crm_capability_v1_attachment.AttachmentRemoved, name: 'crm.capability.v1.AttachmentRemoved', service: 'customer', noun: 'attachment', summary: "A file was taken off a record." },
  'crm.marketing.attachment.removed.v1': { message: crm_capability_v1_attachment.AttachmentRemoved, name: 'crm.capability.v1.AttachmentRemoved', service: 'marketing', noun: 'attachment', summary: "A file was taken off a record." },
  'crm.office.attachment.removed.v1': { message: crm_capability_v1_attachment.AttachmentRemoved, name: 'crm.capability.v1.AttachmentRemoved', service: 'office', noun: 'attachment', summary: "A file was taken off a record." },
  'crm.sales.attachment.removed.v1': { message: crm_capability_v1_attachment.AttachmentRemoved, name: 'crm.capability.v1.AttachmentRemoved', service: 'sales', noun: 'attachment', summary: "A file was taken off a record." },
  'crm.ticket.attachment.removed.v1': { message: crm_capability_v1_attachment.AttachmentRemoved, name: 'crm.capability.v1.AttachmentRemoved', service: 'ticket', noun: 'attachment', summary: "A file was taken off a record." },
  'crm.customer.comment.created.v1': { message: crm_capability_v1_comment.CommentCreated, name: 'crm.capability.v1.CommentCreated', service: 'customer', noun: 'comment', summary: "Somebody commented on a record." },
  'crm.marketing.comment.created.v1': { message: crm_capability_v1_comment.CommentCreated, name: 'crm.capability.v1.CommentCreated', service: 'marketing', noun: 'comment', summary: "Somebody commented on a record." },
  'crm.office.comment.created.v1': { message: crm_capability_v1_comment.CommentCreated, name: 'crm.capability.v1.CommentCreated', service: 'office', noun: 'comment', summary: "Somebody commented on a record." },
  'crm.sales.comment.created.v1': { message: crm_capability_v1_comment.CommentCreated, name: 'crm.capability.v1.CommentCreated', service: 'sales', noun: 'comment', summary: "Somebody commented on a record." },
  'crm.ticket.comment.created.v1': { message: crm_capability_v1_comment.CommentCreated, name: 'crm.capability.v1.CommentCreated', service: 'ticket', noun: 'comment', summary: "Somebody commented on a record." },
  'crm.customer.comment.updated.v1': { message: crm_capability_v1_comment.CommentUpdated, name: 'crm.capability.v1.CommentUpdated', service: 'customer', noun: 'comment', summary: "A comment was written anew." },
  'crm.marketing.comment.updated.v1': { message: crm_capability_v1_comment.CommentUpdated, name: 'crm.capability.v1.CommentUpdated', service: 'marketing', noun: 'comment', summary: "A comment was written anew." },
  'crm.office.comment.updated.v1': { message: crm_capability_v1_comment.CommentUpdated, name: 'crm.capability.v1.CommentUpdated', service: 'office', noun: 'comment', summary: "A comment was written anew." },
  'crm.sales.comment.updated.v1': { message: crm_capability_v1_comment.CommentUpdated, name: 'crm.capability.v1.CommentUpdated', service: 'sales', noun: 'comment', summary: "A comment was written anew." },
  'crm.ticket.comment.updated.v1': { message: crm_capability_v1_comment.CommentUpdated, name: 'crm.capability.v1.CommentUpdated', service: 'ticket', noun: 'comment', summary: "A comment was written anew." },
  'crm.customer.comment.deleted.v1': { message: crm_capability_v1_comment.CommentDeleted, name: 'crm.capability.v1.CommentDeleted', service: 'customer', noun: 'comment', summary: "A comment was taken away." },
  'crm.marketing.comment.deleted.v1': { message: crm_capability_v1_comment.CommentDeleted, name: 'crm.capability.v1.CommentDeleted', service: 'marketing', noun: 'comment', summary: "A comment was taken away." },
  'crm.office.comment.deleted.v1': { message: crm_capability_v1_comment.CommentDeleted, name: 'crm.capability.v1.CommentDeleted', service: 'office', noun: 'comment', summary: "A comment was taken away." },
  'crm.sales.comment.deleted.v1': { message: crm_capability_v1_comment.CommentDeleted, name: 'crm.capability.v1.CommentDeleted', service: 'sales', noun: 'comment', summary: "A comment was taken away." },
  'crm.ticket.comment.deleted.v1': { message: crm_capability_v1_comment.CommentDeleted, name: 'crm.capability.v1.CommentDeleted', service: 'ticket', noun: 'comment', summary: "A comment was taken away." },
  'crm.customer.custom_field.defined.v1': { message: crm_capability_v1_custom_field.CustomFieldDefined, name: 'crm.capability.v1.CustomFieldDefined', service: 'customer', noun: 'custom_field', summary: "A custom field was defined or changed." },
  'crm.marketing.custom_field.defined.v1': { message: crm_capability_v1_custom_field.CustomFieldDefined, name: 'crm.capability.v1.CustomFieldDefined', service: 'marketing', noun: 'custom_field', summary: "A custom field was defined or changed." },
  'crm.office.custom_field.defined.v1': { message: crm_capability_v1_custom_field.CustomFieldDefined, name: 'crm.capability.v1.CustomFieldDefined', service: 'office', noun: 'custom_field', summary: "A custom field was defined or changed." },
  'crm.sales.custom_field.defined.v1': { message: crm_capability_v1_custom_field.CustomFieldDefined, name: 'crm.capability.v1.CustomFieldDefined', service: 'sales', noun: 'custom_field', summary: "A custom field was defined or changed." },
  'crm.ticket.custom_field.defined.v1': { message: crm_capability_v1_custom_field.CustomFieldDefined, name: 'crm.capability.v1.CustomFieldDefined', service: 'ticket', noun: 'custom_field', summary: "A custom field was defined or changed." },
  'crm.customer.tag.created.v1': { message: crm_capability_v1_tag.TagCreated, name: 'crm.capability.v1.TagCreated', service: 'customer', noun: 'tag', summary: "A tag was added to those on offer." },
  'crm.marketing.tag.created.v1': { message: crm_capability_v1_tag.TagCreated, name: 'crm.capability.v1.TagCreated', service: 'marketing', noun: 'tag', summary: "A tag was added to those on offer." },
  'crm.office.tag.created.v1': { message: crm_capability_v1_tag.TagCreated, name: 'crm.capability.v1.TagCreated', service: 'office', noun: 'tag', summary: "A tag was added to those on offer." },
  'crm.sales.tag.created.v1': { message: crm_capability_v1_tag.TagCreated, name: 'crm.capability.v1.TagCreated', service: 'sales', noun: 'tag', summary: "A tag was added to those on offer." },
  'crm.ticket.tag.created.v1': { message: crm_capability_v1_tag.TagCreated, name: 'crm.capability.v1.TagCreated', service: 'ticket', noun: 'tag', summary: "A tag was added to those on offer." },
  'crm.customer.tag.updated.v1': { message: crm_capability_v1_tag.TagUpdated, name: 'crm.capability.v1.TagUpdated', service: 'customer', noun: 'tag', summary: "A tag was renamed, coloured, grouped, retired or brought back." },
  'crm.marketing.tag.updated.v1': { message: crm_capability_v1_tag.TagUpdated, name: 'crm.capability.v1.TagUpdated', service: 'marketing', noun: 'tag', summary: "A tag was renamed, coloured, grouped, retired or brought back." },
  'crm.office.tag.updated.v1': { message: crm_capability_v1_tag.TagUpdated, name: 'crm.capability.v1.TagUpdated', service: 'office', noun: 'tag', summary: "A tag was renamed, coloured, grouped, retired or brought back." },
  'crm.sales.tag.updated.v1': { message: crm_capability_v1_tag.TagUpdated, name: 'crm.capability.v1.TagUpdated', service: 'sales', noun: 'tag', summary: "A tag was renamed, coloured, grouped, retired or brought back." },
  'crm.ticket.tag.updated.v1': { message: crm_capability_v1_tag.TagUpdated, name: 'crm.capability.v1.TagUpdated', service: 'ticket', noun: 'tag', summary: "A tag was renamed, coloured, grouped, retired or brought back." },
  'crm.customer.activity.created.v1': { message: crm_customer_v1_activity.ActivityCreated, name: 'crm.customer.v1.ActivityCreated', service: 'customer', noun: 'activity', summary: "A follow-up was logged." },
  'crm.customer.activity.updated.v1': { message: crm_customer_v1_activity.ActivityUpdated, name: 'crm.customer.v1.ActivityUpdated', service: 'customer', noun: 'activity', summary: "A follow-up was corrected." },
  'crm.customer.activity.deleted.v1': { message: crm_customer_v1_activity.ActivityDeleted, name: 'crm.customer.v1.ActivityDeleted', service: 'customer', noun: 'activity', summary: "A follow-up was taken back." },
  'crm.customer.contact.created.v1': { message: crm_customer_v1_contact.ContactCreated, name: 'crm.customer.v1.ContactCreated', service: 'customer', noun: 'contact', summary: "A contact was entered or imported." },
  'crm.customer.contact.updated.v1': { message: crm_customer_v1_contact.ContactUpdated, name: 'crm.customer.v1.ContactUpdated', service: 'customer', noun: 'contact', summary: "Fields of a contact changed." },
  'crm.customer.contact.deleted.v1': { message: crm_customer_v1_contact.ContactDeleted, name: 'crm.customer.v1.ContactDeleted', service: 'customer', noun: 'contact', summary: "A contact went into the recycle bin." },
  'crm.customer.contact.restored.v1': { message: crm_customer_v1_contact.ContactRestored, name: 'crm.customer.v1.ContactRestored', service: 'customer', noun: 'contact', summary: "A contact came back from the recycle bin." },
  'crm.customer.customer.created.v1': { message: crm_customer_v1_customer.CustomerCreated, name: 'crm.customer.v1.CustomerCreated', service: 'customer', noun: 'customer', summary: "A customer was entered or imported." },
  'crm.customer.customer.updated.v1': { message: crm_customer_v1_customer.CustomerUpdated, name: 'crm.customer.v1.CustomerUpdated', service: 'customer', noun: 'customer', summary: "Fields of a customer changed." },
  'crm.customer.customer.assigned.v1': { message: crm_customer_v1_customer.CustomerAssigned, name: 'crm.customer.v1.CustomerAssigned', service: 'customer', noun: 'customer', summary: "A customer got another owner or department." },
  'crm.customer.customer.shared.v1': { message: crm_customer_v1_customer.CustomerShared, name: 'crm.customer.v1.CustomerShared', service: 'customer', noun: 'customer', summary: "The people a customer is shared with changed." },
  'crm.customer.customer.deleted.v1': { message: crm_customer_v1_customer.CustomerDeleted, name: 'crm.customer.v1.CustomerDeleted', service: 'customer', noun: 'customer', summary: "A customer went into the recycle bin." },
  'crm.customer.customer.restored.v1': { message: crm_customer_v1_customer.CustomerRestored, name: 'crm.customer.v1.CustomerRestored', service: 'customer', noun: 'customer', summary: "A customer came back from the recycle bin." },
  'crm.customer.lead.created.v1': { message: crm_customer_v1_lead.LeadCreated, name: 'crm.customer.v1.LeadCreated', service: 'customer', noun: 'lead', summary: "A lead was entered or imported." },
  'crm.customer.lead.updated.v1': { message: crm_customer_v1_lead.LeadUpdated, name: 'crm.customer.v1.LeadUpdated', service: 'customer', noun: 'lead', summary: "Fields of a lead changed." },
  'crm.customer.lead.assigned.v1': { message: crm_customer_v1_lead.LeadAssigned, name: 'crm.customer.v1.LeadAssigned', service: 'customer', noun: 'lead', summary: "A lead got another owner or department." },
  'crm.customer.lead.state_changed.v1': { message: crm_customer_v1_lead.LeadStateChanged, name: 'crm.customer.v1.LeadStateChanged', service: 'customer', noun: 'lead', summary: "A lead moved to another state." },
  'crm.customer.lead.shared.v1': { message: crm_customer_v1_lead.LeadShared, name: 'crm.customer.v1.LeadShared', service: 'customer', noun: 'lead', summary: "The people a lead is shared with changed." },
  'crm.customer.lead.converted.v1': { message: crm_customer_v1_lead.LeadConverted, name: 'crm.customer.v1.LeadConverted', service: 'customer', noun: 'lead', summary: "A lead became a customer, a contact and perhaps an opportunity." },
  'crm.customer.lead.deleted.v1': { message: crm_customer_v1_lead.LeadDeleted, name: 'crm.customer.v1.LeadDeleted', service: 'customer', noun: 'lead', summary: "A lead went into the recycle bin." },
  'crm.customer.lead.restored.v1': { message: crm_customer_v1_lead.LeadRestored, name: 'crm.customer.v1.LeadRestored', service: 'customer', noun: 'lead', summary: "A lead came back from the recycle bin." },
  'crm.identity.api_key.created.v1': { message: crm_identity_v1_api_key.ApiKeyCreated, name: 'crm.identity.v1.ApiKeyCreated', service: 'identity', noun: 'api_key', summary: "A key for a system was made." },
  'crm.identity.api_key.revoked.v1': { message: crm_identity_v1_api_key.ApiKeyRevoked, name: 'crm.identity.v1.ApiKeyRevoked', service: 'identity', noun: 'api_key', summary: "A key was revoked." },
  'crm.identity.audit_entry.recorded.v1': { message: crm_identity_v1_audit.AuditRecorded, name: 'crm.identity.v1.AuditRecorded', service: 'identity', noun: 'audit_entry', summary: "A security event was written down." },
  'crm.identity.department.created.v1': { message: crm_identity_v1_department.DepartmentCreated, name: 'crm.identity.v1.DepartmentCreated', service: 'identity', noun: 'department', summary: "A department was opened." },
  'crm.identity.department.updated.v1': { message: crm_identity_v1_department.DepartmentUpdated, name: 'crm.identity.v1.DepartmentUpdated', service: 'identity', noun: 'department', summary: "Fields of a department changed." },
  'crm.identity.department.moved.v1': { message: crm_identity_v1_department.DepartmentMoved, name: 'crm.identity.v1.DepartmentMoved', service: 'identity', noun: 'department', summary: "A department got another parent from a day on; told when it is decided and, if that day was to come, again on the day." },
  'crm.identity.department.closed.v1': { message: crm_identity_v1_department.DepartmentClosed, name: 'crm.identity.v1.DepartmentClosed', service: 'identity', noun: 'department', summary: "A department was closed from a day on." },
  'crm.identity.employee.created.v1': { message: crm_identity_v1_employee.EmployeeCreated, name: 'crm.identity.v1.EmployeeCreated', service: 'identity', noun: 'employee', summary: "Somebody joined." },
  'crm.identity.employee.updated.v1': { message: crm_identity_v1_employee.EmployeeUpdated, name: 'crm.identity.v1.EmployeeUpdated', service: 'identity', noun: 'employee', summary: "Data of an employee changed." },
  'crm.identity.employee.moved.v1': { message: crm_identity_v1_employee.EmployeeMoved, name: 'crm.identity.v1.EmployeeMoved', service: 'identity', noun: 'employee', summary: "An employee changes department or manager from a day on; told when it is decided and, if that day was to come, again on the day." },
  'crm.identity.employee.suspended.v1': { message: crm_identity_v1_employee.EmployeeSuspended, name: 'crm.identity.v1.EmployeeSuspended', service: 'identity', noun: 'employee', summary: "An employee was suspended." },
  'crm.identity.employee.activated.v1': { message: crm_identity_v1_employee.EmployeeActivated, name: 'crm.identity.v1.EmployeeActivated', service: 'identity', noun: 'employee', summary: "An invited employee set a password." },
  'crm.identity.employee.left.v1': { message: crm_identity_v1_employee.EmployeeLeft, name: 'crm.identity.v1.EmployeeLeft', service: 'identity', noun: 'employee', summary: "An employee left the enterprise." },
  'crm.identity.employee.reactivated.v1': { message: crm_identity_v1_employee.EmployeeReactivated, name: 'crm.identity.v1.EmployeeReactivated', service: 'identity', noun: 'employee', summary: "An employee came back." },
  'crm.identity.enterprise.updated.v1': { message: crm_identity_v1_enterprise.EnterpriseUpdated, name: 'crm.identity.v1.EnterpriseUpdated', service: 'identity', noun: 'enterprise', summary: "Settings of the enterprise changed." },
  'crm.identity.exchange_rate.set.v1': { message: crm_identity_v1_enterprise.ExchangeRateSet, name: 'crm.identity.v1.ExchangeRateSet', service: 'identity', noun: 'exchange_rate', summary: "A rate of exchange holds from a day on." },
  'crm.identity.partner.created.v1': { message: crm_identity_v1_partner.PartnerCreated, name: 'crm.identity.v1.PartnerCreated', service: 'identity', noun: 'partner', summary: "A system outside was let in." },
  'crm.identity.partner.updated.v1': { message: crm_identity_v1_partner.PartnerUpdated, name: 'crm.identity.v1.PartnerUpdated', service: 'identity', noun: 'partner', summary: "What a partner may know changed, or whether it is let in." },
  'crm.identity.partner.secret_rotated.v1': { message: crm_identity_v1_partner.PartnerSecretRotated, name: 'crm.identity.v1.PartnerSecretRotated', service: 'identity', noun: 'partner', summary: "A partner was given another password." },
  'crm.identity.partner.webhook_stopped.v1': { message: crm_identity_v1_partner.PartnerWebhookStopped, name: 'crm.identity.v1.PartnerWebhookStopped', service: 'identity', noun: 'partner', summary: "Nothing is posted to a partner any more: by hand, at its wish, or because it took nothing." },
  'crm.identity.partner.webhook_started.v1': { message: crm_identity_v1_partner.PartnerWebhookStarted, name: 'crm.identity.v1.PartnerWebhookStarted', service: 'identity', noun: 'partner', summary: "What waited is posted to a partner again." },
  'crm.identity.role.created.v1': { message: crm_identity_v1_role.RoleCreated, name: 'crm.identity.v1.RoleCreated', service: 'identity', noun: 'role', summary: "A role was made." },
  'crm.identity.role.updated.v1': { message: crm_identity_v1_role.RoleUpdated, name: 'crm.identity.v1.RoleUpdated', service: 'identity', noun: 'role', summary: "A role changed." },
  'crm.identity.role.deleted.v1': { message: crm_identity_v1_role.RoleDeleted, name: 'crm.identity.v1.RoleDeleted', service: 'identity', noun: 'role', summary: "A role was taken away." },
  'crm.identity.working_calendar.created.v1': { message: crm_identity_v1_working_calendar.WorkingCalendarCreated, name: 'crm.identity.v1.WorkingCalendarCreated', service: 'identity', noun: 'working_calendar', summary: "A working calendar was made." },
  'crm.identity.working_calendar.updated.v1': { message: crm_identity_v1_working_calendar.WorkingCalendarUpdated, name: 'crm.identity.v1.WorkingCalendarUpdated', service: 'identity', noun: 'working_calendar', summary: "Hours, holidays or another field of a working calendar changed." },
  'crm.marketing.campaign.created.v1': { message: crm_marketing_v1_campaign.CampaignCreated, name: 'crm.marketing.v1.CampaignCreated', service: 'marketing', noun: 'campaign', summary: "A campaign was planned or imported." },
  'crm.marketing.campaign.updated.v1': { message: crm_marketing_v1_campaign.CampaignUpdated, name: 'crm.marketing.v1.CampaignUpdated', service: 'marketing', noun: 'campaign', summary: "Fields, stages or costs of a campaign changed." },
  'crm.marketing.campaign.assigned.v1': { message: crm_marketing_v1_campaign.CampaignAssigned, name: 'crm.marketing.v1.CampaignAssigned', service: 'marketing', noun: 'campaign', summary: "A campaign got another owner or department." },
  'crm.marketing.campaign.state_changed.v1': { message: crm_marketing_v1_campaign.CampaignStateChanged, name: 'crm.marketing.v1.CampaignStateChanged', service: 'marketing', noun: 'campaign', summary: "A campaign began, paused, ended or was archived." },
  'crm.marketing.campaign.shared.v1': { message: crm_marketing_v1_campaign.CampaignShared, name: 'crm.marketing.v1.CampaignShared', service: 'marketing', noun: 'campaign', summary: "The people a campaign is shared with changed." },
  'crm.marketing.campaign.deleted.v1': { message: crm_marketing_v1_campaign.CampaignDeleted, name: 'crm.marketing.v1.CampaignDeleted', service: 'marketing', noun: 'campaign', summary: "A campaign went into the recycle bin." },
  'crm.marketing.campaign.restored.v1': { message: crm_marketing_v1_campaign.CampaignRestored, name: 'crm.marketing.v1.CampaignRestored', service: 'marketing', noun: 'campaign', summary: "A campaign came back from the recycle bin." },
  'crm.marketing.lead_form.created.v1': { message: crm_marketing_v1_lead_form.LeadFormCreated, name: 'crm.marketing.v1.LeadFormCreated', service: 'marketing', noun: 'lead_form', summary: "A lead form was made." },
  'crm.marketing.lead_form.updated.v1': { message: crm_marketing_v1_lead_form.LeadFormUpdated, name: 'crm.marketing.v1.LeadFormUpdated', service: 'marketing', noun: 'lead_form', summary: "A lead form changed." },
  'crm.marketing.lead_form.state_changed.v1': { message: crm_marketing_v1_lead_form.LeadFormStateChanged, name: 'crm.marketing.v1.LeadFormStateChanged', service: 'marketing', noun: 'lead_form', summary: "A lead form was published or closed." },
  'crm.marketing.form_submission.received.v1': { message: crm_marketing_v1_lead_form.FormSubmissionReceived, name: 'crm.marketing.v1.FormSubmissionReceived', service: 'marketing', noun: 'form_submission', summary: "A stranger sent a lead form in." },
  'crm.marketing.form_submission.accepted.v1': { message: crm_marketing_v1_lead_form.FormSubmissionAccepted, name: 'crm.marketing.v1.FormSubmissionAccepted', service: 'marketing', noun: 'form_submission', summary: "What a stranger sent in becomes a lead." },
  'crm.marketing.form_submission.held.v1': { message: crm_marketing_v1_lead_form.FormSubmissionHeld, name: 'crm.marketing.v1.FormSubmissionHeld', service: 'marketing', noun: 'form_submission', summary: "What a stranger sent in waits for a person to decide." },
  'crm.marketing.form_submission.refused.v1': { message: crm_marketing_v1_lead_form.FormSubmissionRefused, name: 'crm.marketing.v1.FormSubmissionRefused', service: 'marketing', noun: 'form_submission', summary: "What a stranger sent in becomes no lead." },
  'crm.office.approval.requested.v1': { message: crm_office_v1_approval.ApprovalRequested, name: 'crm.office.v1.ApprovalRequested', service: 'office', noun: 'approval', summary: "Somebody asked for an approval." },
  'crm.office.approval.approved.v1': { message: crm_office_v1_approval.ApprovalApproved, name: 'crm.office.v1.ApprovalApproved', service: 'office', noun: 'approval', summary: "What was asked for was approved." },
  'crm.office.approval.refused.v1': { message: crm_office_v1_approval.ApprovalRefused, name: 'crm.office.v1.ApprovalRefused', service: 'office', noun: 'approval', summary: "What was asked for was refused, with a reason." },
  'crm.office.approval.withdrawn.v1': { message: crm_office_v1_approval.ApprovalWithdrawn, name: 'crm.office.v1.ApprovalWithdrawn', service: 'office', noun: 'approval', summary: "Who asked took the request back." },
  'crm.office.approval.reassigned.v1': { message: crm_office_v1_approval.ApprovalReassigned, name: 'crm.office.v1.ApprovalReassigned', service: 'office', noun: 'approval', summary: "Somebody else is to decide." },
  'crm.office.notification.created.v1': { message: crm_office_v1_notification.NotificationCreated, name: 'crm.office.v1.NotificationCreated', service: 'office', noun: 'notification', summary: "Somebody is told of something." },
  'crm.office.notification.updated.v1': { message: crm_office_v1_notification.NotificationUpdated, name: 'crm.office.v1.NotificationUpdated', service: 'office', noun: 'notification', summary: "More came to what somebody is told of." },
  'crm.office.notification.read.v1': { message: crm_office_v1_notification.NotificationRead, name: 'crm.office.v1.NotificationRead', service: 'office', noun: 'notification', summary: "Who was told has read it." },
  'crm.office.schedule.created.v1': { message: crm_office_v1_schedule.ScheduleCreated, name: 'crm.office.v1.ScheduleCreated', service: 'office', noun: 'schedule', summary: "A schedule was made or imported." },
  'crm.office.schedule.updated.v1': { message: crm_office_v1_schedule.ScheduleUpdated, name: 'crm.office.v1.ScheduleUpdated', service: 'office', noun: 'schedule', summary: "Fields of a schedule changed." },
  'crm.office.schedule.assigned.v1': { message: crm_office_v1_schedule.ScheduleAssigned, name: 'crm.office.v1.ScheduleAssigned', service: 'office', noun: 'schedule', summary: "A schedule was given to somebody else, or its department changed." },
  'crm.office.schedule.deleted.v1': { message: crm_office_v1_schedule.ScheduleDeleted, name: 'crm.office.v1.ScheduleDeleted', service: 'office', noun: 'schedule', summary: "A schedule went into the recycle bin." },
  'crm.office.schedule.restored.v1': { message: crm_office_v1_schedule.ScheduleRestored, name: 'crm.office.v1.ScheduleRestored', service: 'office', noun: 'schedule', summary: "A schedule came back from the recycle bin." },
  'crm.office.task.created.v1': { message: crm_office_v1_task.TaskCreated, name: 'crm.office.v1.TaskCreated', service: 'office', noun: 'task', summary: "A task was made or imported." },
  'crm.office.task.updated.v1': { message: crm_office_v1_task.TaskUpdated, name: 'crm.office.v1.TaskUpdated', service: 'office', noun: 'task', summary: "Fields or the checklist of a task changed." },
  'crm.office.task.assigned.v1': { message: crm_office_v1_task.TaskAssigned, name: 'crm.office.v1.TaskAssigned', service: 'office', noun: 'task', summary: "A task was given to somebody else, or its department changed." },
  'crm.office.task.state_changed.v1': { message: crm_office_v1_task.TaskStateChanged, name: 'crm.office.v1.TaskStateChanged', service: 'office', noun: 'task', summary: "A task was begun, done, closed or opened again." },
  'crm.office.task.deleted.v1': { message: crm_office_v1_task.TaskDeleted, name: 'crm.office.v1.TaskDeleted', service: 'office', noun: 'task', summary: "A task went into the recycle bin." },
  'crm.office.task.restored.v1': { message: crm_office_v1_task.TaskRestored, name: 'crm.office.v1.TaskRestored', service: 'office', noun: 'task', summary: "A task came back from the recycle bin." },
  'crm.office.work_log.created.v1': { message: crm_office_v1_work_log.WorkLogCreated, name: 'crm.office.v1.WorkLogCreated', service: 'office', noun: 'work_log', summary: "Somebody began the log of a day." },
  'crm.office.work_log.updated.v1': { message: crm_office_v1_work_log.WorkLogUpdated, name: 'crm.office.v1.WorkLogUpdated', service: 'office', noun: 'work_log', summary: "A log was written on before it was submitted." },
  'crm.office.work_log.submitted.v1': { message: crm_office_v1_work_log.WorkLogSubmitted, name: 'crm.office.v1.WorkLogSubmitted', service: 'office', noun: 'work_log', summary: "The log of a day was submitted." },
  'crm.office.work_log.commented.v1': { message: crm_office_v1_work_log.WorkLogCommented, name: 'crm.office.v1.WorkLogCommented', service: 'office', noun: 'work_log', summary: "Somebody commented on a log." },
  'crm.sales.contract.created.v1': { message: crm_sales_v1_contract.ContractCreated, name: 'crm.sales.v1.ContractCreated', service: 'sales', noun: 'contract', summary: "A contract was drafted or imported." },
  'crm.sales.contract.updated.v1': { message: crm_sales_v1_contract.ContractUpdated, name: 'crm.sales.v1.ContractUpdated', service: 'sales', noun: 'contract', summary: "Fields or lines of a contract changed." },
  'crm.sales.contract.assigned.v1': { message: crm_sales_v1_contract.ContractAssigned, name: 'crm.sales.v1.ContractAssigned', service: 'sales', noun: 'contract', summary: "A contract got another owner or department." },
  'crm.sales.contract.submitted.v1': { message: crm_sales_v1_contract.ContractSubmitted, name: 'crm.sales.v1.ContractSubmitted', service: 'sales', noun: 'contract', summary: "Somebody asked to have a contract approved." },
  'crm.sales.contract.approved.v1': { message: crm_sales_v1_contract.ContractApproved, name: 'crm.sales.v1.ContractApproved', service: 'sales', noun: 'contract', summary: "A contract was approved and takes effect." },
  'crm.sales.contract.refused.v1': { message: crm_sales_v1_contract.ContractRefused, name: 'crm.sales.v1.ContractRefused', service: 'sales', noun: 'contract', summary: "A contract was refused and is a draft again." },
  'crm.sales.contract.withdrawn.v1': { message: crm_sales_v1_contract.ContractWithdrawn, name: 'crm.sales.v1.ContractWithdrawn', service: 'sales', noun: 'contract', summary: "The request to approve a contract was taken back." },
  'crm.sales.contract.planned.v1': { message: crm_sales_v1_contract.ContractPlanned, name: 'crm.sales.v1.ContractPlanned', service: 'sales', noun: 'contract', summary: "The receipt plan of a contract changed." },
  'crm.sales.contract.fell_due.v1': { message: crm_sales_v1_contract.ContractFellDue, name: 'crm.sales.v1.ContractFellDue', service: 'sales', noun: 'contract', summary: "Instalments of a contract were not paid in full when they were due." },
  'crm.sales.contract.completed.v1': { message: crm_sales_v1_contract.ContractCompleted, name: 'crm.sales.v1.ContractCompleted', service: 'sales', noun: 'contract', summary: "What a contract agreed is done." },
  'crm.sales.contract.voided.v1': { message: crm_sales_v1_contract.ContractVoided, name: 'crm.sales.v1.ContractVoided', service: 'sales', noun: 'contract', summary: "A contract no longer holds." },
  'crm.sales.contract.shared.v1': { message: crm_sales_v1_contract.ContractShared, name: 'crm.sales.v1.ContractShared', service: 'sales', noun: 'contract', summary: "The people a contract is shared with changed." },
  'crm.sales.contract.deleted.v1': { message: crm_sales_v1_contract.ContractDeleted, name: 'crm.sales.v1.ContractDeleted', service: 'sales', noun: 'contract', summary: "A contract went into the recycle bin." },
  'crm.sales.contract.restored.v1': { message: crm_sales_v1_contract.ContractRestored, name: 'crm.sales.v1.ContractRestored', service: 'sales', noun: 'contract', summary: "A contract came back from the recycle bin." },
  'crm.sales.opportunity.created.v1': { message: crm_sales_v1_opportunity.OpportunityCreated, name: 'crm.sales.v1.OpportunityCreated', service: 'sales', noun: 'opportunity', summary: "An opportunity was entered or imported." },
  'crm.sales.opportunity.updated.v1': { message: crm_sales_v1_opportunity.OpportunityUpdated, name: 'crm.sales.v1.OpportunityUpdated', service: 'sales', noun: 'opportunity', summary: "Fields of an opportunity changed." },
  'crm.sales.opportunity.assigned.v1': { message: crm_sales_v1_opportunity.OpportunityAssigned, name: 'crm.sales.v1.OpportunityAssigned', service: 'sales', noun: 'opportunity', summary: "An opportunity got another owner or department." },
  'crm.sales.opportunity.shared.v1': { message: crm_sales_v1_opportunity.OpportunityShared, name: 'crm.sales.v1.OpportunityShared', service: 'sales', noun: 'opportunity', summary: "The people an opportunity is shared with changed." },
  'crm.sales.opportunity.moved.v1': { message: crm_sales_v1_opportunity.OpportunityMoved, name: 'crm.sales.v1.OpportunityMoved', service: 'sales', noun: 'opportunity', summary: "An opportunity moved to another stage." },
  'crm.sales.opportunity.won.v1': { message: crm_sales_v1_opportunity.OpportunityWon, name: 'crm.sales.v1.OpportunityWon', service: 'sales', noun: 'opportunity', summary: "An opportunity was won." },
  'crm.sales.opportunity.lost.v1': { message: crm_sales_v1_opportunity.OpportunityLost, name: 'crm.sales.v1.OpportunityLost', service: 'sales', noun: 'opportunity', summary: "An opportunity was lost." },
  'crm.sales.opportunity.invalidated.v1': { message: crm_sales_v1_opportunity.OpportunityInvalidated, name: 'crm.sales.v1.OpportunityInvalidated', service: 'sales', noun: 'opportunity', summary: "An opportunity turned out to be none." },
  'crm.sales.opportunity.reopened.v1': { message: crm_sales_v1_opportunity.OpportunityReopened, name: 'crm.sales.v1.OpportunityReopened', service: 'sales', noun: 'opportunity', summary: "A closed opportunity was opened again." },
  'crm.sales.opportunity.deleted.v1': { message: crm_sales_v1_opportunity.OpportunityDeleted, name: 'crm.sales.v1.OpportunityDeleted', service: 'sales', noun: 'opportunity', summary: "An opportunity went into the recycle bin." },
  'crm.sales.opportunity.restored.v1': { message: crm_sales_v1_opportunity.OpportunityRestored, name: 'crm.sales.v1.OpportunityRestored', service: 'sales', noun: 'opportunity', summary: "An opportunity came back from the recycle bin." },
  'crm.sales.pipeline.created.v1': { message: crm_sales_v1_pipeline.PipelineCreated, name: 'crm.sales.v1.PipelineCreated', service: 'sales', noun: 'pipeline', summary: "A pipeline was defined." },
  'crm.sales.pipeline.updated.v1': { message: crm_sales_v1_pipeline.PipelineUpdated, name: 'crm.sales.v1.PipelineUpdated', service: 'sales', noun: 'pipeline', summary: "A pipeline changed." },
  'crm.sales.product.created.v1': { message: crm_sales_v1_product.ProductCreated, name: 'crm.sales.v1.ProductCreated', service: 'sales', noun: 'product', summary: "A product was entered or imported." },
  'crm.sales.product.updated.v1': { message: crm_sales_v1_product.ProductUpdated, name: 'crm.sales.v1.ProductUpdated', service: 'sales', noun: 'product', summary: "Fields or prices of a product changed." },
  'crm.sales.product.state_changed.v1': { message: crm_sales_v1_product.ProductStateChanged, name: 'crm.sales.v1.ProductStateChanged', service: 'sales', noun: 'product', summary: "A product was retired or taken into the range again." },
  'crm.sales.product.deleted.v1': { message: crm_sales_v1_product.ProductDeleted, name: 'crm.sales.v1.ProductDeleted', service: 'sales', noun: 'product', summary: "A product went into the recycle bin." },
  'crm.sales.product.restored.v1': { message: crm_sales_v1_product.ProductRestored, name: 'crm.sales.v1.ProductRestored', service: 'sales', noun: 'product', summary: "A product came back from the recycle bin." },
  'crm.sales.product_category.created.v1': { message: crm_sales_v1_product_category.ProductCategoryCreated, name: 'crm.sales.v1.ProductCategoryCreated', service: 'sales', noun: 'product_category', summary: "A product category was added." },
  'crm.sales.product_category.updated.v1': { message: crm_sales_v1_product_category.ProductCategoryUpdated, name: 'crm.sales.v1.ProductCategoryUpdated', service: 'sales', noun: 'product_category', summary: "A product category got another name or place." },
  'crm.sales.product_category.deleted.v1': { message: crm_sales_v1_product_category.ProductCategoryDeleted, name: 'crm.sales.v1.ProductCategoryDeleted', service: 'sales', noun: 'product_category', summary: "A product category was taken away." },
  'crm.sales.receipt.created.v1': { message: crm_sales_v1_receipt.ReceiptCreated, name: 'crm.sales.v1.ReceiptCreated', service: 'sales', noun: 'receipt', summary: "Money came in for a contract, or went back: the kind says which." },
  'crm.sales.receipt.updated.v1': { message: crm_sales_v1_receipt.ReceiptUpdated, name: 'crm.sales.v1.ReceiptUpdated', service: 'sales', noun: 'receipt', summary: "How or from whom a receipt came was put right." },
  'crm.sales.receipt.allocated.v1': { message: crm_sales_v1_receipt.ReceiptAllocated, name: 'crm.sales.v1.ReceiptAllocated', service: 'sales', noun: 'receipt', summary: "What a receipt is for changed." },
  'crm.sales.receipt.refunded.v1': { message: crm_sales_v1_receipt.ReceiptRefunded, name: 'crm.sales.v1.ReceiptRefunded', service: 'sales', noun: 'receipt', summary: "Some of a receipt went back." },
  'crm.sales.receipt.reversed.v1': { message: crm_sales_v1_receipt.ReceiptReversed, name: 'crm.sales.v1.ReceiptReversed', service: 'sales', noun: 'receipt', summary: "All that was left of a receipt was taken back." },
  'crm.sales.target.set.v1': { message: crm_sales_v1_target.TargetSet, name: 'crm.sales.v1.TargetSet', service: 'sales', noun: 'target', summary: "A target was set, for the first time or to another amount." },
  'crm.sales.target.cleared.v1': { message: crm_sales_v1_target.TargetCleared, name: 'crm.sales.v1.TargetCleared', service: 'sales', noun: 'target', summary: "There is no target for this month any more." },
  'crm.sales.target.moved.v1': { message: crm_sales_v1_target.TargetMoved, name: 'crm.sales.v1.TargetMoved', service: 'sales', noun: 'target', summary: "A target went to another department with its person." },
  'crm.ticket.queue.created.v1': { message: crm_ticket_v1_queue.QueueCreated, name: 'crm.ticket.v1.QueueCreated', service: 'ticket', noun: 'queue', summary: "A queue was made." },
  'crm.ticket.queue.updated.v1': { message: crm_ticket_v1_queue.QueueUpdated, name: 'crm.ticket.v1.QueueUpdated', service: 'ticket', noun: 'queue', summary: "A queue changed." },
  'crm.ticket.ticket.created.v1': { message: crm_ticket_v1_ticket.TicketCreated, name: 'crm.ticket.v1.TicketCreated', service: 'ticket', noun: 'ticket', summary: "A ticket was raised or imported." },
  'crm.ticket.ticket.updated.v1': { message: crm_ticket_v1_ticket.TicketUpdated, name: 'crm.ticket.v1.TicketUpdated', service: 'ticket', noun: 'ticket', summary: "Fields of a ticket changed, or it was answered for the first time." },
  'crm.ticket.ticket.assigned.v1': { message: crm_ticket_v1_ticket.TicketAssigned, name: 'crm.ticket.v1.TicketAssigned', service: 'ticket', noun: 'ticket', summary: "A ticket was taken, given to somebody, or put back into its queue." },
  'crm.ticket.ticket.state_changed.v1': { message: crm_ticket_v1_ticket.TicketStateChanged, name: 'crm.ticket.v1.TicketStateChanged', service: 'ticket', noun: 'ticket', summary: "A ticket was opened, waits for somebody, was closed or cancelled." },
  'crm.ticket.ticket.solved.v1': { message: crm_ticket_v1_ticket.TicketSolved, name: 'crm.ticket.v1.TicketSolved', service: 'ticket', noun: 'ticket', summary: "A ticket was solved." },
  'crm.ticket.ticket.reopened.v1': { message: crm_ticket_v1_ticket.TicketReopened, name: 'crm.ticket.v1.TicketReopened', service: 'ticket', noun: 'ticket', summary: "A ticket that was over was opened again." },
  'crm.ticket.ticket.fell_due.v1': { message: crm_ticket_v1_ticket.TicketFellDue, name: 'crm.ticket.v1.TicketFellDue', service: 'ticket', noun: 'ticket', summary: "A ticket was not solved when it was due." },
  'crm.ticket.ticket.shared.v1': { message: crm_ticket_v1_ticket.TicketShared, name: 'crm.ticket.v1.TicketShared', service: 'ticket', noun: 'ticket', summary: "The people a ticket is shared with changed." },
  'crm.ticket.ticket.deleted.v1': { message: crm_ticket_v1_ticket.TicketDeleted, name: 'crm.ticket.v1.TicketDeleted', service: 'ticket', noun: 'ticket', summary: "A ticket went into the recycle bin." },
  'crm.ticket.ticket.restored.v1': { message: crm_ticket_v1_ticket.TicketRestored, name: 'crm.ticket.v1.TicketRestored', service: 'ticket', noun: 'ticket', summary: "A ticket came back from the recycle bin." },
  'crm.ticket.ticket_message.added.v1': { message: crm_ticket_v1_ticket.TicketMessageAdded, name: 'crm.ticket.v1.TicketMessageAdded', service: 'ticket', noun: 'ticket_message', summary: "A customer was answered or wrote, or something was noted on a ticket." },
  'crm.ticket.ticket_submission.received.v1': { message: crm_ticket_v1_ticket_form.TicketSubmissionReceived, name: 'crm.ticket.v1.TicketSubmissionReceived', service: 'ticket', noun: 'ticket_submission', summary: "A stranger sent a ticket form in." },
  'crm.ticket.ticket_submission.accepted.v1': { message: crm_ticket_v1_ticket_form.TicketSubmissionAccepted, name: 'crm.ticket.v1.TicketSubmissionAccepted', service: 'ticket', noun: 'ticket_submission', summary: "What a stranger sent in became a ticket." },
  'crm.ticket.ticket_submission.held.v1': { message: crm_ticket_v1_ticket_form.TicketSubmissionHeld, name: 'crm.ticket.v1.TicketSubmissionHeld', service: 'ticket', noun: 'ticket_submission', summary: "What a stranger sent in waits for a person to decide." },
  'crm.ticket.ticket_submission.refused.v1': { message: crm_ticket_v1_ticket_form.TicketSubmissionRefused, name: 'crm.ticket.v1.TicketSubmissionRefused', service: 'ticket', noun: 'ticket_submission', summary: "What a stranger sent in becomes no ticket." },
} as const;

export type EventSubject = keyof typeof events;

interface EventDataOf {
  'crm.customer.attachment.added.v1': crm_capability_v1_attachment.AttachmentAdded;
  'crm.marketing.attachment.added.v1': crm_capability_v1_attachment.AttachmentAdded;
  'crm.office.attachment.added.v1': crm_capability_v1_attachment.AttachmentAdded;
  'crm.sales.attachment.added.v1': crm_capability_v1_attachment.AttachmentAdded;
  'crm.ticket.attachment.added.v1': crm_capability_v1_attachment.AttachmentAdded;
  'crm.customer.attachment.removed.v1': crm_capability_v1_attachment.AttachmentRemoved;
  'crm.marketing.attachment.removed.v1': crm_capability_v1_attachment.AttachmentRemoved;
  'crm.office.attachment.removed.v1': crm_capability_v1_attachment.AttachmentRemoved;
  'crm.sales.attachment.removed.v1': crm_capability_v1_attachment.AttachmentRemoved;
  'crm.ticket.attachment.removed.v1': crm_capability_v1_attachment.AttachmentRemoved;
  'crm.customer.comment.created.v1': crm_capability_v1_comment.CommentCreated;
  'crm.marketing.comment.created.v1': crm_capability_v1_comment.CommentCreated;
  'crm.office.comment.created.v1': crm_capability_v1_comment.CommentCreated;
  'crm.sales.comment.created.v1': crm_capability_v1_comment.CommentCreated;
  'crm.ticket.comment.created.v1': crm_capability_v1_comment.CommentCreated;
  'crm.customer.comment.updated.v1': crm_capability_v1_comment.CommentUpdated;
  'crm.marketing.comment.updated.v1': crm_capability_v1_comment.CommentUpdated;
  'crm.office.comment.updated.v1': crm_capability_v1_comment.CommentUpdated;
  'crm.sales.comment.updated.v1': crm_capability_v1_comment.CommentUpdated;
  'crm.ticket.comment.updated.v1': crm_capability_v1_comment.CommentUpdated;
  'crm.customer.comment.deleted.v1': crm_capability_v1_comment.CommentDeleted;
  'crm.marketing.comment.deleted.v1': crm_capability_v1_comment.CommentDeleted;
  'crm.office.comment.deleted.v1': crm_capability_v1_comment.CommentDeleted;
  'crm.sales.comment.deleted.v1': crm_capability_v1_comment.CommentDeleted;
  'crm.ticket.comment.deleted.v1': crm_capability_v1_comment.CommentDeleted;
  'crm.customer.custom_field.defined.v1': crm_capability_v1_custom_field.CustomFieldDefined;
  'crm.marketing.custom_field.defined.v1': crm_capability_v1_custom_field.CustomFieldDefined;
  'crm.office.custom_field.defined.v1': crm_capability_v1_custom_field.CustomFieldDefined;
  'crm.sales.custom_field.defined.v1': crm_capability_v1_custom_field.CustomFieldDefined;
  'crm.ticket.custom_field.defined.v1': crm_capability_v1_custom_field.CustomFieldDefined;
  'crm.customer.tag.created.v1': crm_capability_v1_tag.TagCreated;
  'crm.marketing.tag.created.v1': crm_capability_v1_tag.TagCreated;
  'crm.office.tag.created.v1': crm_capability_v1_tag.TagCreated;
  'crm.sales.tag.created.v1': crm_capability_v1_tag.TagCreated;
  'crm.ticket.tag.created.v1': crm_capability_v1_tag.TagCreated;
  'crm.customer.tag.updated.v1': crm_capability_v1_tag.TagUpdated;
  'crm.marketing.tag.updated.v1': crm_capability_v1_tag.TagUpdated;
  'crm.office.tag.updated.v1': crm_capability_v1_tag.TagUpdated;
  'crm.sales.tag.updated.v1': crm_capability_v1_tag.TagUpdated;
  'crm.ticket.tag.updated.v1': crm_capability_v1_tag.TagUpdated;
  'crm.customer.activity.created.v1': crm_customer_v1_activity.ActivityCreated;
  'crm.customer.activity.updated.v1': crm_customer_v1_activity.ActivityUpdated;
  'crm.customer.activity.deleted.v1': crm_customer_v1_activity.ActivityDeleted;
  'crm.customer.contact.created.v1': crm_customer_v1_contact.ContactCreated;
  'crm.customer.contact.updated.v1': crm_customer_v1_contact.ContactUpdated;
  'crm.customer.contact.deleted.v1': crm_customer_v1_contact.ContactDeleted;
  'crm.customer.contact.restored.v1': crm_customer_v1_contact.ContactRestored;
  'crm.customer.customer.created.v1': crm_customer_v1_customer.CustomerCreated;
  'crm.customer.customer.updated.v1': crm_customer_v1_customer.CustomerUpdated;
  'crm.customer.customer.assigned.v1': crm_customer_v1_customer.CustomerAssigned;
  'crm.customer.customer.shared.v1': crm_customer_v1_customer.CustomerShared;
  'crm.customer.customer.deleted.v1': crm_customer_v1_customer.CustomerDeleted;
  'crm.customer.customer.restored.v1': crm_customer_v1_customer.CustomerRestored;
  'crm.customer.lead.created.v1': crm_customer_v1_lead.LeadCreated;
  'crm.customer.lead.updated.v1': crm_customer_v1_lead.LeadUpdated;
  'crm.customer.lead.assigned.v1': crm_customer_v1_lead.LeadAssigned;
  'crm.customer.lead.state_changed.v1': crm_customer_v1_lead.LeadStateChanged;
  'crm.customer.lead.shared.v1': crm_customer_v1_lead.LeadShared;
  'crm.customer.lead.converted.v1': crm_customer_v1_lead.LeadConverted;
  'crm.customer.lead.deleted.v1': crm_customer_v1_lead.LeadDeleted;
  'crm.customer.lead.restored.v1': crm_customer_v1_lead.LeadRestored;
  'crm.identity.api_key.created.v1': crm_identity_v1_api_key.ApiKeyCreated;
  'crm.identity.api_key.revoked.v1': crm_identity_v1_api_key.ApiKeyRevoked;
  'crm.identity.audit_entry.recorded.v1': crm_identity_v1_audit.AuditRecorded;
  'crm.identity.department.created.v1': crm_identity_v1_department.DepartmentCreated;
  'crm.identity.department.updated.v1': crm_identity_v1_department.DepartmentUpdated;
  'crm.identity.department.moved.v1': crm_identity_v1_department.DepartmentMoved;
  'crm.identity.department.closed.v1': crm_identity_v1_department.DepartmentClosed;
  'crm.identity.employee.created.v1': crm_identity_v1_employee.EmployeeCreated;
  'crm.identity.employee.updated.v1': crm_identity_v1_employee.EmployeeUpdated;
  'crm.identity.employee.moved.v1': crm_identity_v1_employee.EmployeeMoved;
  'crm.identity.employee.suspended.v1': crm_identity_v1_employee.EmployeeSuspended;
  'crm.identity.employee.activated.v1': crm_identity_v1_employee.EmployeeActivated;
  'crm.identity.employee.left.v1': crm_identity_v1_employee.EmployeeLeft;
  'crm.identity.employee.reactivated.v1': crm_identity_v1_employee.EmployeeReactivated;
  'crm.identity.enterprise.updated.v1': crm_identity_v1_enterprise.EnterpriseUpdated;
  'crm.identity.exchange_rate.set.v1': crm_identity_v1_enterprise.ExchangeRateSet;
  'crm.identity.partner.created.v1': crm_identity_v1_partner.PartnerCreated;
  'crm.identity.partner.updated.v1': crm_identity_v1_partner.PartnerUpdated;
  'crm.identity.partner.secret_rotated.v1': crm_identity_v1_partner.PartnerSecretRotated;
  'crm.identity.partner.webhook_stopped.v1': crm_identity_v1_partner.PartnerWebhookStopped;
  'crm.identity.partner.webhook_started.v1': crm_identity_v1_partner.PartnerWebhookStarted;
  'crm.identity.role.created.v1': crm_identity_v1_role.RoleCreated;
  'crm.identity.role.updated.v1': crm_identity_v1_role.RoleUpdated;
  'crm.identity.role.deleted.v1': crm_identity_v1_role.RoleDeleted;
  'crm.identity.working_calendar.created.v1': crm_identity_v1_working_calendar.WorkingCalendarCreated;
  'crm.identity.working_calendar.updated.v1': crm_identity_v1_working_calendar.WorkingCalendarUpdated;
  'crm.marketing.campaign.created.v1': crm_marketing_v1_campaign.CampaignCreated;
  'crm.marketing.campaign.updated.v1': crm_marketing_v1_campaign.CampaignUpdated;
  'crm.marketing.campaign.assigned.v1': crm_marketing_v1_campaign.CampaignAssigned;
  'crm.marketing.campaign.state_changed.v1': crm_marketing_v1_campaign.CampaignStateChanged;
  'crm.marketing.campaign.shared.v1': crm_marketing_v1_campaign.CampaignShared;
  'crm.marketing.campaign.deleted.v1': crm_marketing_v1_campaign.CampaignDeleted;
  'crm.marketing.campaign.restored.v1': crm_marketing_v1_campaign.CampaignRestored;
  'crm.marketing.lead_form.created.v1': crm_marketing_v1_lead_form.LeadFormCreated;
  'crm.marketing.lead_form.updated.v1': crm_marketing_v1_lead_form.LeadFormUpdated;
  'crm.marketing.lead_form.state_changed.v1': crm_marketing_v1_lead_form.LeadFormStateChanged;
  'crm.marketing.form_submission.received.v1': crm_marketing_v1_lead_form.FormSubmissionReceived;
  'crm.marketing.form_submission.accepted.v1': crm_marketing_v1_lead_form.FormSubmissionAccepted;
  'crm.marketing.form_submission.held.v1': crm_marketing_v1_lead_form.FormSubmissionHeld;
  'crm.marketing.form_submission.refused.v1': crm_marketing_v1_lead_form.FormSubmissionRefused;
  'crm.office.approval.requested.v1': crm_office_v1_approval.ApprovalRequested;
  'crm.office.approval.approved.v1': crm_office_v1_approval.ApprovalApproved;
  'crm.office.approval.refused.v1': crm_office_v1_approval.ApprovalRefused;
  'crm.office.approval.withdrawn.v1': crm_office_v1_approval.ApprovalWithdrawn;
  'crm.office.approval.reassigned.v1': crm_office_v1_approval.ApprovalReassigned;
  'crm.office.notification.created.v1': crm_office_v1_notification.NotificationCreated;
  'crm.office.notification.updated.v1': crm_office_v1_notification.NotificationUpdated;
  'crm.office.notification.read.v1': crm_office_v1_notification.NotificationRead;
  'crm.office.schedule.created.v1': crm_office_v1_schedule.ScheduleCreated;
  'crm.office.schedule.updated.v1': crm_office_v1_schedule.ScheduleUpdated;
  'crm.office.schedule.assigned.v1': crm_office_v1_schedule.ScheduleAssigned;
  'crm.office.schedule.deleted.v1': crm_office_v1_schedule.ScheduleDeleted;
  'crm.office.schedule.restored.v1': crm_office_v1_schedule.ScheduleRestored;
  'crm.office.task.created.v1': crm_office_v1_task.TaskCreated;
  'crm.office.task.updated.v1': crm_office_v1_task.TaskUpdated;
  'crm.office.task.assigned.v1': crm_office_v1_task.TaskAssigned;
  'crm.office.task.state_changed.v1': crm_office_v1_task.TaskStateChanged;
  'crm.office.task.deleted.v1': crm_office_v1_task.TaskDeleted;
  'crm.office.task.restored.v1': crm_office_v1_task.TaskRestored;
  'crm.office.work_log.created.v1': crm_office_v1_work_log.WorkLogCreated;
  'crm.office.work_log.updated.v1': crm_office_v1_work_log.WorkLogUpdated;
  'crm.office.work_log.submitted.v1': crm_office_v1_work_log.WorkLogSubmitted;
  'crm.office.work_log.commented.v1': crm_office_v1_work_log.WorkLogCommented;
  'crm.sales.contract.created.v1': crm_sales_v1_contract.ContractCreated;
  'crm.sales.contract.updated.v1': crm_sales_v1_contract.ContractUpdated;
  'crm.sales.contract.assigned.v1': crm_sales_v1_contract.ContractAssigned;
  'crm.sales.contract.submitted.v1': crm_sales_v1_contract.ContractSubmitted;
  'crm.sales.contract.approved.v1': crm_sales_v1_contract.ContractApproved;
  'crm.sales.contract.refused.v1': crm_sales_v1_contract.ContractRefused;
  'crm.sales.contract.withdrawn.v1': crm_sales_v1_contract.ContractWithdrawn;
  'crm.sales.contract.planned.v1': crm_sales_v1_contract.ContractPlanned;
  'crm.sales.contract.fell_due.v1': crm_sales_v1_contract.ContractFellDue;
  'crm.sales.contract.completed.v1': crm_sales_v1_contract.ContractCompleted;
  'crm.sales.contract.voided.v1': crm_sales_v1_contract.ContractVoided;
  'crm.sales.contract.shared.v1': crm_sales_v1_contract.ContractShared;
  'crm.sales.contract.deleted.v1': crm_sales_v1_contract.ContractDeleted;
  'crm.sales.contract.restored.v1': crm_sales_v1_contract.ContractRestored;
  'crm.sales.opportunity.created.v1': crm_sales_v1_opportunity.OpportunityCreated;
  'crm.sales.opportunity.updated.v1': crm_sales_v1_opportunity.OpportunityUpdated;
  'crm.sales.opportunity.assigned.v1': crm_sales_v1_opportunity.OpportunityAssigned;
  'crm.sales.opportunity.shared.v1': crm_sales_v1_opportunity.OpportunityShared;
  'crm.sales.opportunity.moved.v1': crm_sales_v1_opportunity.OpportunityMoved;
  'crm.sales.opportunity.won.v1': crm_sales_v1_opportunity.OpportunityWon;
  'crm.sales.opportunity.lost.v1': crm_sales_v1_opportunity.OpportunityLost;
  'crm.sales.opportunity.invalidated.v1': crm_sales_v1_opportunity.OpportunityInvalidated;
  'crm.sales.opportunity.reopened.v1': crm_sales_v1_opportunity.OpportunityReopened;
  'crm.sales.opportunity.deleted.v1': crm_sales_v1_opportunity.OpportunityDeleted;
  'crm.sales.opportunity.restored.v1': crm_sales_v1_opportunity.OpportunityRestored;
  'crm.sales.pipeline.created.v1': crm_sales_v1_pipeline.PipelineCreated;
  'crm.sales.pipeline.updated.v1': crm_sales_v1_pipeline.PipelineUpdated;
  'crm.sales.product.created.v1': crm_sales_v1_product.ProductCreated;
  'crm.sales.product.updated.v1': crm_sales_v1_product.ProductUpdated;
  'crm.sales.product.state_changed.v1': crm_sales_v1_product.ProductStateChanged;
  'crm.sales.product.deleted.v1': crm_sales_v1_product.ProductDeleted;
  'crm.sales.product.restored.v1': crm_sales_v1_product.ProductRestored;
  'crm.sales.product_category.created.v1': crm_sales_v1_product_category.ProductCategoryCreated;
  'crm.sales.product_category.updated.v1': crm_sales_v1_product_category.ProductCategoryUpdated;
  'crm.sales.product_category.deleted.v1': crm_sales_v1_product_category.ProductCategoryDeleted;
  'crm.sales.receipt.created.v1': crm_sales_v1_receipt.ReceiptCreated;
  'crm.sales.receipt.updated.v1': crm_sales_v1_receipt.ReceiptUpdated;
  'crm.sales.receipt.allocated.v1': crm_sales_v1_receipt.ReceiptAllocated;
  'crm.sales.receipt.refunded.v1': crm_sales_v1_receipt.ReceiptRefunded;
  'crm.sales.receipt.reversed.v1': crm_sales_v1_receipt.ReceiptReversed;
  'crm.sales.target.set.v1': crm_sales_v1_target.TargetSet;
  'crm.sales.target.cleared.v1': crm_sales_v1_target.TargetCleared;
  'crm.sales.target.moved.v1': crm_sales_v1_target.TargetMoved;
  'crm.ticket.queue.created.v1': crm_ticket_v1_queue.QueueCreated;
  'crm.ticket.queue.updated.v1': crm_ticket_v1_queue.QueueUpdated;
  'crm.ticket.ticket.created.v1': crm_ticket_v1_ticket.TicketCreated;
  'crm.ticket.ticket.updated.v1': crm_ticket_v1_ticket.TicketUpdated;
  'crm.ticket.ticket.assigned.v1': crm_ticket_v1_ticket.TicketAssigned;
  'crm.ticket.ticket.state_changed.v1': crm_ticket_v1_ticket.TicketStateChanged;
  'crm.ticket.ticket.solved.v1': crm_ticket_v1_ticket.TicketSolved;
  'crm.ticket.ticket.reopened.v1': crm_ticket_v1_ticket.TicketReopened;
  'crm.ticket.ticket.fell_due.v1': crm_ticket_v1_ticket.TicketFellDue;
  'crm.ticket.ticket.shared.v1': crm_ticket_v1_ticket.TicketShared;
  'crm.ticket.ticket.deleted.v1': crm_ticket_v1_ticket.TicketDeleted;
  'crm.ticket.ticket.restored.v1': crm_ticket_v1_ticket.TicketRestored;
  'crm.ticket.ticket_message.added.v1': crm_ticket_v1_ticket.TicketMessageAdded;
  'crm.ticket.ticket_submission.received.v1': crm_ticket_v1_ticket_form.TicketSubmissionReceived;
  'crm.ticket.ticket_submission.accepted.v1': crm_ticket_v1_ticket_form.TicketSubmissionAccepted;
  'crm.ticket.ticket_submission.held.v1': crm_ticket_v1_ticket_form.TicketSubmissionHeld;
  'crm.ticket.ticket_submission.refused.v1': crm_ticket_v1_ticket_form.TicketSubmissionRefused;
}

/** The message that an event of this subject carries as its data. */
export type EventData<Subject extends EventSubject> = EventDataOf[Subject];
