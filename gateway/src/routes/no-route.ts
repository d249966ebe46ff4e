import { Problem } from '@pelagic/chassis/problem';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { routed } from './rpc-routes.ts';
import { pathPattern } from './route-url.ts';

/** The paths that are not rpcs. */
const OWN: { method: string; pattern: RegExp }[] = [
  { method: 'POST', pattern: /^\/v1\/session$/ },
  { method: 'DELETE', pattern: /^\/v1\/session$/ },
  { method: 'GET', pattern: /^\/v1\/live$/ },
  { method: 'GET', pattern: /^\/v1\/openapi\.json$/ },
  { method: 'POST', pattern: /^\/v1\/[^:/]+\/files$/ },
  { method: 'GET', pattern: /^\/v1\/[^:/]+\/files\/[^:/]+$/ },
  { method: 'GET', pattern: /^\/v1\/analytics\/sql(\/|\/ping)?$/ },
  { method: 'POST', pattern: /^\/v1\/analytics\/sql\/?$/ },
];

const paths = [
  ...OWN,
  ...routed.map(({ binding }) => ({ method: binding.method as string, pattern: pathPattern(binding) })),
];

/** Methods that a path takes, in the order of the alphabet; none when there is no such path. */
export const methodsOf = (path: string): string[] =>
  [...new Set(paths.flatMap(({ method, pattern }) => (pattern.test(path) ? [method] : [])))].sort();

const noRoute = (request: FastifyRequest): Problem => {
  const allowed = methodsOf(request.url.split('?', 1)[0]!).join(', ');
  return allowed
    ? new Problem(
        'UNIMPLEMENTED',
        'METHOD_NOT_ALLOWED',
        `This address does not take ${request.method}, only ${allowed}.`,
        { params: { method: request.method, allowed } },
      )
    : new Problem('NOT_FOUND', 'NO_SUCH_PATH', 'There is nothing at this address.');
};

/** Everything below /v1 that nothing else serves; never a page. */
export const noRoutes = (app: FastifyInstance): void => {
  const refuse = (request: FastifyRequest, reply: FastifyReply): never => {
    const problem = noRoute(request);
    if (problem.params['allowed']) void reply.header('allow', problem.params['allowed']);
    throw problem;
  };
  for (const url of ['/v1', '/v1/*']) app.all(url, { config: { audience: 'public' } }, refuse);
};
