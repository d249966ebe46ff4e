/** What the gateway says when a record changed that this person may see, or may see no longer. */
interface LiveMessage {
  noun: string;
  id: string;
  version?: number;
  gone?: boolean;
}

export interface LiveChange {
  /** Ids of records that changed or came into view. */
  changed: string[];
  gone: string[];
  /** The stream was away for a while: anything may have changed. */
  missed: boolean;
}

type Handler = (change: LiveChange) => unknown;

/** Changes of one moment are told together. */
const GATHER_MS = 60;
/** A stream that was refused (a gateway that is just starting, a session that ended) is asked for again, ever less often. */
const RETRY_MS = 3_000;
const RETRY_MAX_MS = 60_000;
/** A tab that nobody looks at gives its connection back: browsers allow six per server. */
const HIDDEN_MS = 30_000;

/** One event stream per tab; pages listen by noun and fetch again with their own rights. */
class Live {
  #handlers = new Map<string, Set<Handler>>();
  #pending = new Map<string, { changed: Set<string>; gone: Set<string> }>();
  #source: EventSource | null = null;
  #flushing: ReturnType<typeof setTimeout> | undefined;
  #hiding: ReturnType<typeof setTimeout> | undefined;
  #opened = false;
  #refused = 0;
  #retrying: ReturnType<typeof setTimeout> | undefined;

  /** Connects; returns how to stop. */
  start(): () => void {
    this.#connect();
    const watch = () => this.#onVisibility();
    document.addEventListener('visibilitychange', watch);
    return () => {
      document.removeEventListener('visibilitychange', watch);
      this.#disconnect();
      this.#opened = false;
    };
  }

  /** Asks for the stream anew, now. */
  restart(): void {
    this.#disconnect();
    this.#connect();
  }

  on(noun: string, handler: Handler): () => void {
    const handlers = this.#handlers.get(noun) ?? new Set();
    this.#handlers.set(noun, handlers.add(handler));
    return () => handlers.delete(handler);
  }

  #connect(): void {
    if (this.#source) return;
    this.#source = new EventSource('/v1/live');
    this.#source.onmessage = (event: MessageEvent<string>) => this.#gather(JSON.parse(event.data) as LiveMessage);
    // Said after a gap that the gateway itself had.
    this.#source.addEventListener('resync', () => this.#tellMissed());
    this.#source.onopen = () => {
      if (this.#opened) this.#tellMissed();
      this.#opened = true;
      this.#refused = 0;
    };
    this.#source.onerror = () => this.#retry();
  }

  /** After a lost connection the browser tries again by itself, after a refusal it does not. */
  #retry(): void {
    if (this.#source?.readyState !== EventSource.CLOSED) return;
    const pause = Math.min(RETRY_MS * 2 ** this.#refused, RETRY_MAX_MS);
    this.#refused += 1;
    this.#retrying = setTimeout(() => this.restart(), pause);
  }

  #disconnect(): void {
    clearTimeout(this.#retrying);
    this.#source?.close();
    this.#source = null;
  }

  #onVisibility(): void {
    clearTimeout(this.#hiding);
    if (document.visibilityState === 'visible') this.#connect();
    else this.#hiding = setTimeout(() => this.#disconnect(), HIDDEN_MS);
  }

  #gather({ noun, id, gone }: LiveMessage): void {
    const pending = this.#pending.get(noun) ?? { changed: new Set<string>(), gone: new Set<string>() };
    this.#pending.set(noun, pending);
    (gone ? pending.gone : pending.changed).add(id);
    (gone ? pending.changed : pending.gone).delete(id);
    this.#flushing ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  #flush(): void {
    this.#flushing = undefined;
    const pending = this.#pending;
    this.#pending = new Map();
    for (const [noun, { changed, gone }] of pending) {
      for (const handler of this.#handlers.get(noun) ?? [])
        handler({ changed: [...changed], gone: [...gone], missed: false });
    }
  }

  #tellMissed(): void {
    for (const handlers of this.#handlers.values()) {
      for (const handler of handlers) handler({ changed: [], gone: [], missed: true });
    }
  }
}

export const live = new Live();
