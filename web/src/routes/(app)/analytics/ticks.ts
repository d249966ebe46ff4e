import { api, body, type Schemas } from '#lib/api/client.ts';
import { live } from '#lib/live.ts';

type Freshness = Schemas['Freshness'];

const NOUNS = ['lead', 'customer', 'contact', 'opportunity', 'activity'];
/** A change is counted within about two seconds, mostly within half of one: looked for this often, this many times. */
const LOOK_MS = 200;
const LOOKS = 12;
/** Changes that nobody tells about (of records that this person sees in figures only) are noticed this often. */
const IDLE_MS = 30_000;

/** Calls back when there is more in the figures than before, and with how fresh they are; returns how to stop. */
export function followFigures(counted: (freshness: Freshness | undefined) => unknown): () => void {
  let asOf = '';
  let looks = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const plan = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), looks > 0 ? LOOK_MS : IDLE_MS);
  };
  const look = async () => {
    looks = Math.max(0, looks - 1);
    if (!document.hidden) {
      try {
        const { freshness } = await body(api.GET('/v1/analytics/freshness'));
        if (stopped) return;
        if (freshness?.asOf && freshness.asOf !== asOf) {
          asOf = freshness.asOf;
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
    plan();
  };
  const stops = NOUNS.map((noun) => live.on(noun, changed));
  void look();
  return () => {
    stopped = true;
    for (const stop of stops) stop();
    clearTimeout(timer);
  };
}
