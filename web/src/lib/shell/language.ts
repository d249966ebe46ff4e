import { api } from '#lib/api/client.ts';
import { getLocale, isLocale, setLocale, type Locale } from '#lib/paraglide/runtime.js';
import { session } from '#lib/session.svelte.ts';

export const LANGUAGES: Record<Locale, string> = { 'zh-CN': '简体中文', en: 'English' };

/** Keeps the language with the person, and draws every page anew in it. */
export async function setLanguage(locale: Locale): Promise<void> {
  if (session.signedIn) await api.PATCH('/v1/session/profile', { body: { locale } });
  await setLocale(locale);
}

/** After signing in: the language that the person chose elsewhere. Reloads when it is another. */
export async function followLanguage(locale: string): Promise<void> {
  if (isLocale(locale) && locale !== getLocale()) await setLocale(locale);
}
