import type { Params } from '../engine/engine.ts';

/** Values travel as parameters, never in the text. */
export type Bindings = { bind: (type: string, value: unknown) => string; params: Params };

export const bindings = (): Bindings => {
  const params: Params = {};
  return {
    params,
    bind: (type, value) => {
      const name = `p${Object.keys(params).length + 1}`;
      params[name] = value;
      return `{${name}:${type}}`;
    },
  };
};

export const TEXTS = 'Array(String)';
