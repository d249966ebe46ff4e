import { SvelteMap } from 'svelte/reactivity';
import { api, body } from './api/client.ts';
import { resource } from './api/resource.ts';
import { live } from './live.ts';
import { AT_ONCE, namesOf, type Named } from './names-of.ts';
import { NOUNS } from './nouns.ts';

/**
 * Records refer to each other by id; people read names. A name that is not known yet is asked for together with all
 * others that the same moment needs, and comes into place when it is here.
 */

/** The tree is small enough to come whole, closed departments included: old records name them. */
async function departments(): Promise<Named[]> {
  const answer = await body(api.GET('/v1/departments', { params: { query: { includeClosed: true } } }));
  return answer.departments;
}

const SOURCES: Record<string, (ids: string[]) => Promise<Named[]>> = {
  ...Object.fromEntries(
    NOUNS.map(({ service, noun, plural, bin, called }) => [
      noun,
      namesOf(resource<Named>(service, noun, `/v1/${plural}`, plural), bin, called),
    ]),
  ),
  department: departments,
};

class Names {
  #known = new SvelteMap<string, string>();
  #wanted = new Map<string, Set<string>>();
  #asked = new Set<string>();
  #scheduled = false;

  /** The name, `''` for a record that the reader may not see, or undefined until it is known. */
  of(noun: string, id: string): string | undefined {
    const key = `${noun}/${id}`;
    const name = this.#known.get(key);
    if (name === undefined && !this.#asked.has(key) && SOURCES[noun]) this.#want(noun, id, key);
    return name;
  }

  /** The name for a sentence, which is said once and cannot be filled in later; `''` when nobody can tell. */
  async find(noun: string, id: string): Promise<string> {
    const key = `${noun}/${id}`;
    if (!this.#known.has(key)) await this.#fetch(noun, [id]);
    return this.#known.get(key) ?? '';
  }

  /** What a list or picker learnt anyway. */
  learn(noun: string, id: string, name: string): void {
    this.#asked.add(`${noun}/${id}`);
    if (this.#known.get(`${noun}/${id}`) !== name) this.#known.set(`${noun}/${id}`, name);
  }

  /** Keeps names right while records change; returns how to stop. */
  follow(): () => void {
    const stops = Object.keys(SOURCES).map((noun) =>
      live.on(noun, ({ changed, missed }) => {
        const keys = missed
          ? [...this.#known.keys()].filter((key) => key.startsWith(`${noun}/`))
          : changed.map((id) => `${noun}/${id}`);
        for (const key of keys) {
          this.#asked.delete(key);
          if (this.#known.has(key)) this.#want(noun, key.slice(noun.length + 1), key);
        }
      }),
    );
    return () => stops.forEach((stop) => stop());
  }

  #want(noun: string, id: string, key: string): void {
    this.#asked.add(key);
    const wanted = this.#wanted.get(noun) ?? new Set();
    this.#wanted.set(noun, wanted.add(id));
    if (this.#scheduled) return;
    this.#scheduled = true;
    // After the page is drawn, when everything on it has said what it needs.
    setTimeout(() => this.#ask(), 0);
  }

  #ask(): void {
    this.#scheduled = false;
    const wanted = this.#wanted;
    this.#wanted = new Map();
    for (const [noun, ids] of wanted) {
      const all = [...ids];
      for (let from = 0; from < all.length; from += AT_ONCE) void this.#fetch(noun, all.slice(from, from + AT_ONCE));
    }
  }

  async #fetch(noun: string, ids: string[]): Promise<void> {
    try {
      const found = (await SOURCES[noun]?.(ids)) ?? [];
      for (const { id, name } of found) this.learn(noun, id, name);
      const seen = new Set(found.map(({ id }) => id));
      for (const id of ids) if (!seen.has(id)) this.learn(noun, id, '');
    } catch {
      // A name is a comfort: its page works without, and the next page that needs it asks again.
      for (const id of ids) this.#asked.delete(`${noun}/${id}`);
    }
  }
}

export const names = new Names();
