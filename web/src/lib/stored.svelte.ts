import { createSubscriber } from 'svelte/reactivity';

/** A preference of this person on this device: kept in the browser, followed in every tab. */
export class Stored<T> {
  readonly #key: string;
  readonly #initial: T;
  #text: string | null;
  #value: T;
  #notify: () => void = () => {};
  readonly #subscribe: () => void;

  constructor(key: string, initial: T) {
    this.#key = `pelagic.${key}`;
    this.#initial = initial;
    this.#text = null;
    this.#value = initial;
    this.#subscribe = createSubscriber((update) => {
      this.#notify = update;
      const follow = (event: StorageEvent) => event.key === this.#key && update();
      window.addEventListener('storage', follow);
      return () => window.removeEventListener('storage', follow);
    });
  }

  get current(): T {
    this.#subscribe();
    const text = localStorage.getItem(this.#key);
    if (text !== this.#text) {
      this.#text = text;
      this.#value = text === null ? this.#initial : (JSON.parse(text) as T);
    }
    return this.#value;
  }

  set current(value: T) {
    localStorage.setItem(this.#key, JSON.stringify(value));
    this.#notify();
  }
}
