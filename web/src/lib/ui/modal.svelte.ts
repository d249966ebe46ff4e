import type { Component } from 'svelte';

interface Shown {
  id: number;
  component: Component<Record<string, unknown>>;
  props: Record<string, unknown>;
}

const shown = $state<Shown[]>([]);
let lastId = 0;

export function modals(): readonly Shown[] {
  return shown;
}

/** The page under them changed: what they asked about is gone. */
export function leaveModals(): void {
  for (const { props } of [...shown]) (props['answer'] as () => void)();
}

/** Dialogs that no URL is worth: assign, share, a reason to give. Resolves with what the dialog answers, undefined when it is left. */
export function openModal<P extends { answer: (value?: never) => void }>(
  component: Component<P>,
  props: Omit<P, 'answer'>,
): Promise<Parameters<P['answer']>[0]> {
  return new Promise((resolve) => {
    lastId += 1;
    const id = lastId;
    const answer = (value?: never) => {
      const at = shown.findIndex((modal) => modal.id === id);
      if (at >= 0) shown.splice(at, 1);
      resolve(value);
    };
    shown.push({ id, component: component as unknown as Shown['component'], props: { ...props, answer } });
  });
}
