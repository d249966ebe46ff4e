import { readFileSync } from 'node:fs';
import { contract } from '@pelagic/proto/contract';
import { expect, it } from 'vitest';
import { classOf, classOfRoute, rpcsOf, unjudged } from './paths.ts';
import { PROBES } from './probes.ts';

/** Nothing new shows records to people before the oracle has been told how to judge it. */

it('every rpc is of a kind whose answers the oracle knows to judge', () => {
  const unknown = [...contract.rpcs.values()].filter((rpc) => !classOf(rpc)).map(({ name }) => name);
  expect(
    unknown,
    'Say in test/oracle/paths.ts of what kind each of these is, and in a probe what it may show to whom: nobody has proven that it keeps to scope and fields.',
  ).toEqual([]);
});

it('every route of the REST interface is an rpc of a known kind, or one of those that are named', () => {
  const { paths } = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(routes.length).toBeGreaterThan(100);
  expect(
    routes.filter((route) => !classOfRoute(route)),
    'Name these routes in test/oracle/paths.ts.',
  ).toEqual([]);
});

it('every noun of business has a rule in the reference', () => {
  expect(unjudged, 'Say in test/oracle/reference.ts who sees a record of these nouns.').toEqual([]);
});

it('every kind has a prober, and every prober something to ask', () => {
  const kinds = new Set([...contract.rpcs.values()].flatMap((rpc) => classOf(rpc) ?? []));
  expect([...kinds].filter((kind) => !PROBES[kind].length)).toEqual([]);
  expect(Object.keys(PROBES).filter((kind) => kind !== 'live' && !rpcsOf(kind as 'list').length)).toEqual([]);
});
