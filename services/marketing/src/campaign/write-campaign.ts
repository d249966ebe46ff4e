import type { Campaign } from '@pelagic/proto/crm/marketing/v1/campaign';
import { settleSum, type Rates } from '@pelagic/capabilities/money/money';
import { newFields, writablePaths, writeFields } from '@pelagic/capabilities/record/fields';
import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { ownerOf } from '@pelagic/capabilities/record/owner';
import { changeRecord, insertRecord, need } from '@pelagic/capabilities/record/records';
import { restoreOwned } from '@pelagic/capabilities/record/restore';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import { ratesOf, type DirectoryEmployee } from '@pelagic/chassis/directory';
import { invalidField } from '@pelagic/chassis/problem';
import type { MarketingService } from '../marketing-service.ts';
import { campaign, campaignMessage, refuseArchived, tidyCampaign, type CampaignRow } from './campaign.ts';
import { settleLines, settleStages, sumOf } from './costs.ts';

const ratesFor =
  ({ database }: MarketingService): Rates =>
  (currency) =>
    ratesOf(database.aside, currency);

/** Money, stages and lines as they are kept; `before` is what stood. */
const settle = async (
  service: MarketingService,
  row: CampaignRow,
  message: Campaign,
  before: Campaign | undefined,
  paths: ReadonlySet<string>,
): Promise<void> => {
  const rates = ratesFor(service);
  if (paths.has('budget')) row.budget = await settleSum(message.budget, before?.budget, 'campaign.budget', rates);
  if (paths.has('expectedRevenue'))
    row.expected_revenue = await settleSum(
      message.expectedRevenue,
      before?.expectedRevenue,
      'campaign.expectedRevenue',
      rates,
    );
  if (paths.has('stages')) row.stages = settleStages(message.stages);
  if (paths.has('costLines')) {
    const lines = await settleLines(message.costLines, before?.costLines ?? [], rates);
    row.planned_cost = sumOf(lines, 'planned');
    row.actual_cost = sumOf(lines, 'actual');
    row.cost_lines = lines;
  }
  tidyCampaign(row);
};

const SETTLED = ['budget', 'expectedRevenue', 'stages', 'costLines'];
const ALL = new Set(SETTLED);

const settledOwner = (
  { directory }: MarketingService,
  tx: Tx,
  message: Campaign,
  caller: Caller,
): Promise<DirectoryEmployee> => {
  const id = message.ownerId || (caller.kind === 'service' ? '' : caller.id);
  if (!id) throw invalidField('campaign.ownerId', 'REQUIRED', 'A service has to say whose campaign it is.');
  if (id !== caller.id) need(caller, 'campaign.assign');
  return ownerOf(directory, tx, id, 'campaign.ownerId', caller);
};

const give = (row: CampaignRow, owner: DirectoryEmployee): void => {
  row.owner_id = owner.id;
  row.department_id = owner.departmentId;
};

/** Plans a campaign: for the importer and the handler alike. */
export const createCampaign = async (
  service: MarketingService,
  tx: Tx,
  message: Campaign,
  caller: Caller,
): Promise<CampaignRow> => {
  const row = (await newFields(tx, campaign, message as unknown as Message, caller)) as unknown as CampaignRow;
  const owner = await settledOwner(service, tx, message, caller);
  if (message.departmentId && message.departmentId !== owner.departmentId)
    throw invalidField(
      'campaign.departmentId',
      'DEPARTMENT_OF_OWNER',
      'A campaign belongs to the department of its owner.',
    );
  give(row, owner);
  Object.assign(row, { state: 'CAMPAIGN_STATE_PLANNED', planned_cost: null, actual_cost: null });
  await settle(service, row, message, undefined, ALL);
  const number = await service.number('campaign');
  return insertRecord<CampaignRow>(tx, campaign, { ...(row as unknown as Row), number }, caller);
};

/** Writes fields of a campaign under its rules: for bulk edits and the handler alike. */
export const updateCampaign = (
  service: MarketingService,
  tx: Tx,
  id: string,
  message: Campaign,
  mask: string[],
  caller: Caller,
): Promise<CampaignRow> =>
  changeRecord<CampaignRow>(
    tx,
    campaign,
    id,
    caller,
    { action: 'update', verb: 'updated', version: message.version },
    async (row) => {
      refuseArchived(row);
      const before = campaignMessage(row);
      // Parts of money are written as a whole.
      const asked = [...new Set(mask.map((path) => (path.startsWith('custom.') ? path : path.split('.')[0]!)))];
      const paths = new Set(writablePaths(campaign, caller, message as unknown as Message, asked));
      const plain = asked.filter((path) => !SETTLED.includes(path) && ![...SUM_COLUMNS].includes(path));
      // An empty mask would mean everything.
      if (plain.length || !asked.length)
        await writeFields(tx, campaign, row as unknown as Row, message as unknown as Message, caller, plain);
      await settle(service, row, message, before, paths);
    },
  );

/** .proto names of what `settle` writes. */
const SUM_COLUMNS = new Set(['expected_revenue', 'cost_lines']);

export const giveCampaign = async (
  { directory }: MarketingService,
  tx: Tx,
  id: string,
  ownerId: string,
  caller: Caller,
  { version = 0, reason = '', deleted = false } = {},
): Promise<CampaignRow> => {
  const owner = await ownerOf(directory, tx, ownerId, 'ownerId', caller);
  return changeRecord<CampaignRow>(
    tx,
    campaign,
    id,
    caller,
    { action: 'assign', verb: 'assigned', version, reason, deleted },
    (row) => give(row, owner),
  );
};

/** Out of the recycle bin. What is archived stays with whose it was, also when they have left. */
export const bringBackCampaign = (
  { directory }: MarketingService,
  tx: Tx,
  id: string,
  ownerId: string | undefined,
  caller: Caller,
): Promise<CampaignRow> =>
  restoreOwned<CampaignRow>(tx, campaign, id, caller, {
    directory,
    ownerId,
    give,
    open: ({ state }) => state !== 'CAMPAIGN_STATE_ARCHIVED',
  });
