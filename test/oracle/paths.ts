import { contract, messageType, type Binding, type Field, type Rpc } from '@pelagic/proto/contract';
import { JUDGED } from './reference.ts';

/** The ways in which something of a record can reach somebody. Each has a prober in `probes.ts`. */
export type PathClass =
  | 'list'
  | 'get'
  | 'create'
  | 'change'
  | 'history'
  | 'changes'
  | 'reveal'
  | 'visible'
  | 'export'
  | 'import'
  | 'bulk edit'
  | 'transfer'
  | 'jobs'
  | 'timeline'
  | 'due contacts'
  | 'contact dates'
  | 'promised contacts'
  | 'duplicates'
  | 'conversion'
  | 'drafting'
  | 'balance'
  | 'due instalments'
  | 'targets'
  | 'board'
  | 'stage stays'
  | 'ticket messages'
  | 'comments'
  | 'attachments'
  | 'tags'
  | 'figures'
  | 'figure rows'
  | 'funnel'
  | 'funnel rows'
  | 'figure file'
  | 'statements'
  | 'live'
  | 'files'
  | 'settings'
  | 'internal'
  | 'in person'
  | 'anybody';

/** What shows something of records in a form of its own, by rpc: no shape tells what it shows, so each is named. */
const NAMED: Record<string, PathClass> = {
  'RecordService/ListHistory': 'history',
  'RecordService/ListChanges': 'changes',
  'RecordService/RevealField': 'reveal',
  'RecordService/FilterVisible': 'visible',
  'JobService/InspectImport': 'import',
  'JobService/PreviewImport': 'import',
  'JobService/StartImport': 'import',
  'JobService/StartExport': 'export',
  'JobService/StartBulkEdit': 'bulk edit',
  'JobService/StartTransfer': 'transfer',
  'JobService/GetJob': 'jobs',
  'JobService/ListJobs': 'jobs',
  'JobService/ListJobResults': 'jobs',
  'JobService/CancelJob': 'jobs',
  'FileService/UploadFile': 'files',
  'FileService/DownloadFile': 'files',
  'TimelineService/ListTimeline': 'timeline',
  'ActivityService/ListDueContacts': 'due contacts',
  'ActivityService/GetContactDates': 'contact dates',
  'CalendarService/ListPromisedContacts': 'promised contacts',
  'ConversionService/FindDuplicates': 'duplicates',
  'ConversionService/GetConversion': 'conversion',
  'ConversionService/ConvertLead': 'change',
  'ContractService/DraftContract': 'drafting',
  'ReceiptService/SumReceipts': 'balance',
  'ReceiptService/GetContractBalance': 'balance',
  'ReceiptService/GetCustomerBalance': 'balance',
  'ReceiptService/ListDueInstalments': 'due instalments',
  'TargetService/SetTargets': 'targets',
  'TargetService/SplitTarget': 'targets',
  'OpportunityService/GetBoard': 'board',
  'OpportunityService/ListStageStays': 'stage stays',
  'CommentService/CreateComment': 'comments',
  'CommentService/ListComments': 'comments',
  'CommentService/UpdateComment': 'comments',
  'CommentService/DeleteComment': 'comments',
  'AttachmentService/AddAttachment': 'attachments',
  'AttachmentService/ListAttachments': 'attachments',
  'AttachmentService/RemoveAttachment': 'attachments',
  'TagService/ChangeTags': 'tags',
  'TicketService/AddTicketMessage': 'ticket messages',
  'TicketService/ListTicketMessages': 'ticket messages',
  'ReconciliationService/GetReconciliation': 'settings',
  'ReconciliationService/ListFindings': 'settings',
  'ReconciliationService/RunReconciliation': 'settings',
  'AnalyticsService/ListCubes': 'settings',
  'AnalyticsService/GetFreshness': 'settings',
  'AuditService/ListAuditEntries': 'settings',
  'SessionService/GetSession': 'settings',
  'RoleService/ListPermissions': 'settings',
  'WorkingCalendarService/AddWorkingTime': 'settings',
  'PartnerService/ListPartnerNouns': 'settings',
  'PartnerService/PreviewPartnerEvent': 'settings',
  'WebhookService/ListWebhookEvents': 'settings',
  'WebhookService/ResendWebhookEvents': 'settings',
  'WebhookService/SendTestWebhook': 'settings',
  'WebhookService/StopWebhook': 'settings',
  'WebhookService/StartWebhook': 'settings',
  'AnalyticsService/AskQuestion': 'figures',
  'AnalyticsService/BatchAskQuestions': 'figures',
  'AnalyticsService/ListRows': 'figure rows',
  'AnalyticsService/GetFunnel': 'funnel',
  'AnalyticsService/ListFunnelRows': 'funnel rows',
  'AnalyticsService/ExportRows': 'figure file',
  'SqlService/ListSqlViews': 'statements',
  'SqlService/RunStatement': 'statements',
};

/** Routes of the gateway that are no rpc of their own, by method and path. */
const ROUTES: Record<string, PathClass> = {
  'get /v1/live': 'live',
  'get /v1/analytics/sql': 'statements',
  'post /v1/analytics/sql': 'statements',
  'post /v1/session': 'anybody',
  'delete /v1/session': 'in person',
  'post /v1/{service}/files': 'files',
  'get /v1/{service}/files/{id}': 'files',
};

const fieldsOf = (type: string): Field[] => messageType(type).fields;

/** Nouns of daily business: what people enter or set, and somebody owns. */
export const businessNouns: string[] = [...contract.nouns.values()]
  .filter(
    ({ noun, fields }) =>
      fields.includes('ownerId') &&
      [...contract.rpcs.values()].some(({ access }) => [`${noun}.create`, `${noun}.set`].includes(access.permission)),
  )
  .map(({ noun }) => noun);

/** The noun that stands in an answer, alone or as a list. */
const answered = (rpc: Rpc): { noun: string; repeated: boolean } | undefined => {
  for (const { type, repeated = false, kind } of fieldsOf(rpc.response)) {
    const noun = kind === 'message' && type ? contract.messages.get(type)?.noun : undefined;
    if (noun) return { noun, repeated };
  }
  return undefined;
};

const isBusiness = (noun: string | undefined): boolean => noun !== undefined && businessNouns.includes(noun);

/** The noun that an rpc is about, by what it asks for or answers. */
export const nounOf = (rpc: Rpc): string => answered(rpc)?.noun ?? rpc.access.permission.split('.')[0] ?? '';

const byShape = (rpc: Rpc): PathClass | undefined => {
  const { permission, idempotent } = rpc.access;
  const has = (json: string) => fieldsOf(rpc.request).some((field) => field.json === json);
  const answer = answered(rpc);
  const noun = nounOf(rpc);
  // Of what nobody owns: open to everybody signed in, to who administers it, or to whom a right of its own is given.
  if (!isBusiness(noun)) {
    const byRight = permission.endsWith('.manage') || (contract.nouns.has(noun) && permission.startsWith(`${noun}.`));
    return byRight || (permission === 'signed_in' && answer) ? 'settings' : undefined;
  }
  if (answer?.repeated) return has('filter') && has('orderBy') && has('query') ? 'list' : undefined;
  if (idempotent) return answer && has('id') ? 'get' : undefined;
  if (permission === `${noun}.create`) return 'create';
  return has('id') && (answer || has('version')) ? 'change' : undefined;
};

const BY_PERMISSION: Record<string, PathClass> = { internal: 'internal', public: 'anybody', in_person: 'in person' };

/** The class of an rpc; undefined when nothing here knows what it may show to whom. */
export const classOf = (rpc: Rpc): PathClass | undefined =>
  BY_PERMISSION[rpc.access.permission] ?? NAMED[`${rpc.service.split('.').at(-1)}/${rpc.method}`] ?? byShape(rpc);

const written = ({ method, path }: Binding): string =>
  `${method.toLowerCase()} ${path.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}`;

const rpcByRoute = new Map(
  [...contract.rpcs.values()].flatMap((rpc) => rpc.bindings.map((binding): [string, Rpc] => [written(binding), rpc])),
);

/** The class of a route of the REST interface, as `get /v1/leads`. */
export const classOfRoute = (route: string): PathClass | undefined => {
  const rpc = rpcByRoute.get(route);
  return rpc ? classOf(rpc) : ROUTES[route];
};

/** Undefined nouns have no rule in the reference. */
export const unjudged: string[] = businessNouns.filter((noun) => !JUDGED.includes(noun));

export const rpcsOf = (path: PathClass): Rpc[] => [...contract.rpcs.values()].filter((rpc) => classOf(rpc) === path);

/** Those of the class that are about a noun. */
export const rpcOf = (path: PathClass, noun: string): Rpc | undefined =>
  rpcsOf(path).find((rpc) => nounOf(rpc) === noun);

/** How an rpc is reached by REST. Throws for those that are not. */
export const bindingOf = ({ name, bindings: [binding] }: Rpc): Binding => {
  if (!binding) throw new Error(`${name} cannot be reached by REST.`);
  return binding;
};
