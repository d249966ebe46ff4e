import ArrowRightLeft from '@lucide/svelte/icons/arrow-right-left';
import DoorOpen from '@lucide/svelte/icons/door-open';
import HandHelping from '@lucide/svelte/icons/hand-helping';
import Link from '@lucide/svelte/icons/link';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import UserRoundCheck from '@lucide/svelte/icons/user-round-check';
import UserRoundX from '@lucide/svelte/icons/user-round-x';
import { api, body } from '#lib/api/client.ts';
import type { Action } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { session } from '#lib/session.svelte.ts';
import { ask } from '#lib/ui/confirm.svelte.ts';
import { openModal } from '#lib/ui/modal.svelte.ts';
import { sayProblem } from '#lib/ui/toast.svelte.ts';
import HandOverDialog from './HandOverDialog.svelte';
import LinkDialog from './LinkDialog.svelte';
import MoveDialog from './MoveDialog.svelte';
import type { Person } from './person.ts';
import { personChanged } from './shown.ts';

/** What an administrator may do about a person in the state they are in. */
export function personActions(person: Person): Action[] {
  if (!session.can('employee.manage')) return [];
  const edit: Action = {
    id: 'employee.edit',
    label: m.edit(),
    icon: PencilLine,
    href: `/people/${person.id}/edit`,
    primary: true,
  };
  const back: Action = {
    id: 'employee.reactivate',
    label: person.state === 'EMPLOYEE_STATE_LEFT' ? m.person_rehire() : m.person_reactivate(),
    icon: UserRoundCheck,
    run: () => reactivate(person),
    primary: true,
  };
  switch (person.state) {
    case 'EMPLOYEE_STATE_LEFT':
      return [back, edit, transfer(person)];
    case 'EMPLOYEE_STATE_SUSPENDED':
      return [back, edit, move(person), transfer(person), leave(person)];
    default:
      return [edit, move(person), ...link(person), transfer(person), suspend(person), leave(person)];
  }
}

const move = (person: Person): Action => ({
  id: 'employee.move',
  label: m.person_move(),
  icon: ArrowRightLeft,
  primary: true,
  run: () => openModal(MoveDialog, { person }),
});

function link(person: Person): Action[] {
  if (!person.login) return [];
  const invited = person.state === 'EMPLOYEE_STATE_INVITED';
  const label = invited ? m.person_invite_link() : m.person_reset_link();
  return [{ id: 'employee.link', label, icon: Link, primary: invited, run: () => openModal(LinkDialog, { person }) }];
}

const transfer = (person: Person): Action => ({
  id: 'employee.transfer',
  label: m.person_transfer(),
  icon: HandHelping,
  run: () => openModal(HandOverDialog, { person, way: 'transfer' }),
});

const suspend = (person: Person): Action => ({
  id: 'employee.suspend',
  label: m.person_suspend(),
  icon: UserRoundX,
  danger: true,
  run: () => openModal(HandOverDialog, { person, way: 'suspend' }),
});

const leave = (person: Person): Action => ({
  id: 'employee.leave',
  label: m.person_leave(),
  icon: DoorOpen,
  danger: true,
  run: () => openModal(HandOverDialog, { person, way: 'leave' }),
});

async function reactivate(person: Person): Promise<void> {
  const sure = await ask({
    title: m.person_reactivate_title({ name: person.name }),
    body: m.person_reactivate_body(),
    action: person.state === 'EMPLOYEE_STATE_LEFT' ? m.person_rehire() : m.person_reactivate(),
  });
  if (!sure) return;
  try {
    const params = { path: { id: person.id } };
    const changed = await body(
      api.POST('/v1/employees/{id}:reactivate', { params, body: { version: person.version } }),
    );
    await personChanged(changed, m.person_reactivated({ name: person.name }));
  } catch (error) {
    sayProblem(error);
  }
}
