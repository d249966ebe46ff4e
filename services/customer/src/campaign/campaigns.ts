import type { AskNames } from '@pelagic/capabilities/export/run-export';
import { may, queryable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { connect } from '@pelagic/chassis/client';
import { invalidField } from '@pelagic/chassis/problem';
import { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { CampaignServiceService } from '@pelagic/proto/crm/marketing/v1/campaign';

/** The marketing service as leads need it; there is no copy of campaigns here. */
export type Campaigns = {
  /** Refuses a campaign that does not exist, or is not the caller's to see. Asked before a transaction, which waits for nobody. */
  check: (id: string | undefined, caller: Caller) => Promise<void>;
  /** Names of campaigns as exports write them. */
  names: AskNames;
};

/** Ids in one question, so that the filter stays within its length. */
const AT_ONCE = 60;

export const openCampaigns = (address: string): Campaigns => {
  const records = connect(RecordServiceService, address);
  const campaigns = connect(CampaignServiceService, address);
  return {
    check: async (id, caller) => {
      if (!id || caller.kind === 'service') return;
      const asked = { service: 'marketing', noun: 'campaign', ids: [id] };
      const { ids } = await records.filterVisible(asked, { token: caller.token });
      if (!ids.length)
        throw invalidField(
          'lead.campaignId',
          'UNKNOWN_CAMPAIGN',
          'There is no such campaign, or it is not yours to see.',
        );
    },
    names: async (ids, caller) => {
      const names = new Map<string, string>();
      if (!may(caller, 'campaign.read') || !queryable(caller, 'campaign', 'name')) return names;
      for (let from = 0; from < ids.length; from += AT_ONCE) {
        const filter = ids
          .slice(from, from + AT_ONCE)
          .map((id) => `id = "${id}"`)
          .join(' OR ');
        const page = { pageSize: AT_ONCE, pageToken: '', orderBy: '', query: '', deleted: false, count: false };
        const found = await campaigns.listCampaigns({ ...page, filter }, { token: caller.token });
        for (const { id, name } of found.campaigns) names.set(id, name);
      }
      return names;
    },
  };
};
