import { contract, messageType } from '@pelagic/proto/contract';
import type { Random } from '../random.ts';

/** A pool keeps the newest of each kind. */
const KEPT_MAX = 200;

const push = <T>(map: Map<string, T[]>, key: string, value: T): void => {
  const list = map.get(key) ?? [];
  list.push(value);
  if (list.length > KEPT_MAX) list.splice(0, 1);
  map.set(key, list);
};

/** `saved_view` of crm.capability.v1.SavedView: what fields that hold its id are called by. */
const kindOf = (name: string): string =>
  (name.split('.').at(-1) ?? '').replace(/(?<=.)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();

/**
 * What answers showed: ids, versions and page tokens, so that later requests meet rules and not only "there is no such".
 */
export class Pool {
  /** Ids by noun, and by the service of the rpc that showed them for what is no noun: jobs, files, views. */
  readonly #ids = new Map<string, string[]>();
  readonly #tokens = new Map<string, string[]>();
  readonly #versions = new Map<string, number>();
  readonly #custom = new Map<string, string[]>();
  readonly #spared: ReadonlySet<string>;

  /** `spared` are ids that no request is aimed at: who sends the requests must not be put out. */
  constructor(spared: readonly string[]) {
    this.#spared = new Set(spared);
  }

  add(kind: string, id: string): void {
    if (!this.#spared.has(id)) push(this.#ids, kind, id);
  }

  /** Reads an answer of the rpc, as proto3-JSON of that message. */
  read(rpc: { name: string; service: string }, type: string, answer: unknown, depth = 0): void {
    if (!answer || typeof answer !== 'object' || depth > 6) return;
    const message = messageType(type);
    const record = answer as Record<string, unknown>;
    const { id, version, nextPageToken, slug } = record;
    if (typeof id === 'string' && id) {
      if (typeof version === 'number') this.#versions.set(id, version);
      this.add(message.noun ?? kindOf(message.name), id);
      this.add(rpc.service, id);
    }
    if (typeof nextPageToken === 'string' && nextPageToken) push(this.#tokens, rpc.name, nextPageToken);
    if (typeof slug === 'string' && typeof record['noun'] === 'string') push(this.#custom, record['noun'], slug);
    for (const field of message.fields) {
      if (field.kind !== 'message' || field.map || !field.type) continue;
      for (const each of [record[field.json]].flat()) this.read(rpc, field.type, each, depth + 1);
    }
  }

  /** One of the kind; undefined when none was seen. */
  known(random: Random, kind: string): string | undefined {
    const list = this.#ids.get(kind);
    return list?.length ? random.of(list) : undefined;
  }

  /** The version that the record was last seen at. */
  version(id: string): number | undefined {
    return this.#versions.get(id);
  }

  /** Of any kind: right in form, wrong in meaning. */
  stranger(random: Random): string | undefined {
    const kinds = [...this.#ids.keys()];
    return kinds.length ? this.known(random, random.of(kinds)) : undefined;
  }

  /** Mostly one that this rpc gave, else another's. */
  pageToken(random: Random, rpc: string): string | undefined {
    const lists = random.chance(0.8) ? [this.#tokens.get(rpc) ?? []] : [...this.#tokens.values()];
    const tokens = lists.flat();
    return tokens.length ? random.of(tokens) : undefined;
  }

  customSlug(random: Random, noun: string): string | undefined {
    const slugs = this.#custom.get(noun);
    return slugs?.length ? random.of(slugs) : undefined;
  }
}

export const NOUNS: readonly string[] = [...contract.nouns.keys()];
