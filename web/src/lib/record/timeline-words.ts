import Ban from '@lucide/svelte/icons/ban';
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleDot from '@lucide/svelte/icons/circle-dot';
import CirclePlus from '@lucide/svelte/icons/circle-plus';
import CircleX from '@lucide/svelte/icons/circle-x';
import ClockAlert from '@lucide/svelte/icons/clock-alert';
import Mail from '@lucide/svelte/icons/mail';
import MapPin from '@lucide/svelte/icons/map-pin';
import NotebookPen from '@lucide/svelte/icons/notebook-pen';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import Phone from '@lucide/svelte/icons/phone';
import Repeat from '@lucide/svelte/icons/repeat';
import Send from '@lucide/svelte/icons/send';
import Share2 from '@lucide/svelte/icons/share-2';
import Trash from '@lucide/svelte/icons/trash';
import Trophy from '@lucide/svelte/icons/trophy';
import Undo2 from '@lucide/svelte/icons/undo-2';
import UserRoundPlus from '@lucide/svelte/icons/user-round-plus';
import { m } from '#lib/paraglide/messages.js';
import { nounWithin } from '#lib/nouns.ts';
import type { Icon } from '#lib/ui/icon.ts';
import type { TimelineEntry } from './timeline.svelte.ts';

interface Face {
  icon: Icon;
  /** What the actor did, with the noun in it. */
  sentence: (noun: string) => string;
}

const OTHER: Face = { icon: CircleDot, sentence: (noun) => m.did_something({ noun }) };

/** By the last word of the event's subject: crm.customer.lead.`assigned`.v1. */
const EVENTS: Record<string, Face> = {
  created: { icon: CirclePlus, sentence: (noun) => m.did_create({ noun }) },
  updated: { icon: PencilLine, sentence: (noun) => m.did_update({ noun }) },
  assigned: { icon: UserRoundPlus, sentence: (noun) => m.did_assign({ noun }) },
  state_changed: { icon: Repeat, sentence: (noun) => m.did_change_state({ noun }) },
  moved: { icon: Repeat, sentence: (noun) => m.did_move({ noun }) },
  won: { icon: Trophy, sentence: (noun) => m.did_win({ noun }) },
  lost: { icon: CircleX, sentence: (noun) => m.did_lose({ noun }) },
  invalidated: { icon: Ban, sentence: (noun) => m.did_invalidate({ noun }) },
  reopened: { icon: Undo2, sentence: (noun) => m.did_reopen({ noun }) },
  shared: { icon: Share2, sentence: (noun) => m.did_share({ noun }) },
  submitted: { icon: Send, sentence: (noun) => m.did_submit({ noun }) },
  approved: { icon: CircleCheck, sentence: (noun) => m.did_approve({ noun }) },
  refused: { icon: CircleX, sentence: (noun) => m.did_refuse({ noun }) },
  withdrawn: { icon: Undo2, sentence: (noun) => m.did_withdraw({ noun }) },
  planned: { icon: CalendarClock, sentence: (noun) => m.did_plan({ noun }) },
  completed: { icon: CircleCheck, sentence: (noun) => m.did_complete({ noun }) },
  voided: { icon: Ban, sentence: (noun) => m.did_void({ noun }) },
  solved: { icon: CircleCheck, sentence: (noun) => m.did_solve({ noun }) },
  fell_due: { icon: ClockAlert, sentence: (noun) => m.did_fall_due({ noun }) },
  converted: { icon: Repeat, sentence: (noun) => m.did_convert({ noun }) },
  deleted: { icon: Trash, sentence: (noun) => m.did_delete({ noun }) },
  restored: { icon: Undo2, sentence: (noun) => m.did_restore({ noun }) },
};

const ACTIVITIES: Record<string, Face> = {
  CALL: { icon: Phone, sentence: () => m.did_call() },
  VISIT: { icon: MapPin, sentence: () => m.did_visit() },
  MAIL: { icon: Mail, sentence: () => m.did_mail() },
  NOTE: { icon: NotebookPen, sentence: () => m.did_note() },
};

export function faceOf({ event, activityKind }: TimelineEntry): Face {
  const verb = event.split('.').at(-2) ?? '';
  if (verb === 'created' && ACTIVITIES[activityKind]) return ACTIVITIES[activityKind];
  return EVENTS[verb] ?? OTHER;
}

export function sentenceOf(entry: TimelineEntry): string {
  return faceOf(entry).sentence(nounWithin(entry.noun));
}
