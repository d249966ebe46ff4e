import { BlockList, isIP } from 'node:net';

/** How an operator names them. */
export const WEBHOOK_ALLOW =
  'own receivers of webhooks: host names (http too), addresses and ranges, separated by commas; public https needs none';

/**
 * Who of a house's own network may be posted to, from the environment: host names, addresses and ranges, separated by commas. A name
 * that stands there may lie anywhere and speak http.
 */
export type Allowed = { names: ReadonlySet<string>; ranges: BlockList };

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6');

/** What the environment allows. Throws what cannot be read: a range that is not meant would be worse than none. */
export const readAllowed = (text: string): Allowed => {
  const names = new Set<string>();
  const ranges = new BlockList();
  const entries = text.split(',').map((each) => each.trim().toLowerCase());
  for (const entry of entries.filter(Boolean)) {
    const [address = '', bits] = entry.split('/');
    if (isIP(address) && /^\d{1,3}$/.test(bits ?? '')) ranges.addSubnet(address, Number(bits), family(address));
    else if (isIP(entry)) ranges.addAddress(entry, family(entry));
    else if (/^[a-z0-9.-]+$/.test(entry)) names.add(entry);
    else throw new Error(`${entry} is neither a host name, an address nor a range`);
  }
  return { names, ranges };
};

/** IANA's special-purpose addresses of IPv4: this host, private, shared, loopback, link-local (metadata of clouds), tests, multicast. */
const SPECIAL = new BlockList();
for (const [net, bits] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 3],
  ] as const),
])
  SPECIAL.addSubnet(net, bits, 'ipv4');
/** Global unicast of IPv6; of it, what leads to other addresses (6to4, Teredo), to nobody, or to a test. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  SPECIAL.addSubnet(net, bits, 'ipv6');

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** May this address be connected to, for that name? Asked of the very address of the connection, whatever the name said before. */
export const isReachable = (address: string, name: string, { names, ranges }: Allowed): boolean => {
  const kind = isIP(address);
  if (!kind) return false;
  if (names.has(name) || ranges.check(address, family(address))) return true;
  const [, inside] = MAPPED.exec(address) ?? [];
  if (inside) return isReachable(inside, name, { names, ranges });
  return !SPECIAL.check(address, family(address)) && (kind === 4 || GLOBAL.check(address, 'ipv6'));
};

/** The host of a URL as a name or an address, without the brackets of IPv6. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '').toLowerCase();

/** Reserved for a house's own network (RFC 6761, RFC 6762, RFC 8375, ICANN); a name without a dot is known there alone too. */
const OWN_NAMES = /(^|\.)(localhost|local|internal|home\.arpa)$/;
const isPublic = (name: string): boolean => name.includes('.') && !OWN_NAMES.test(name);

/** Such a name leads nowhere that may be posted to, unless part of the house's network is. */
const mayLead = (host: string, { ranges }: Allowed): boolean =>
  ranges.rules.length > 0 || isPublic(host.replace(/\.$/, ''));

/** Why nothing can be posted to this URL; undefined when it can. Where its name leads is seen when it is connected to. */
export const faultOfUrl = (
  text: string,
  allowed: Allowed,
): 'BAD_FORMAT' | 'HTTPS_REQUIRED' | 'ADDRESS_REFUSED' | undefined => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['https:', 'http:'].includes(url.protocol) || url.username || url.password || url.hash)
    return 'BAD_FORMAT';
  const host = hostOf(url);
  const isOwn = allowed.names.has(host) || (isIP(host) > 0 && allowed.ranges.check(host, family(host)));
  if (url.protocol === 'http:' && !isOwn) return 'HTTPS_REQUIRED';
  if (!isOwn && !(isIP(host) ? isReachable(host, host, allowed) : mayLead(host, allowed))) return 'ADDRESS_REFUSED';
  return undefined;
};
