import BookUser from '@lucide/svelte/icons/book-user';
import Building from '@lucide/svelte/icons/building';
import CircleDot from '@lucide/svelte/icons/circle-dot';
import ContactRound from '@lucide/svelte/icons/contact-round';
import Funnel from '@lucide/svelte/icons/funnel';
import Handshake from '@lucide/svelte/icons/handshake';
import Phone from '@lucide/svelte/icons/phone';
import { m } from '#lib/paraglide/messages.js';
import type { Icon } from '#lib/ui/icon.ts';

/** How a noun looks where records of several nouns stand side by side. */
const FACES: Record<string, { icon: Icon; label: () => string }> = {
  lead: { icon: Funnel, label: m.lead },
  customer: { icon: Building, label: m.customer },
  contact: { icon: ContactRound, label: m.contact },
  opportunity: { icon: Handshake, label: m.opportunity },
  employee: { icon: BookUser, label: m.employee },
  activity: { icon: Phone, label: m.activity },
};

export function nounIcon(noun: string): Icon {
  return FACES[noun]?.icon ?? CircleDot;
}

export function nounLabel(noun: string): string {
  return FACES[noun]?.label() ?? noun;
}
