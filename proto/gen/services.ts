// Generated from the contracts by proto/scripts/generate.ts. Do not edit.
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import * as crm_analytics_v1_analytics from './crm/analytics/v1/analytics.ts';
import * as crm_analytics_v1_reconciliation from './crm/analytics/v1/reconciliation.ts';
import * as crm_analytics_v1_sql from './crm/analytics/v1/sql.ts';
import * as crm_capability_v1_attachment from './crm/capability/v1/attachment.ts';
import * as crm_capability_v1_comment from './crm/capability/v1/comment.ts';
import * as crm_capability_v1_custom_field from './crm/capability/v1/custom_field.ts';
import * as crm_capability_v1_file from './crm/capability/v1/file.ts';
import * as crm_capability_v1_job from './crm/capability/v1/job.ts';
import * as crm_capability_v1_ledger from './crm/capability/v1/ledger.ts';
import * as crm_capability_v1_mail from './crm/capability/v1/mail.ts';
import * as crm_capability_v1_parked from './crm/capability/v1/parked.ts';
import * as crm_capability_v1_record from './crm/capability/v1/record.ts';
import * as crm_capability_v1_seed from './crm/capability/v1/seed.ts';
import * as crm_capability_v1_tag from './crm/capability/v1/tag.ts';
import * as crm_capability_v1_view from './crm/capability/v1/view.ts';
import * as crm_customer_v1_activity from './crm/customer/v1/activity.ts';
import * as crm_customer_v1_contact from './crm/customer/v1/contact.ts';
import * as crm_customer_v1_conversion from './crm/customer/v1/conversion.ts';
import * as crm_customer_v1_customer from './crm/customer/v1/customer.ts';
import * as crm_customer_v1_lead from './crm/customer/v1/lead.ts';
import * as crm_customer_v1_timeline from './crm/customer/v1/timeline.ts';
import * as crm_identity_v1_api_key from './crm/identity/v1/api_key.ts';
import * as crm_identity_v1_audit from './crm/identity/v1/audit.ts';
import * as crm_identity_v1_department from './crm/identity/v1/department.ts';
import * as crm_identity_v1_employee from './crm/identity/v1/employee.ts';
import * as crm_identity_v1_enterprise from './crm/identity/v1/enterprise.ts';
import * as crm_identity_v1_partner from './crm/identity/v1/partner.ts';
import * as crm_identity_v1_role from './crm/identity/v1/role.ts';
import * as crm_identity_v1_session from './crm/identity/v1/session.ts';
import * as crm_identity_v1_webhook from './crm/identity/v1/webhook.ts';
import * as crm_identity_v1_working_calendar from './crm/identity/v1/working_calendar.ts';
import * as crm_marketing_v1_campaign from './crm/marketing/v1/campaign.ts';
import * as crm_marketing_v1_lead_form from './crm/marketing/v1/lead_form.ts';
import * as crm_office_v1_approval from './crm/office/v1/approval.ts';
import * as crm_office_v1_calendar from './crm/office/v1/calendar.ts';
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

/** gRPC definition of every service, by its full name. */
export const services: ReadonlyMap<string, ServiceDefinition<UntypedServiceImplementation>> = new Map<string, ServiceDefinition<UntypedServiceImplementation>>([
  ['crm.analytics.v1.AnalyticsService', crm_analytics_v1_analytics.AnalyticsServiceService],
  ['crm.analytics.v1.ReconciliationService', crm_analytics_v1_reconciliation.ReconciliationServiceService],
  ['crm.analytics.v1.SqlService', crm_analytics_v1_sql.SqlServiceService],
  ['crm.capability.v1.AttachmentService', crm_capability_v1_attachment.AttachmentServiceService],
  ['crm.capability.v1.CommentService', crm_capability_v1_comment.CommentServiceService],
  ['crm.capability.v1.CustomFieldService', crm_capability_v1_custom_field.CustomFieldServiceService],
  ['crm.capability.v1.FileService', crm_capability_v1_file.FileServiceService],
  ['crm.capability.v1.JobService', crm_capability_v1_job.JobServiceService],
  ['crm.capability.v1.LedgerService', crm_capability_v1_ledger.LedgerServiceService],
  ['crm.capability.v1.MailService', crm_capability_v1_mail.MailServiceService],
  ['crm.capability.v1.ParkedService', crm_capability_v1_parked.ParkedServiceService],
  ['crm.capability.v1.RecordService', crm_capability_v1_record.RecordServiceService],
  ['crm.capability.v1.SeedService', crm_capability_v1_seed.SeedServiceService],
  ['crm.capability.v1.TagService', crm_capability_v1_tag.TagServiceService],
  ['crm.capability.v1.SavedViewService', crm_capability_v1_view.SavedViewServiceService],
  ['crm.customer.v1.ActivityService', crm_customer_v1_activity.ActivityServiceService],
  ['crm.customer.v1.ContactService', crm_customer_v1_contact.ContactServiceService],
  ['crm.customer.v1.ConversionService', crm_customer_v1_conversion.ConversionServiceService],
  ['crm.customer.v1.CustomerService', crm_customer_v1_customer.CustomerServiceService],
  ['crm.customer.v1.LeadService', crm_customer_v1_lead.LeadServiceService],
  ['crm.customer.v1.TimelineService', crm_customer_v1_timeline.TimelineServiceService],
  ['crm.identity.v1.ApiKeyService', crm_identity_v1_api_key.ApiKeyServiceService],
  ['crm.identity.v1.AuditService', crm_identity_v1_audit.AuditServiceService],
  ['crm.identity.v1.DepartmentService', crm_identity_v1_department.DepartmentServiceService],
  ['crm.identity.v1.EmployeeService', crm_identity_v1_employee.EmployeeServiceService],
  ['crm.identity.v1.EnterpriseService', crm_identity_v1_enterprise.EnterpriseServiceService],
  ['crm.identity.v1.PartnerService', crm_identity_v1_partner.PartnerServiceService],
  ['crm.identity.v1.RoleService', crm_identity_v1_role.RoleServiceService],
  ['crm.identity.v1.SessionService', crm_identity_v1_session.SessionServiceService],
  ['crm.identity.v1.CallerService', crm_identity_v1_session.CallerServiceService],
  ['crm.identity.v1.WebhookService', crm_identity_v1_webhook.WebhookServiceService],
  ['crm.identity.v1.WorkingCalendarService', crm_identity_v1_working_calendar.WorkingCalendarServiceService],
  ['crm.marketing.v1.CampaignService', crm_marketing_v1_campaign.CampaignServiceService],
  ['crm.marketing.v1.LeadFormService', crm_marketing_v1_lead_form.LeadFormServiceService],
  ['crm.marketing.v1.PublicFormService', crm_marketing_v1_lead_form.PublicFormServiceService],
  ['crm.office.v1.ApprovalService', crm_office_v1_approval.ApprovalServiceService],
  ['crm.office.v1.CalendarService', crm_office_v1_calendar.CalendarServiceService],
  ['crm.office.v1.NotificationService', crm_office_v1_notification.NotificationServiceService],
  ['crm.office.v1.ScheduleService', crm_office_v1_schedule.ScheduleServiceService],
  ['crm.office.v1.TaskService', crm_office_v1_task.TaskServiceService],
  ['crm.office.v1.WorkLogService', crm_office_v1_work_log.WorkLogServiceService],
  ['crm.sales.v1.ContractService', crm_sales_v1_contract.ContractServiceService],
  ['crm.sales.v1.OpportunityService', crm_sales_v1_opportunity.OpportunityServiceService],
  ['crm.sales.v1.PipelineService', crm_sales_v1_pipeline.PipelineServiceService],
  ['crm.sales.v1.ProductService', crm_sales_v1_product.ProductServiceService],
  ['crm.sales.v1.ProductCategoryService', crm_sales_v1_product_category.ProductCategoryServiceService],
  ['crm.sales.v1.ReceiptService', crm_sales_v1_receipt.ReceiptServiceService],
  ['crm.sales.v1.TargetService', crm_sales_v1_target.TargetServiceService],
  ['crm.ticket.v1.QueueService', crm_ticket_v1_queue.QueueServiceService],
  ['crm.ticket.v1.TicketService', crm_ticket_v1_ticket.TicketServiceService],
  ['crm.ticket.v1.TicketSubmissionService', crm_ticket_v1_ticket_form.TicketSubmissionServiceService],
  ['crm.ticket.v1.PublicTicketService', crm_ticket_v1_ticket_form.PublicTicketServiceService],
]);
