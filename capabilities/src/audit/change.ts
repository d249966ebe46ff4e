import type { EventEnvelope } from '@pelagic/chassis/outbox';

export type Change = { name?: string; before?: unknown; after: unknown };

/** What an event changed: values before, and the same fields after; the whole state of what is new. With the name that it is known by. */
export const changeIn = ({ data }: EventEnvelope): Change => {
  const { before, ...rest } = data;
  const state = Object.values(rest)[0] as Record<string, unknown>;
  if (!before) return { after: state };
  const name = state['name'] ?? state['label'];
  return {
    ...(typeof name === 'string' && name && { name }),
    before,
    after: Object.fromEntries(Object.keys(before).map((field) => [field, state[field] ?? null])),
  };
};
