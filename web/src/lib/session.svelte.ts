import { api, body, type Schemas } from './api/client.ts';
import { traceparent } from './api/traceparent.ts';
import { dateIn } from './format/date.ts';

export type SessionView = Schemas['GetSessionResponse'];
export type FieldAccess = 'open' | 'readOnly' | 'masked' | 'hidden';

/** Who is signed in, what they may do, and the enterprise's settings. The pages behind the sign-in run in the browser only, so one is enough. */
class Session {
  #view = $state.raw<SessionView | null>(null);
  #permissions = $derived(new Set(this.#view?.permissions.map(({ permission }) => permission)));
  #fields = $derived(fieldAccess(this.#view));

  get view(): SessionView {
    if (!this.#view) throw new Error('nobody is signed in');
    return this.#view;
  }

  get signedIn(): boolean {
    return this.#view !== null;
  }

  /** Asks anew: after signing in, and when the person's rights or settings changed. Throws a Problem (401: not signed in). */
  async load(): Promise<SessionView> {
    this.#view = await body(api.GET('/v1/session'));
    return this.#view;
  }

  async signOut(): Promise<void> {
    await fetch('/v1/session', { method: 'DELETE', headers: { traceparent: traceparent() } });
    location.assign('/login');
  }

  /** `lead.create`; scope is the service's to check. */
  can(permission: string): boolean {
    return this.#permissions.has(permission);
  }

  /** How far a permission reaches: OWN, SUBORDINATES, DEPARTMENT … */
  scopes(permission: string): string[] {
    return this.view.permissions.filter((granted) => granted.permission === permission).map(({ scope }) => scope);
  }

  /** How the person's roles let them see a field of a noun, by its JSON name or `custom.<slug>`. */
  access(noun: string, field: string): FieldAccess {
    return this.#fields.get(`${noun}.${field}`) ?? 'open';
  }

  get timeZone(): string {
    return this.#view?.timeZone || this.#view?.enterprise?.timeZone || 'UTC';
  }

  get currency(): string {
    return this.#view?.enterprise?.baseCurrency ?? '';
  }

  /** The business date: the enterprise's calendar, not the reader's. */
  get today(): string {
    return dateIn(this.#view?.enterprise?.timeZone || 'UTC', new Date());
  }
}

function fieldAccess(view: SessionView | null): Map<string, FieldAccess> {
  const access = new Map<string, FieldAccess>();
  for (const { noun, hidden, masked, readOnly } of view?.fields ?? []) {
    for (const field of readOnly) access.set(`${noun}.${field}`, 'readOnly');
    for (const field of masked) access.set(`${noun}.${field}`, 'masked');
    for (const field of hidden) access.set(`${noun}.${field}`, 'hidden');
  }
  return access;
}

export const session = new Session();
