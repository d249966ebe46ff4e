import { Problem } from '@pelagic/chassis/problem';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

type Headers = {
  origin?: string | undefined;
  'sec-fetch-site'?: string | string[] | undefined;
  host?: string | undefined;
};

const hostOf = (origin: string): string | undefined => URL.parse(origin)?.host;

/**
 * Refuses requests that change something and that another site made a browser send with our cookie. Sec-Fetch-Site
 * decides where a browser sends it, else Origin, which every browser sends with such requests; a client that sends
 * neither is no browser and has no cookies of others.
 */
export const refuseCrossSite = (method: string, headers: Headers, publicOrigin: string): void => {
  if (SAFE.has(method)) return;
  const site = headers['sec-fetch-site'];
  const { origin, host } = headers;
  const ours =
    site === undefined
      ? origin === undefined || origin === publicOrigin || (!!host && hostOf(origin) === host)
      : site === 'same-origin' || site === 'none';
  if (!ours) throw new Problem('PERMISSION_DENIED', 'CROSS_SITE', 'A request from another site is refused.');
};
