import CircleX from '@lucide/svelte/icons/circle-x';
import FileSignature from '@lucide/svelte/icons/file-signature';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import Trophy from '@lucide/svelte/icons/trophy';
import { goto } from '$app/navigation';
import { api, body } from '#lib/api/client.ts';
import type { Action } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { saved } from '#lib/record/done.ts';
import ReasonDialog from '#lib/record/ReasonDialog.svelte';
import { assignAction, deleteAction, editAction, shareAction, undeleteAction } from '#lib/record/usual-actions.ts';
import { session } from '#lib/session.svelte.ts';
import { openModal } from '#lib/ui/modal.svelte.ts';
import { sayProblem } from '#lib/ui/toast.svelte.ts';
import { moveDeal } from './move.ts';
import { opportunity as noun, type Opportunity } from './opportunity.ts';
import { pipelines, type Stage } from './pipelines.svelte.ts';

/** What may be done with a deal where it stands, by this person; the service has the last word. */
export function opportunityActions(deal: Opportunity): Action[] {
  if (deal.deleteTime) return undeleteAction(noun, deal);
  const path = { id: deal.id };
  const { version } = deal;
  return [
    ...(deal.state === 'OPPORTUNITY_STATE_WON' ? drafting(deal) : []),
    ...(deal.state === 'OPPORTUNITY_STATE_OPEN' ? closings(deal) : reopening(deal)),
    ...editAction(noun, deal),
    ...assignAction(noun, deal, (ownerId, reason) =>
      body(api.POST('/v1/opportunities/{id}:assign', { params: { path }, body: { ownerId, reason, version } })),
    ),
    ...shareAction(noun, deal, (shares) =>
      body(api.POST('/v1/opportunities/{id}:share', { params: { path }, body: { shares, version } })),
    ),
    ...deleteAction(noun, deal),
  ];
}

function closings(deal: Opportunity): Action[] {
  if (!session.can('opportunity.update')) return [];
  const stages = pipelines.of(deal.pipelineId)?.stages ?? [];
  const stage = (category: Stage['category']) => stages.find((candidate) => candidate.category === category);
  const [won, lost] = [stage('STAGE_CATEGORY_WON'), stage('STAGE_CATEGORY_LOST')];
  return [
    ...(won
      ? [
          {
            id: 'opportunity.win',
            label: m.opportunity_win(),
            icon: Trophy,
            primary: true,
            run: () => moveDeal(deal, won),
          },
        ]
      : []),
    ...(lost
      ? [
          {
            id: 'opportunity.lose',
            label: m.opportunity_lose(),
            icon: CircleX,
            primary: true,
            run: () => moveDeal(deal, lost),
          },
        ]
      : []),
  ];
}

/** A contract of what was won; the same click makes it once. */
function drafting(deal: Opportunity): Action[] {
  if (!session.can('contract.create') || !deal.customerId) return [];
  const requestId = crypto.randomUUID();
  const run = async () => {
    try {
      const { id } = await body(
        api.POST('/v1/opportunities/{id}:contract', { params: { path: { id: deal.id } }, body: { requestId } }),
      );
      await goto(`/contracts/${id}`);
    } catch (error) {
      sayProblem(error);
    }
  };
  return [{ id: 'opportunity.contract', label: m.contract_of_deal(), icon: FileSignature, primary: true, run }];
}

function reopening(deal: Opportunity): Action[] {
  if (!session.can('opportunity.reopen')) return [];
  return [
    {
      id: 'opportunity.reopen',
      label: m.opportunity_reopen(),
      icon: RotateCcw,
      primary: true,
      run: () => reopen(deal),
    },
  ];
}

const reopen = ({ id, name, version }: Opportunity) =>
  openModal(ReasonDialog, {
    title: m.opportunity_reopen_title({ name }),
    body: m.opportunity_reopen_body(),
    action: m.opportunity_reopen(),
    send: async (reason: string) => {
      const request = { params: { path: { id } }, body: { reason, version } };
      await saved(noun, await body(api.POST('/v1/opportunities/{id}:reopen', request)), m.opportunity_reopened());
    },
  });
