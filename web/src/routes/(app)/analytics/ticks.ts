import { api, body, type Schemas } from '#lib/api/client.ts';
import { live } from '#lib/live.ts';
import { NOUNS } from '#lib/nouns.ts';

type Freshness = Schemas['Freshness'];

/** A change is counted within about two seconds, mostly within half of one: looked for this often, this many times … */
const LOOK_MS = 200;
const LOOKS = 12;
/** … and then at intervals that double up to this, at which changes are noticed that nobody tells this person about. */
const IDLE_MS = 30_000;
/** However much is counted, the cards are asked anew this often at most. */
const TICK_MS = 1_000;

/** Calls back when there is more in the figures than before, and with how fresh they are; returns how to stop. */
export function followFigures(counted: (freshness: Freshness | undefined) => unknown): () => void {
  let shown = '';
  let shownAt = -TICK_MS;
  // What changed just before somebody came to look is being counted now.
  let looks = LOOKS;
  let wait = LOOK_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const plan = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), wait);
  };
  const look = async () => {
    looks = Math.max(0, looks - 1);
    if (looks === 0) wait = Math.min(IDLE_MS, wait * 2);
    if (!document.hidden) {
      try {
        const { freshness } = await body(api.GET('/v1/analytics/freshness'));
        if (stopped) return;
        // By the count, not the time: what comes from another service's stream may be older than the newest.
        const now = `${freshness?.counted}`;
        if (now !== shown && performance.now() - shownAt >= TICK_MS) {
          shown = now;
          shownAt = performance.now();
          counted(freshness);
        }
      } catch {
        // The cards say what is wrong.
      }
    }
    if (!stopped) plan();
  };
  const changed = () => {
    looks = LOOKS;
    wait = LOOK_MS;
    plan();
  };
  const stops = NOUNS.map(({ noun }) => live.on(noun, changed));
  void look();
  return () => {
    stopped = true;
    for (const stop of stops) stop();
    clearTimeout(timer);
  };
}
