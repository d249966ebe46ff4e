import { live } from '#lib/live.ts';
import { openModal } from '#lib/ui/modal.svelte.ts';
import SignInAgain from './SignInAgain.svelte';

let asking: Promise<boolean> | undefined;

/** Requests that fail at the same moment ask once. False when the person would rather not. */
export function askToSignInAgain(): Promise<boolean> {
  asking ??= ask().finally(() => (asking = undefined));
  return asking;
}

async function ask(): Promise<boolean> {
  const done = (await openModal(SignInAgain, {})) === true;
  if (done) live.restart();
  return done;
}
