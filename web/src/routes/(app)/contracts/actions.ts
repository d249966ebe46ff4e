import Ban from '@lucide/svelte/icons/ban';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import Send from '@lucide/svelte/icons/send';
import { api, body } from '#lib/api/client.ts';
import type { Action } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { saved } from '#lib/record/done.ts';
import ReasonDialog from '#lib/record/ReasonDialog.svelte';
import { assignAction, deleteAction, editAction, shareAction, undeleteAction } from '#lib/record/usual-actions.ts';
import { session } from '#lib/session.svelte.ts';
import { openModal } from '#lib/ui/modal.svelte.ts';
import { sayProblem } from '#lib/ui/toast.svelte.ts';
import { contract as noun, type Contract } from './contract.ts';

/** What may be done with a contract where it stands, by this person; the service has the last word. */
export function contractActions(contract: Contract): Action[] {
  if (contract.deleteTime) return undeleteAction(noun, contract);
  const path = { id: contract.id };
  const { version, state } = contract;
  const draft = state === 'CONTRACT_STATE_DRAFT';
  return [
    ...moves(contract),
    ...(draft ? editAction(noun, contract) : []),
    ...assignAction(noun, contract, (ownerId, reason) =>
      body(api.POST('/v1/contracts/{id}:assign', { params: { path }, body: { ownerId, reason, version } })),
    ),
    ...shareAction(noun, contract, (shares) =>
      body(api.POST('/v1/contracts/{id}:share', { params: { path }, body: { shares, version } })),
    ),
    ...voiding(contract),
    ...(draft || state === 'CONTRACT_STATE_VOID' ? deleteAction(noun, contract) : []),
  ];
}

function moves(contract: Contract): Action[] {
  if (!session.can('contract.update')) return [];
  if (contract.state === 'CONTRACT_STATE_DRAFT')
    return [
      {
        id: 'contract.submit',
        label: m.contract_submit(),
        icon: Send,
        primary: true,
        run: () => move(contract, 'submit', m.contract_submitted()),
      },
    ];
  if (contract.state === 'CONTRACT_STATE_EFFECTIVE')
    return [
      {
        id: 'contract.complete',
        label: m.contract_complete(),
        icon: CircleCheck,
        primary: true,
        run: () => move(contract, 'complete', m.contract_is_completed()),
      },
    ];
  return [];
}

function voiding(contract: Contract): Action[] {
  const { state } = contract;
  const may = state === 'CONTRACT_STATE_DRAFT' || state === 'CONTRACT_STATE_EFFECTIVE';
  if (!may || !session.can('contract.void')) return [];
  return [
    { id: 'contract.void', label: m.contract_void_it(), icon: Ban, danger: true, run: () => voidContract(contract) },
  ];
}

async function move({ id, version }: Contract, to: 'submit' | 'complete', done: string): Promise<void> {
  try {
    const changed = await body(api.POST(`/v1/contracts/{id}:${to}`, { params: { path: { id } }, body: { version } }));
    await saved(noun, changed, done);
  } catch (error) {
    sayProblem(error);
  }
}

const voidContract = ({ id, name, version }: Contract) =>
  openModal(ReasonDialog, {
    title: m.contract_void_title({ name }),
    body: m.contract_void_body(),
    action: m.contract_void_it(),
    send: async (reason: string) => {
      const request = { params: { path: { id } }, body: { reason, version } };
      await saved(noun, await body(api.POST('/v1/contracts/{id}:void', request)), m.contract_is_void());
    },
  });
