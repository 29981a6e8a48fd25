/** The network addresses to which a call never goes: our own surroundings, and addresses of nobody. */
import { BlockList, isIP } from 'node:net';

/**
 * Every block that IANA does not list as globally reachable, multicast and the reserved end, and the addresses that clouds keep
 * for themselves: https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const closedIpv4 = [
  ['0.0.0.0', 8], // This host
  ['10.0.0.0', 8], // Private
  ['100.64.0.0', 10], // Carrier-grade NAT; Alibaba's metadata
  ['127.0.0.0', 8], // Loopback
  ['168.63.129.16', 32], // Azure's own services, at an address that looks public
  ['169.254.0.0', 16], // Link-local; the metadata of most clouds, AWS too
  ['172.16.0.0', 12], // Private
  ['192.0.0.0', 24], // Protocol assignments; Oracle's metadata
  ['192.0.2.0', 24], // Documentation
  ['192.88.99.0', 24], // Relays of 6to4, withdrawn
  ['192.168.0.0', 16], // Private
  ['198.18.0.0', 15], // Benchmarking
  ['198.51.100.0', 24], // Documentation
  ['203.0.113.0', 24], // Documentation
  ['224.0.0.0', 4], // Multicast
  ['240.0.0.0', 4], // Reserved, broadcast
] as const;

/** The only IPv6 blocks that lead anywhere: https://www.iana.org/assignments/ipv6-address-space */
const routedIpv6 = [
  ['2000::', 3], // Global unicast
  ['64:ff9b::', 96], // NAT64: IPv4, seen from a network that has only IPv6
  ['::ffff:0:0', 96], // IPv4, written as IPv6
] as const;

/** The blocks within these that lead nowhere: https://www.iana.org/assignments/iana-ipv6-special-registry */
const closedIpv6 = [
  ['2001::', 23], // Protocol assignments: Teredo, benchmarking, ORCHID
  ['2001:db8::', 32], // Documentation
  ['2002::', 16], // 6to4, which may hide any IPv4 and which nobody routes any more (RFC 7526)
  ['3fff::', 20], // Documentation
] as const;

const routed = new BlockList();
for (const [network, prefix] of routedIpv6) routed.addSubnet(network, prefix, 'ipv6');

const closed = new BlockList();
for (const [network, prefix] of closedIpv6) closed.addSubnet(network, prefix, 'ipv6');
for (const [network, prefix] of closedIpv4) {
  // BlockList itself applies the rules of IPv4 to the mapped form, but not to NAT64.
  closed.addSubnet(network, prefix, 'ipv4');
  closed.addSubnet(`64:ff9b::${network}`, 96 + prefix, 'ipv6');
}

/**
 * Whether an address is private, loopback, link-local, multicast, reserved or otherwise outside the public Internet. An IPv6
 * address that carries an IPv4 address is judged by the IPv4 address.
 *
 * @param address as a resolver gives it, without brackets. Any other text counts as private.
 */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return closed.check(address, 'ipv4');
  return family !== 6 || !routed.check(address, 'ipv6') || closed.check(address, 'ipv6');
}
