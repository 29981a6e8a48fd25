import { describe, expect, it } from 'vitest';
import { isPrivateAddress } from './privateAddresses.ts';

describe('isPrivateAddress', () => {
  it.each([
    ['unspecified', '0.0.0.0'],
    ['this network', '0.255.255.255'],
    ['private', '10.0.0.0'],
    ['private', '10.255.255.255'],
    ['private', '172.16.0.0'],
    ['private', '172.31.255.255'],
    ['private', '192.168.0.0'],
    ['private', '192.168.255.255'],
    ['carrier-grade NAT', '100.64.0.0'],
    ['carrier-grade NAT', '100.127.255.255'],
    ['Alibaba metadata', '100.100.100.200'],
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.255'],
    ['Azure services', '168.63.129.16'],
    ['link-local', '169.254.0.1'],
    ['metadata', '169.254.169.254'],
    ['container credentials', '169.254.170.2'],
    ['Oracle metadata', '192.0.0.192'],
    ['documentation', '192.0.2.1'],
    ['documentation', '198.51.100.1'],
    ['documentation', '203.0.113.1'],
    ['6to4 relay', '192.88.99.1'],
    ['benchmarking', '198.18.0.0'],
    ['benchmarking', '198.19.255.255'],
    ['multicast', '224.0.0.1'],
    ['multicast', '239.255.255.255'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
  ])('closes IPv4, %s: %s', (_, address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each([
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['loopback in full', '0:0:0:0:0:0:0:1'],
    ['IPv4-compatible, private', '::10.0.0.1'],
    ['IPv4-compatible, public', '::8.8.8.8'],
    ['IPv4-mapped, loopback', '::ffff:127.0.0.1'],
    ['IPv4-mapped in hexadecimal, metadata', '::ffff:a9fe:a9fe'],
    ['IPv4-mapped, private', '::FFFF:192.168.1.1'],
    ['IPv4-translated', '::ffff:0:10.0.0.1'],
    ['NAT64, private', '64:ff9b::10.0.0.1'],
    ['NAT64, metadata', '64:ff9b::a9fe:a9fe'],
    ['NAT64, Azure services', '64:ff9b::168.63.129.16'],
    ['NAT64 of a local network', '64:ff9b:1::8.8.8.8'],
    ['6to4, private', '2002:a00:1::1'],
    ['6to4, loopback', '2002:7f00:1::'],
    ['Teredo', '2001:0:a00:1::1'],
    ['benchmarking', '2001:2::1'],
    ['ORCHID', '2001:20::1'],
    ['documentation', '2001:db8::1'],
    ['documentation', '3fff:fff::1'],
    ['discard only', '100::1'],
    ['segment routing', '5f00::1'],
    ['unique local', 'fc00::1'],
    ['unique local, AWS metadata', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['link-local with its zone', 'fe80::1%eth0'],
    ['loopback with a zone', '::1%lo'],
    ['IPv4-mapped with a zone', '::ffff:127.0.0.1%lo'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['unassigned', '4000::1'],
  ])('closes IPv6, %s: %s', (_, address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(['', 'localhost', '127.1', '2130706433', '0x7f000001', '010.0.0.1', '[::1]', '8.8.8.8 ', '8.8.8.8%eth0'])(
    'closes what is no address: %j',
    (text) => {
      expect(isPrivateAddress(text)).toBe(true);
    },
  );

  it.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '168.63.129.15',
    '169.253.255.255',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2001:200::1',
    '2001:4860:4860::8888',
    '2a00:1450:4007::200e',
    '3fff:1000::1',
    '::ffff:8.8.8.8',
    '::ffff:808:808',
    '64:ff9b::8.8.8.8',
  ])('leaves the public address %s open', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});
