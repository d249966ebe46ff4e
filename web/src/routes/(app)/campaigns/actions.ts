import Archive from '@lucide/svelte/icons/archive';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import Pause from '@lucide/svelte/icons/pause';
import Play from '@lucide/svelte/icons/play';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import { api, body } from '#lib/api/client.ts';
import type { Action } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { saved } from '#lib/record/done.ts';
import { assignAction, deleteAction, editAction, shareAction, undeleteAction } from '#lib/record/usual-actions.ts';
import { session } from '#lib/session.svelte.ts';
import { sayProblem } from '#lib/ui/toast.svelte.ts';
import { campaign as noun, type Campaign, type CampaignState } from './campaign.ts';

/** What may be done with a campaign where it stands, by this person; the service has the last word. */
export function campaignActions(campaign: Campaign): Action[] {
  if (campaign.deleteTime) return undeleteAction(noun, campaign);
  const path = { id: campaign.id };
  const { version } = campaign;
  return [
    ...moves(campaign),
    ...(campaign.state === 'CAMPAIGN_STATE_ARCHIVED' ? [] : editAction(noun, campaign)),
    ...assignAction(noun, campaign, (ownerId, reason) =>
      body(api.POST('/v1/campaigns/{id}:assign', { params: { path }, body: { ownerId, reason, version } })),
    ),
    ...shareAction(noun, campaign, (shares) =>
      body(api.POST('/v1/campaigns/{id}:share', { params: { path }, body: { shares, version } })),
    ),
    ...deleteAction(noun, campaign),
  ];
}

const MOVES: Record<CampaignState, { to: CampaignState; label: () => string; icon: Action['icon'] }[]> = {
  CAMPAIGN_STATE_PLANNED: [{ to: 'CAMPAIGN_STATE_RUNNING', label: m.campaign_start, icon: Play }],
  CAMPAIGN_STATE_RUNNING: [
    { to: 'CAMPAIGN_STATE_DONE', label: m.campaign_finish, icon: CircleCheck },
    { to: 'CAMPAIGN_STATE_PAUSED', label: m.campaign_pause, icon: Pause },
  ],
  CAMPAIGN_STATE_PAUSED: [
    { to: 'CAMPAIGN_STATE_RUNNING', label: m.campaign_resume, icon: Play },
    { to: 'CAMPAIGN_STATE_DONE', label: m.campaign_finish, icon: CircleCheck },
  ],
  CAMPAIGN_STATE_DONE: [
    { to: 'CAMPAIGN_STATE_ARCHIVED', label: m.campaign_archive, icon: Archive },
    { to: 'CAMPAIGN_STATE_RUNNING', label: m.campaign_resume, icon: RotateCcw },
  ],
  CAMPAIGN_STATE_ARCHIVED: [{ to: 'CAMPAIGN_STATE_DONE', label: m.campaign_unarchive, icon: RotateCcw }],
};

function moves(campaign: Campaign): Action[] {
  if (!session.can('campaign.update')) return [];
  return (MOVES[campaign.state as CampaignState] ?? []).map(({ to, label, icon }, index) => ({
    id: `campaign.${to}`,
    label: label(),
    icon,
    primary: index === 0,
    run: () => setState(campaign, to),
  }));
}

async function setState({ id, version }: Campaign, state: CampaignState): Promise<void> {
  try {
    const changed = await body(
      api.POST('/v1/campaigns/{id}:setState', { params: { path: { id } }, body: { state, version } }),
    );
    await saved(noun, changed, m.campaign_state_changed());
  } catch (error) {
    sayProblem(error);
  }
}
