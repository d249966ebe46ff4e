import type { Probe } from './judge.ts';
import type { PathClass } from './paths.ts';
import { boards, contactDates, drafts, stays } from './probes/deals.ts';
import { attachments } from './probes/attachments.ts';
import { comments } from './probes/comments.ts';
import { conversations } from './probes/tickets.ts';
import { cuts, figureFiles, figureRows, figures, funnels } from './probes/figures.ts';
import { bulkEdits, exportFiles, imports, transfers } from './probes/jobs.ts';
import { dealsByCustomer, filters, gets, lists, orders, searches } from './probes/listing.ts';
import { balances, dueInstalments } from './probes/receipts.ts';
import { streams } from './probes/live.ts';
import { tags } from './probes/tags.ts';
import { settings } from './probes/targets.ts';
import { seamOf } from './probes/seam.ts';
import { changes, conversions, dues, duplicates, histories, reveals, timelines, visibles } from './probes/telling.ts';
import { closedColumns, lookedUp, statements, viewLists } from './probes/statements.ts';
import { promises } from './probes/promises.ts';
import { commands, creating, fieldsWritten, logging } from './probes/writing.ts';

/** Who asks what of each kind of path. A kind without a prober does not compile. */
export const PROBES: Record<PathClass, Probe[]> = {
  list: [seamOf('list'), lists, filters, orders, searches, dealsByCustomer],
  get: [seamOf('get'), gets],
  history: [seamOf('history'), histories],
  changes: [seamOf('changes'), changes],
  reveal: [seamOf('reveal'), reveals],
  visible: [seamOf('visible'), visibles],
  timeline: [seamOf('timeline'), timelines],
  'due contacts': [seamOf('due contacts'), dues],
  'contact dates': [seamOf('contact dates'), contactDates],
  'promised contacts': [seamOf('promised contacts'), promises],
  duplicates: [seamOf('duplicates'), duplicates],
  conversion: [seamOf('conversion'), conversions],
  drafting: [seamOf('drafting'), drafts],
  balance: [seamOf('balance'), balances],
  'due instalments': [seamOf('due instalments'), dueInstalments],
  targets: [seamOf('targets'), settings],
  board: [seamOf('board'), boards],
  'stage stays': [seamOf('stage stays'), stays],
  'ticket messages': [seamOf('ticket messages'), conversations],
  comments: [seamOf('comments'), comments],
  attachments: [seamOf('attachments'), attachments],
  tags: [seamOf('tags'), tags],
  figures: [seamOf('figures'), figures, cuts],
  'figure rows': [seamOf('figure rows'), figureRows],
  funnel: [seamOf('funnel'), funnels],
  'funnel rows': [seamOf('funnel rows')],
  'figure file': [seamOf('figure file'), figureFiles],
  statements: [seamOf('statements'), statements, closedColumns, viewLists, lookedUp],
  live: [streams],
  export: [seamOf('export'), exportFiles],
  jobs: [seamOf('jobs')],
  files: [seamOf('files')],
  import: [seamOf('import'), imports],
  'bulk edit': [seamOf('bulk edit'), bulkEdits],
  transfer: [seamOf('transfer'), transfers],
  create: [seamOf('create'), creating, logging],
  change: [seamOf('change'), commands, fieldsWritten],
  settings: [seamOf('settings')],
  internal: [seamOf('internal')],
  'in person': [seamOf('in person')],
  anybody: [seamOf('anybody')],
};
