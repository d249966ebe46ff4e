import type { Params } from '../engine/engine.ts';

/** Values travel as parameters, never in the text. The same value has one name. */
export type Bindings = { bind: (type: string, value: unknown) => string; params: Params };

export const bindings = (): Bindings => {
  const params: Params = {};
  const known = new Map<string, string>();
  return {
    params,
    bind: (type, value) => {
      const same = JSON.stringify([type, value]);
      const name = known.get(same) ?? `p${known.size + 1}`;
      known.set(same, name);
      params[name] = value;
      return `{${name}:${type}}`;
    },
  };
};

export const TEXTS = 'Array(String)';
