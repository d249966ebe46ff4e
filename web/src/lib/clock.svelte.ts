import { createSubscriber } from 'svelte/reactivity';

/** The present minute, for words like "5 minutes ago"; ticks only while something on the page reads it. */
const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 30_000);
  return () => clearInterval(timer);
});

export function now(): Date {
  subscribe();
  return new Date();
}
