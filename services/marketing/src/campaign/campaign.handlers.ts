import { CampaignServiceService } from '@pelagic/proto/crm/marketing/v1/campaign';
import { listRecords } from '@pelagic/capabilities/record/list';
import { changeRecord, deleteRecord, getRecord } from '@pelagic/capabilities/record/records';
import { shareRecord } from '@pelagic/capabilities/record/shares';
import { once } from '@pelagic/chassis/once';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { MarketingService } from '../marketing-service.ts';
import { campaign, campaignMessage, moveCampaign, type CampaignRow, type CampaignState } from './campaign.ts';
import { bringBackCampaign, createCampaign, giveCampaign, updateCampaign } from './write-campaign.ts';

export const campaignHandlers = (service: MarketingService): Handlers<CampaignServiceService> => {
  const { database } = service;
  const answer = async (row: Promise<CampaignRow>) => ({ campaign: campaignMessage(await row) });
  return {
    createCampaign: (request, caller) =>
      (request.validateOnly ? database.rehearse : database.transact)((tx) =>
        once(tx, caller, CampaignServiceService.createCampaign, request, () =>
          answer(createCampaign(service, tx, request.campaign!, caller)),
        ),
      ),
    getCampaign: ({ id }, caller) => answer(getRecord<CampaignRow>(database.sql, campaign, id, caller)),
    listCampaigns: async (request, caller) => {
      const { rows, ...page } = await listRecords<CampaignRow>(database.sql, campaign, request, caller);
      return { campaigns: rows.map(campaignMessage), ...page };
    },
    updateCampaign: ({ id, campaign: message, updateMask }, caller) =>
      answer(database.transact((tx) => updateCampaign(service, tx, id, message!, updateMask ?? [], caller))),
    assignCampaign: ({ id, ownerId, version, reason }, caller) =>
      answer(database.transact((tx) => giveCampaign(service, tx, id, ownerId, caller, { version, reason }))),
    setCampaignState: ({ id, state, version }, caller) =>
      answer(
        database.transact((tx) =>
          changeRecord<CampaignRow>(
            tx,
            campaign,
            id,
            caller,
            { action: 'update', verb: 'state_changed', version },
            (row) => moveCampaign(row, state as CampaignState),
          ),
        ),
      ),
    shareCampaign: ({ id, shares, version }, caller) =>
      answer(
        database.transact((tx) => shareRecord<CampaignRow>(service, tx, campaign, id, caller, { shares, version })),
      ),
    deleteCampaign: async ({ id, version }, caller) => {
      await database.transact((tx) => deleteRecord<CampaignRow>(tx, campaign, id, caller, version));
      return {};
    },
    undeleteCampaign: ({ id, ownerId }, caller) =>
      answer(database.transact((tx) => bringBackCampaign(service, tx, id, ownerId, caller))),
  };
};
