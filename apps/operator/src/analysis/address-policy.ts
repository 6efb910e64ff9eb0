import { isIP } from 'node:net';

/** Where a request may go. Everything in a CanaryApp is user input, its URL above all. */
export interface AddressPolicy {
  /** Patterns of host names: a name, or `*.` and the rest of it. */
  readonly allowedHosts: readonly string[];
  /** `host:port` to the address that stands for it (curl's --resolve): the operator's word, so it is not checked. */
  readonly resolve: ReadonlyMap<string, { readonly host: string; readonly port: number }>;
  /** Addresses that no name may lead to, whatever range they are in: the API server's. */
  readonly refusedAddresses: readonly string[];
}

/** Hosts that may be asked without any flag: Services of this cluster. */
export const defaultAllowedHosts = ['*.svc', '*.svc.cluster.local'] as const;

/** What the policy says of a URL before any name is looked up. */
export type AddressVerdict =
  | { readonly kind: 'mapped'; readonly address: { readonly host: string; readonly port: number } }
  | { readonly kind: 'lookup'; readonly host: string; readonly port: number }
  | { readonly kind: 'forbidden'; readonly explanation: string }
  | { readonly kind: 'invalid'; readonly explanation: string };

/**
 * Judges the name in a URL. A literal address is never allowed, unless the operator mapped it.
 * @param field where the URL is from, for the explanation
 */
export function judgeUrl(text: string, policy: AddressPolicy, field: string): AddressVerdict {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return { kind: 'invalid', explanation: `${field} is not an http or https URL` };
  }
  if (url.username !== '' || url.password !== '') {
    return { kind: 'forbidden', explanation: `${field} must not carry credentials` };
  }
  const { host, port } = placeOf(url);
  const address = policy.resolve.get(`${host}:${port}`);
  if (address !== undefined) return { kind: 'mapped', address };
  const literal = host.startsWith('[') || isIP(host) !== 0;
  if (literal || !policy.allowedHosts.some((pattern) => matches(host, pattern))) {
    const allowed = policy.allowedHosts.join(', ');
    const explanation = `${field} names ${host}, which the operator must not ask. Allowed are ${allowed}, and what --metrics-allowed-hosts adds`;
    return { kind: 'forbidden', explanation };
  }
  return { kind: 'lookup', host, port };
}

/** Host (an IPv6 address in brackets) and port of a URL. */
export function placeOf({ hostname, port, protocol }: URL): { readonly host: string; readonly port: number } {
  return { host: hostname.toLowerCase(), port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}

/** Whether an address that a name led to may be connected to. */
export function isRefusedAddress(address: string, policy: AddressPolicy): boolean {
  return policy.refusedAddresses.includes(address) || refusedRanges.some((range) => range.test(address.toLowerCase()));
}

/** Loopback, unspecified, link-local (the cloud's metadata service among them) and multicast, in both families. */
const refusedRanges: readonly RegExp[] = [
  /^127\./,
  /^0\./,
  /^169\.254\./,
  /^2(2[4-9]|3\d)\./,
  /^255\./,
  /^::1?$/,
  /^::ffff:/,
  /^fe[89ab]/,
  /^ff/,
];

function matches(host: string, pattern: string): boolean {
  if (!pattern.startsWith('*.')) return host === pattern;
  return host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1;
}
