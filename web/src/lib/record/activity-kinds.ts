import Mail from '@lucide/svelte/icons/mail';
import MapPin from '@lucide/svelte/icons/map-pin';
import NotebookPen from '@lucide/svelte/icons/notebook-pen';
import Phone from '@lucide/svelte/icons/phone';
import { m } from '#lib/paraglide/messages.js';

/** How one was in touch. */
export const ACTIVITY_KINDS = [
  { kind: 'ACTIVITY_KIND_CALL', label: m.activity_call, icon: Phone },
  { kind: 'ACTIVITY_KIND_VISIT', label: m.activity_visit, icon: MapPin },
  { kind: 'ACTIVITY_KIND_MAIL', label: m.activity_mail, icon: Mail },
  { kind: 'ACTIVITY_KIND_NOTE', label: m.activity_note, icon: NotebookPen },
] as const;
