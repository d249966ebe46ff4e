import type { Binding } from '@pelagic/proto/contract';

/** One part of a path. Without `:`, or it would swallow the verb of `{id}:convert`. */
const VALUE = '([^:/]+)';

/** A binding as the router writes it: /v1/leads/:id([^:/]+)::convert. `::` is a colon that is meant. */
export const routeUrl = ({ segments, verb }: Binding): string =>
  `/${segments.map((part) => (typeof part === 'string' ? part : `:${part.variable}${VALUE}`)).join('/')}${verb ? `::${verb}` : ''}`;

/** Matches the paths of a binding, whatever the method. */
export const pathPattern = ({ segments, verb }: Binding): RegExp =>
  new RegExp(
    `^/${segments.map((part) => (typeof part === 'string' ? RegExp.escape(part) : '[^:/]+')).join('/')}${verb ? `:${verb}` : ''}$`,
  );
