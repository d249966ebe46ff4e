import { live } from '#lib/live.ts';

const NOUNS = ['lead', 'customer', 'contact', 'opportunity', 'activity'];
/** A change is in the figures within about two seconds; most are sooner. */
const LOOKS_MS = [500, 2_000];

/** Calls back when figures may have changed; returns how to stop. */
export function followFigures(look: () => unknown): () => void {
  const pending = new Set<ReturnType<typeof setTimeout>>();
  const changed = () => {
    if (pending.size > 0) return;
    for (const wait of LOOKS_MS) {
      const timer = setTimeout(() => {
        pending.delete(timer);
        look();
      }, wait);
      pending.add(timer);
    }
  };
  const stops = NOUNS.map((noun) => live.on(noun, changed));
  return () => {
    for (const stop of stops) stop();
    for (const timer of pending) clearTimeout(timer);
  };
}
