const YEAR_S = 31_536_000;

/** On everything that leaves the gateway, pages included. */
export const securityHeaders = (https: boolean): Record<string, string> => ({
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  ...(https && { 'strict-transport-security': `max-age=${YEAR_S}; includeSubDomains` }),
});

/** On answers that are data: nothing in them may run, nobody may keep them. Pages set their own policy with a nonce. */
export const DATA_HEADERS: Record<string, string> = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
  'cache-control': 'no-store',
};

/** Public forms stand in the pages of others; nobody is signed in there, so nothing can be clicked on anybody's behalf. */
export const isEmbeddable = (url: string): boolean => /^\/f\/[^/]+$/.test(url.split('?', 1)[0]!);
