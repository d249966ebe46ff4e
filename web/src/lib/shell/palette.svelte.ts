import type { Action } from '#lib/noun/noun.ts';

/** What the palette offers besides pages and records: the actions of the page that is open. */
let offers = $state.raw<(() => Action[])[]>([]);
let shown = $state(false);

export const palette = {
  get open() {
    return shown;
  },
  set open(value: boolean) {
    shown = value;
  },
  get actions(): Action[] {
    return offers.flatMap((offer) => offer());
  },
  /** From a page, while it is there; returns how to take them back. */
  offer(actions: () => Action[]): () => void {
    offers = [...offers, actions];
    return () => {
      offers = offers.filter((other) => other !== actions);
    };
  },
};
